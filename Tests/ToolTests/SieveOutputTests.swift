// What of a server reaches a terminal, a file and a trace, and how signals end sievectl.

import Glibc
import TestSupport
import Testing

@Suite("sievectl's output and signals")
struct SieveOutputTests {
  @Test("names and texts of the server lose what acts on a terminal")
  func safe() throws {
    let server = SieveServer(
      answers: [
        "LISTSCRIPTS": [.text("{6}\r\na\u{1B}[2Jb\r\n\"c\u{9B}d\"\r\nOK\r\n")],
        "GETSCRIPT": [.text("NO (X\u{1B}) {9}\r\na\nb\u{1B}]0;x\u{7}\r\n")],
      ])
    let ctl = SieveCtlRun(server)
    let list = try ctl.run("list")
    #expect(list.text == "a\\x1B[2Jb\nc\\xC2\\x9Bd\n")
    #expect(try ctl.run("list", "-0").text == "a\u{1B}[2Jb\0c\u{9B}d\0")
    let json = try #require(JSONValue.lines(try ctl.run("list", "--json").output))
    #expect(json[0]["name"]?.string == "a\u{1B}[2Jb")
    let get = try ctl.run("get", "x")
    #expect(!get.errors.contains("\u{1B}"))
    #expect(get.errorLines.count == 2)
  }

  @Test("names that are not UTF-8 are printed as they are, escaped in JSON, and found again")
  func rawNames() throws {
    let ctl = SieveCtlRun(
      SieveServer(answers: ["LISTSCRIPTS": [.text("\"=?UTF-8?Q?=C3=A9_x?=\" ACTIVE\r\nOK\r\n")]]))
    #expect(try ctl.run("list").text == "é x\n")
    let value = try #require(JSONValue.lines(try ctl.run("list", "--json").output)?.first)
    #expect(value["name"]?.string == "é x")
    #expect(value["name_b64"]?.string == "PT9VVEYtOD9RPz1DMz1BOV94Pz0=")
    #expect(try ctl.run("exists", "é x").status == 0)
  }

  @Test("a name typed in decomposed letters gets a warning, and is sent as typed")
  func decomposed() throws {
    let server = SieveServer()
    let end = try SieveCtlRun(server).run("put", "-", "e\u{301}", input: "keep;")
    #expect(end.status == 0)
    #expect(end.errors.contains("(NFD)"))
    #expect(server.names.first?.unicodeScalars.count == 2)
  }

  @Test("--trace holds the dialogue without the password and without scripts")
  func trace() throws {
    let ctl = SieveCtlRun(SieveServer())
    let file = ctl.scratch["trace"]
    #expect(try ctl.run("put", "--trace", file, "-", "x", input: "keep;").status == 0)
    let text = ctl.scratch.text("trace")
    #expect(text.contains("1 C: AUTHENTICATE \"PLAIN\" *"))
    #expect(text.contains("{5+}") && !text.contains("keep;"))
    #expect(!text.contains("secret") && !text.contains("AGFsaWNl"))
  }

  @Test("-v says what happens, -q nothing but what ends it")
  func levels() throws {
    let ctl = SieveCtlRun(SieveServer())
    let verbose = try ctl.run("list", "-v")
    #expect(verbose.errors.contains("logged in as alice by PLAIN"))
    #expect(try ctl.run("list", "-q").errors.isEmpty)
    #expect(try ctl.run("list", "-vv").errors.contains("C: LISTSCRIPTS"))
  }

  @Test("a reader that goes away ends it quietly with 141")
  func brokenPipe() throws {
    let pipe = TestPipe()
    close(pipe.reader)
    defer { close(pipe.writer) }
    let ctl = SieveCtlRun(SieveServer(["one": "keep;"]))
    let end = try ctl.run("get", "one", output: pipe.writer)
    #expect(end.status == 141)
    #expect(end.errors.isEmpty)
  }

  @Test("a full disk under stdout is 74")
  func fullDisk() throws {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let end = try SieveCtlRun(SieveServer(["one": "keep;"])).run("get", "one", output: full)
    #expect(end.status == 74)
    #expect(end.errorLines.count == 2)
  }

  @Test(
    "SIGINT and SIGTERM end a wait, say LOGOUT, and make 130 and 143",
    arguments: [
      (SIGINT, Int32(130)), (SIGTERM, Int32(143)),
    ])
  func signals(_ number: Int32, _ status: Int32) throws {
    let server = SieveServer(answers: ["LISTSCRIPTS": [.silence]])
    let tool = try SieveCtlRun(server).start("list")
    try #require(eventually { server.lines.contains("LISTSCRIPTS") })
    let end = try tool.end(by: number)
    #expect(end.status == status)
    #expect(server.lines.last == "LOGOUT")
    #expect(end.errors.isEmpty)
  }

  @Test("a second signal ends it at once")
  func secondSignal() throws {
    let server = SieveServer(answers: ["LISTSCRIPTS": [.silence], "LOGOUT": [.silence]])
    let tool = try SieveCtlRun(server).start("list")
    try #require(eventually { server.lines.contains("LISTSCRIPTS") })
    tool.signal(SIGTERM)
    try #require(eventually { server.lines.last == "LOGOUT" })
    #expect(try tool.end(by: SIGTERM).status == 143)
  }

  @Test("a run that is through says LOGOUT")
  func logout() throws {
    let server = SieveServer()
    #expect(try SieveCtlRun(server).run("list").status == 0)
    #expect(server.lines.last == "LOGOUT")
  }

  @Test("an account gives the URL and options; the command line has the last word")
  func account() throws {
    let server = SieveServer(["one": "keep;", "two": "stop;"])
    let ctl = SieveCtlRun(server)
    let accounts = ctl.scratch["accounts"]
    ctl.scratch.write(
      """
      account work
        url sieve+insecure://alice@127.0.0.1:\(server.port)
        cleartext-auth
        password-command echo secret
        limit-lines 1
      """, to: "accounts")
    chmod(accounts, 0o600)
    func run(_ words: String...) throws -> ToolEnd {
      try RunningTool(
        program: RunningTool.sievectlPath, words, environment: ["HOME=\(ctl.scratch.path)"]
      ).end()
    }
    #expect(try run("list", "-a", "work", "--config", accounts).status == 76)
    let end = try run("list", "-a", "work", "--config", accounts, "--limit-lines", "9")
    #expect(end.status == 0 && end.text == "one\ntwo\n")
    #expect(
      try run("get", "--limit-lines", "9", "--config", accounts, "-a", "work", "two").text
        == "stop;")
    #expect(try run("list", "-a", "nope", "--config", accounts).status == 66)
  }

  @Test("--help and --version answer on stdout")
  func help() throws {
    func run(_ words: String...) throws -> ToolEnd {
      try RunningTool(program: RunningTool.sievectlPath, words).end()
    }
    #expect(try run("--version").text.hasPrefix("sievectl "))
    for words in [["--help"], ["put", "--help"], ["help", "put"]] {
      let end = try RunningTool(program: RunningTool.sievectlPath, words).end()
      #expect(end.status == 0 && end.errors.isEmpty)
      #expect(end.text.contains("USAGE: sievectl"))
    }
  }
}
