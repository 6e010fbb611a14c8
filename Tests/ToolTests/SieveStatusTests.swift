// sievectl's exit statuses: one cause each, with one line on stderr, and nothing on stdout.

import Glibc
import Testing

@Suite("sievectl's statuses")
struct SieveStatusTests {
  private typealias Answer = SieveServer.Answer

  /// A command against a server that answers one verb so.
  struct Case: CustomTestStringConvertible, Sendable {
    let words: [String]
    let verb: String
    let answer: String
    let status: Int32
    let line: String
    var testDescription: String { "\(words[0]): \(answer.debugDescription) is \(status)" }
  }

  static let refusals = [
    Case(
      words: ["put", "-", "x"], verb: "PUTSCRIPT", answer: "NO (QUOTA/MAXSCRIPTS) \"many\"\r\n",
      status: 69, line: "x: PUTSCRIPT refused (QUOTA/MAXSCRIPTS): many"),
    Case(
      words: ["put", "-", "x"], verb: "PUTSCRIPT", answer: "no (quota) \"full\"\r\n", status: 69,
      line: "x: PUTSCRIPT refused (quota): full"),
    Case(
      words: ["put", "-", "x"], verb: "PUTSCRIPT", answer: "NO {5}\r\nnever\r\n", status: 69,
      line: "x: PUTSCRIPT refused: never"),
    Case(
      words: ["put", "-", "x"], verb: "PUTSCRIPT", answer: "NO (TRYLATER) \"busy\"\r\n",
      status: 75, line: "x: PUTSCRIPT refused (TRYLATER): busy"),
    Case(
      words: ["get", "x"], verb: "GETSCRIPT", answer: "NO (NONEXISTENT)\r\n", status: 66,
      line: "x: GETSCRIPT refused (NONEXISTENT)"),
    Case(
      words: ["get", "x"], verb: "GETSCRIPT", answer: "NO \"hm\"\r\n", status: 66,
      line: "x: GETSCRIPT refused: hm"),
    Case(
      words: ["get", "one"], verb: "GETSCRIPT", answer: "NO \"hm\"\r\n", status: 69,
      line: "one: GETSCRIPT refused: hm"),
    Case(
      words: ["rename", "one", "x"], verb: "RENAMESCRIPT", answer: "NO (ALREADYEXISTS)\r\n",
      status: 73, line: "one: RENAMESCRIPT refused (ALREADYEXISTS)"),
    Case(
      words: ["delete", "one"], verb: "DELETESCRIPT", answer: "NO (ACTIVE) \"in use\"\r\n",
      status: 69, line: "one: DELETESCRIPT refused (ACTIVE): in use"),
    Case(
      words: ["list"], verb: "LISTSCRIPTS", answer: "NO (X-ODD 1 (2)) \"no\"\r\n", status: 69,
      line: "127.0.0.1: LISTSCRIPTS refused (X-ODD): no"),
    Case(
      words: ["list"], verb: "LISTSCRIPTS", answer: "BYE \"sleep\"\r\n", status: 75,
      line: "127.0.0.1: the server ends the connection: sleep"),
    Case(
      words: ["list"], verb: "GREETING", answer: "BYE (TRYLATER) \"full\"\r\n", status: 75,
      line: "127.0.0.1: the server ends the connection (TRYLATER): full"),
    Case(
      words: ["list"], verb: "AUTHENTICATE", answer: "NO \"wrong\"\r\n", status: 77,
      line: "127.0.0.1: authentication refused: wrong"),
    Case(
      words: ["list"], verb: "LISTSCRIPTS",
      answer: "BYE (REFERRAL \"sieve://other.example\") \"gone\"\r\n", status: 69,
      line: "127.0.0.1: the server refers to sieve://other.example: not followed: "
        + "it leads out of the domain"),
    Case(
      words: ["list", "--referral", "follow"], verb: "LISTSCRIPTS",
      answer: "BYE (REFERRAL sieve://other.example) \"gone\"\r\n", status: 69,
      line: "127.0.0.1: the server refers to sieve://other.example: not followed: "
        + "there is no verified TLS on the way"),
    Case(
      words: ["list"], verb: "LISTSCRIPTS", answer: "HM\r\n", status: 76,
      line: "127.0.0.1: the server sent neither OK nor NO nor BYE: HM"),
    Case(
      words: ["list", "--limit-lines", "2"], verb: "LISTSCRIPTS",
      answer: "\"a\"\r\n\"b\"\r\n\"c\"\r\nOK\r\n", status: 76,
      line: "127.0.0.1: the server sent a response of too many lines"),
    Case(
      words: ["get", "x"], verb: "GETSCRIPT", answer: "{4294967296}\r\n", status: 76,
      line: "127.0.0.1: the server sent a literal over the limit: "),
  ]

