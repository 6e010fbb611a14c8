// sievectl shell: from a pipe, and on a terminal.

import TestSupport
import Testing

@Suite("sievectl shell")
struct SieveShellTests {
  private let scripts = ["one": "keep;\n", "two words": "stop;\n"]

  private func shell(
    _ ctl: SieveCtlRun, _ lines: String..., options: [String] = []
  ) throws -> ToolEnd {
    try ctl.start("shell", options, input: lines.map { $0 + "\n" }.joined()).end()
  }

  @Test("from a pipe: no prompt, one connection, and it goes on after a failure")
  func pipe() throws {
    let server = SieveServer(scripts)
    let end = try shell(SieveCtlRun(server), "list", "get nope", "", "# x", "get one")
    #expect(end.text == "one\ntwo words\nkeep;\n")
    #expect(end.errorLines.count == 2)
    #expect(end.status == 66)
    #expect(server.connectionCount == 1)
  }

  @Test("the status is that of the last command that failed")
  func status() throws {
    let server = SieveServer(scripts)
    #expect(try shell(SieveCtlRun(server), "list").status == 0)
    #expect(try shell(SieveCtlRun(server), "nonsense", "list").status == 64)
    #expect(try shell(SieveCtlRun(server), "nonsense", "get nope", "list").status == 66)
    #expect(try shell(SieveCtlRun(server), "get nope", "exists nope").status == 1)
    #expect(try shell(SieveCtlRun(server), "exit", "nonsense").status == 0)
  }

  @Test("sievemgr's short names")
  func aliases() throws {
    let server = SieveServer(scripts)
    let end = try shell(
      SieveCtlRun(server), "cat one", "cp one three", "mv three four", "rm 'two words'", "ls")
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.text == "keep;\none\nfour\n")
    #expect(try shell(SieveCtlRun(server), "cmp one four --remote").status == 0)
  }

  @Test("su acts for another on the same connection where that can be, and back")
  func su() throws {
    let changing = SieveServer(
      scripts, capabilities: SieveServer.modern + "\"UNAUTHENTICATE\"\r\n")
    #expect(try shell(SieveCtlRun(changing), "su bob", "ls", "su", "ls").status == 0)
    #expect(changing.connectionCount == 1)
    #expect(changing.lines.filter { $0 == "AUTHENTICATE" }.count == 3)
    let plain = SieveServer(scripts)
    #expect(try shell(SieveCtlRun(plain), "su bob", "ls").status == 0)
    #expect(plain.connectionCount == 2)
  }

  @Test("who cannot su stays who they were")
  func suRefused() throws {
    let ok = SieveServer.Answer.text("OK\r\n")
    let server = SieveServer(
      scripts, answers: ["AUTHENTICATE": [ok, .text("NO \"no\"\r\n"), ok]])
    let end = try shell(SieveCtlRun(server), "su bob", "ls")
    #expect(end.status == 77)
    #expect(end.text == "one\ntwo words\n")
  }

  @Test("cd, !COMMAND, sh, more and xargs")
  func programs() throws {
    let ctl = SieveCtlRun(SieveServer(scripts))
    ctl.scratch.write("discard;\n", to: "file.sieve")
    let end = try shell(
      ctl, "cd '\(ctl.scratch.path)'", "put file.sieve", "!echo \"a  b\"", "sh echo c",
      "!exit 3", "cd nowhere", "xargs get", "file", "one")
    #expect(end.text == "a  b\nc\ndiscard;\nkeep;\n")
    #expect(end.status == 66)
    #expect(end.errors == "sievectl: nowhere: No such file or directory\n")
  }

  @Test("more hands the script to $PAGER")
  func pager() throws {
    let ctl = SieveCtlRun(SieveServer(scripts))
    let end = try ctl.start("shell", input: "more one\n", environment: ["PAGER=sed s/^/P:/"]).end()
    #expect(end.text == "P:keep;\n")
  }

  @Test("a server that hangs up while nothing happens is asked again over a new connection")
  func dropped() throws {
    let ok = SieveServer.Answer.text("OK\r\n")
    let server = SieveServer(scripts, answers: ["NOOP": [ok, .end("OK\r\n"), ok]])
    let end = try shell(SieveCtlRun(server), "noop", "!sleep 0.3", "get one")
    #expect(end.text == "keep;\n", "\(end.errors)")
    #expect(end.status == 0)
  }

  @Test("a wrong password is 77, and no line is read")
  func refused() throws {
    let server = SieveServer(answers: ["AUTHENTICATE": [.text("NO\r\n")]])
    #expect(try shell(SieveCtlRun(server), "!echo no").status == 77)
  }

  @Test("--json gives an object a line")
  func json() throws {
    let end = try shell(SieveCtlRun(SieveServer(["one": "1"])), "ls", "x", options: ["--json"])
    let values = try #require(JSONValue.lines(end.output))
    #expect(values.map { $0["line"]?.int } == [1, 2])
    #expect(values.map { $0["status"]?.int } == [0, 64])
  }

  // MARK: - On a terminal

  private func typing(
    _ ctl: SieveCtlRun, _ body: (PseudoTerminal) throws -> Void
  ) throws -> ToolEnd {
    let terminal = try PseudoTerminal()
    let tool = try ctl.start("shell", terminal: terminal, environment: ["TERM=dumb"])
    try body(terminal)
    return try tool.end()
  }

  @Test("the prompt says who and where, and that there is no TLS; exit ends it")
  func prompt() throws {
    let end = try typing(SieveCtlRun(SieveServer(scripts))) { terminal in
      #expect(terminal.shown(upTo: "> ").hasSuffix("(insecure) alice@127.0.0.1> "))
      terminal.waitUntilKeysAreRead()
      terminal.type("su bob\r")
      #expect(terminal.shown(upTo: "bob> ").hasSuffix("alice@127.0.0.1> ") == false)
      terminal.type("list\r")
      _ = terminal.shown(upTo: "bob> ")
      terminal.type("exit\r")
    }
    #expect(end.status == 0)
    #expect(end.text == "one\ntwo words\n")
  }

  @Test("tab completes commands, scripts and files; ^C gives a line up; ^D ends it")
  func editing() throws {
    let ctl = SieveCtlRun(SieveServer(scripts))
    ctl.scratch.write("stop;\n", to: "a file.sieve")
    let end = try typing(ctl) { terminal in
      _ = terminal.shown(upTo: "> ")
      terminal.waitUntilKeysAreRead()
      terminal.type("exi\t")
      _ = terminal.shown(upTo: "> exi")
      terminal.type("\u{3}")
      terminal.waitForNextPrompt()
      terminal.type("ge\ttw\t\r")
      terminal.waitForNextPrompt()
      terminal.type("put \(ctl.scratch.path)/a\tthree\r")
      terminal.waitForNextPrompt()
      terminal.type("cat thr\t\r")
      terminal.waitForNextPrompt()
      terminal.type("\u{4}")
    }
    #expect(end.status == 0)
    #expect(end.text == "stop;\nstop;\n")
  }
}

extension PseudoTerminal {
  /// Waits for the prompt of the next line: editing shows the prompt again and again, but on the line
  /// it is on.
  fileprivate func waitForNextPrompt() {
    _ = shown { text in
      guard let line = text.lastIndex(where: \.isNewline) else { return false }
      return text[line...].hasSuffix("> ")
    }
    waitUntilKeysAreRead()
  }
}