  @Test("what the server says makes the status, and one line", arguments: refusals)
  func refusal(_ given: Case) throws {
    let server = SieveServer(["one": "keep;"], answers: [given.verb: [.text(given.answer)]])
    let end = try SieveCtlRun(server).run(words: given.words, input: "keep;")
    #expect(end.status == given.status)
    #expect(end.text.isEmpty)
    #expect(end.errors.hasPrefix("sievectl: \(given.line)"))
    #expect(end.errorLines.count == 2 && end.errorLines.last == "")
  }

  @Test("lines of a script that are wrong: 65, FILE:N: text, in both servers' forms")
  func invalid() throws {
    for (answer, complaint) in [
      ("NO {52}\r\nx: line 2: error: unknown.\nx: error: validation failed\r\n", "error: unknown."),
      ("NO \"line 2: syntax error\"\r\n", "syntax error"),
    ] {
      let answer = answer.replacing("{52}", with: "{\(answer.utf8.count - 11)}")
      let server = SieveServer(answers: ["PUTSCRIPT": [.text(answer)]])
      let end = try SieveCtlRun(server).run("put", "-", "x", input: "keep;\nkep;\n")
      #expect(end.status == 65)
      #expect(end.errors == "-:2: \(complaint)\n")
    }
  }

  @Test(
    "the server hangs up: 75, at once, wherever that is",
    arguments: [
      "GREETING", "AUTHENTICATE", "CAPABILITY", "LISTSCRIPTS", "GETSCRIPT",
    ])
  func hangUp(_ verb: String) throws {
    for rest in ["", "\"on", "{30}\r\nkeep;", "\"one\"\r\n"] where verb != "CAPABILITY" {
      let server = SieveServer(["one": "keep;"], answers: [verb: [.end(rest)]])
      let end = try SieveCtlRun(server).run("get", "--all", "--timeout", "20s")
      #expect(end.status == 75 || (verb == "AUTHENTICATE" && end.status == 76), "\(rest)")
      #expect(end.text.isEmpty)
      #expect(end.errorLines.count == 2)
    }
  }

  @Test("a server that says nothing: 75 after --timeout")
  func silence() throws {
    let server = SieveServer(answers: ["LISTSCRIPTS": [.silence]])
    let end = try SieveCtlRun(server).run("list", "--timeout", "300ms")
    #expect(end.status == 75)
  }

  @Test("a line without an end is 76 before it is stored")
  func endlessLine() throws {
    let line = "\"" + String(repeating: "x", count: 1_000_000)
    let server = SieveServer(answers: ["LISTSCRIPTS": [.text(line)]])
    let end = try SieveCtlRun(server).run("list")
    #expect(end.status == 76)
    #expect(end.errorLines[0].utf8.count < 1000)
  }

  @Test("--retries comes again after 75, on a new connection, when nothing was changed")
  func retries() throws {
    let server = SieveServer(
      ["one": "keep;"], answers: ["LISTSCRIPTS": [.end("BYE\r\n"), .text("OK\r\n")]])
    #expect(try SieveCtlRun(server).run("list", "--retries", "1").status == 0)
    #expect(server.connectionCount == 2)
    let busy = SieveServer(
      answers: ["PUTSCRIPT": [.text("NO (TRYLATER)\r\n"), .text("OK\r\n")]])
    let put = try SieveCtlRun(busy).run("put", "--retries", "1", "-", "x", input: "keep;")
    #expect(put.status == 0 && put.errors.isEmpty)
    let stored = SieveServer(answers: ["SETACTIVE": [.end("")]])
    let end = try SieveCtlRun(stored).run(
      "put", "--activate", "--retries", "3", "-", "x", input: "keep;")
    #expect(end.status == 75)
    #expect(stored.connectionCount == 1)
  }

  @Test(
    "a wrong command line is 64, and says so in one line",
    arguments: [
      [], ["nonsense"], ["list", "--nonsense"], ["list", "ftp://host"],
      ["list", "sieve://u:p@host"],
      ["list", "-a", "x", "sieve://host"], ["list", "sieve://a", "sieve://b"],
      ["get", "sieve://a@host"], ["list", "sieve://a@host", "extra"],
      ["list", "--json", "-0", "sieve://a@host"], ["list", "-4", "-6", "sieve://a@host"],
      ["list", "--scram-min-iterations", "9", "--scram-max-iterations", "8", "sieve://a@host"],
      ["list", "--backup", "-1", "sieve://a@host"], ["list", "--timeout", "0", "sieve://a@host"],
      ["list", "--channel-binding", "off", "--require-channel-binding", "sieve://a@host"],
      ["space", "x", "many", "sieve://a@host"],
    ])
  func usage(_ words: [String]) throws {
    let end = try RunningTool(
      program: RunningTool.sievectlPath, words, environment: ["HOME=/nonexistent"]
    ).end()
    #expect(end.status == 64)
    #expect(end.text.isEmpty)
    #expect(end.errors.hasPrefix("sievectl: "))
    #expect(end.errorLines.count == 2)
  }

  @Test("no such file is 66, a name that is none 65, no password 78, no port there 75")
  func others() throws {
    let server = SieveServer()
    let ctl = SieveCtlRun(server)
    #expect(try ctl.run("put", "/nonexistent").status == 66)
    #expect(try ctl.run("get", "a\u{1}b").status == 65)
    #expect(server.connectionCount == 0)
    func run(_ words: String...) throws -> ToolEnd {
      try RunningTool(
        program: RunningTool.sievectlPath, words, environment: ["HOME=/nonexistent"]
      ).end()
    }
    let url = "sieve+insecure://alice@127.0.0.1:\(server.port)"
    #expect(try run("list", url).status == 78)
    #expect(server.connectionCount == 0)
    #expect(try run("cert", "sieve+insecure://127.0.0.1:1").status == 75)
    #expect(try run("cert", "sieve://127.0.0.1:\(server.port)").status == 79)
  }

  @Test("a password does not go over a line without TLS but with --cleartext-auth: 77")
  func cleartext() throws {
    let server = SieveServer()
    let end = try RunningTool(
      program: RunningTool.sievectlPath,
      [
        "list", "--password-command", "echo secret",
        "sieve+insecure://alice@127.0.0.1:\(server.port)",
      ]
    ).end()
    #expect(end.status == 77)
    #expect(end.errors.contains("PLAIN exposes the secret without TLS"))
    #expect(!server.lines.contains("AUTHENTICATE"))
  }

  @Test("a user for whom to act goes with PLAIN, and with LOGIN is 64")
  func authzid() throws {
    let server = SieveServer(
      capabilities: SieveServer.modern.replacing("\"PLAIN\"", with: "\"LOGIN\""))
    #expect(try SieveCtlRun(server).run("list", "--authzid", "bob").status == 64)
    #expect(try SieveCtlRun(server).run("list", path: "/bob/").status == 64)
    #expect(try SieveCtlRun(SieveServer()).run("list", path: "/bob/").status == 0)
  }
}
