// sievectl edit, with editors that are shell scripts.

import Glibc
import TestSupport
import Testing

@Suite("sievectl edit")
struct SieveEditTests {
  private static let invalid = SieveServer.Answer.text("NO \"line 2: no such test\"\r\n")
  private static let valid = SieveServer.Answer.text("OK\r\n")

  private static func script(_ text: String) -> SieveServer.Answer {
    .text("{\(text.utf8.count)}\r\n\(text)\r\nOK\r\n")
  }

  private func server(_ answers: [String: [SieveServer.Answer]] = [:]) -> SieveServer {
    SieveServer(["a": "keep;\n", "b": "stop;\n"], active: "b", answers: answers)
  }

  @Test("a script whose octets are the same afterwards is not sent, though the file was written")
  func unchanged() throws {
    let ctl = SieveCtlRun(server())
    let end = try ctl.edit("a", command: "cp \"$1\" \"$1.new\"; mv \"$1.new\" \"$1\"")
    #expect(end.status == 0)
    #expect(end.text.isEmpty && end.errors.isEmpty)
    #expect(!ctl.server.lines.contains { $0.hasPrefix("PUTSCRIPT") })
    #expect(ctl.copies.isEmpty && ctl.scratch.list("tmp").isEmpty)
  }

  @Test("a changed script is checked and stored; nothing stays behind, not the editor's own either")
  func changed() throws {
    let ctl = SieveCtlRun(server())
    let end = try ctl.edit("a", command: "cp \"$1\" \"$1~\"; printf 'stop;' >>\"$1\"")
    #expect(end.status == 0)
    #expect(ctl.server.content("a") == "keep;\nstop;")
    #expect(ctl.server.activeName == "b")
    #expect(ctl.scratch.list("tmp").isEmpty)
    #expect(ctl.server.lines.contains { $0.hasPrefix("CHECKSCRIPT") })
  }

  @Test("the copy is NAME.sieve, for its owner alone, in a folder for its owner alone")
  func permissions() throws {
    let ctl = SieveCtlRun(server())
    let command =
      "stat -c %a \"$1\" \"${1%/*}\" >'\(ctl.scratch["modes"])'; basename \"$1\" >>'\(ctl.scratch["modes"])'"
    #expect(try ctl.edit("a", command: command).status == 0)
    #expect(ctl.scratch.text("modes") == "600\n700\na.sieve\n")
  }

  @Test(
    "without a NAME, and with --active, the active script is edited", arguments: [[], ["--active"]])
  func active(_ arguments: [String]) throws {
    let ctl = SieveCtlRun(server())
    #expect(try ctl.startEdit(arguments, command: "echo keep\\; >\"$1\"").end().status == 0)
    #expect(ctl.server.content("b") == "keep;\n")
  }

  @Test("no active script is 66, and no editor is started")
  func noneActive() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "keep;"]))
    let end = try ctl.edit(command: "touch '\(ctl.scratch["started"])'")
    #expect(end.status == 66)
    #expect(end.errors == "sievectl: 127.0.0.1: no script is active\n")
    #expect(ctl.scratch.read("started") == nil)
  }

  @Test(
    "a script that is not there is 66; --create starts an empty one, and stores none unless changed"
  )
  func create() throws {
    let ctl = SieveCtlRun(server())
    #expect(try ctl.edit("new", command: "echo x >\"$1\"").status == 66)
    #expect(try ctl.edit("new", "--create", command: ":").status == 0)
    #expect(ctl.server.names == ["a", "b"])
    #expect(try ctl.edit("new", "--create", command: "echo keep\\; >\"$1\"").status == 0)
    #expect(ctl.server.content("new") == "keep;\n")
  }

  @Test(
    "a refused script without a terminal: its lines are told, the copy is kept and named, status 2")
  func invalid() throws {
    let ctl = SieveCtlRun(server(["CHECKSCRIPT": [Self.invalid]]))
    let end = try ctl.edit("a", command: "echo bad >\"$1\"")
    #expect(end.status == 2)
    let copy = try #require(ctl.copies.first)
    #expect(
      end.errors == """
        \(ctl.scratch[copy]):2: no such test
        sievectl: a: not stored; the copy is \(ctl.scratch[copy])\n
        """)
    #expect(ctl.scratch.text(copy) == "bad\n")
    #expect(ctl.server.content("a") == "keep;\n")
    #expect(!ctl.server.lines.contains { $0.hasPrefix("PUTSCRIPT") })
  }

  @Test("on a terminal one is asked to edit again, as often as it is refused")
  func invalidTwice() throws {
    let ctl = SieveCtlRun(
      server(["CHECKSCRIPT": [Self.invalid, Self.invalid, Self.valid]]))
    let terminal = try PseudoTerminal()
    let tool = try ctl.startEdit(["a"], command: "echo x >>\"$1\"", terminal: terminal)
    #expect(terminal.shown(upTo: "[Y/n] ").contains(":2: no such test"))
    terminal.type("\n")
    #expect(terminal.shown(upTo: "[Y/n] ").contains(":2: no such test"))
    terminal.type("yes\n")
    #expect(try tool.end().status == 0)
    #expect(ctl.server.content("a") == "keep;\nx\nx\nx\n")
    #expect(ctl.scratch.list("tmp").isEmpty)
  }

  @Test("who does not want to edit again keeps the copy", arguments: ["n\n", "no\n", "\u{4}"])
  func givesUp(_ answer: String) throws {
    let ctl = SieveCtlRun(server(["CHECKSCRIPT": [Self.invalid]]))
    let terminal = try PseudoTerminal()
    let tool = try ctl.startEdit(["a"], command: "echo x >\"$1\"", terminal: terminal)
    _ = terminal.shown(upTo: "[Y/n] ")
    terminal.type(answer)
    #expect(try tool.end().status == 2)
    #expect(ctl.copies.map { ctl.scratch.text($0) } == ["x\n"])
  }

  @Test("SIGINT at that question keeps the copy, and is 130")
  func interruptedQuestion() throws {
    let ctl = SieveCtlRun(server(["CHECKSCRIPT": [Self.invalid]]))
    let terminal = try PseudoTerminal()
    let tool = try ctl.startEdit(["a"], command: "echo x >\"$1\"", terminal: terminal)
    _ = terminal.shown(upTo: "[Y/n] ")
    #expect(try tool.end(by: SIGINT).status == 130)
    #expect(ctl.copies.count == 1)
  }

  @Test("changed on the server meanwhile: 69, the copy is kept, the server's is left")
  func changedMeanwhile() throws {
    let ctl = SieveCtlRun(
      server(["GETSCRIPT": [Self.script("keep;\n"), Self.script("discard;\n")]]))
    let end = try ctl.edit("a", command: "echo mine >\"$1\"")
    #expect(end.status == 69)
    #expect(end.errors.hasSuffix("sievectl: a: changed on the server meanwhile\n"))
    #expect(ctl.copies.map { ctl.scratch.text($0) } == ["mine\n"])
    #expect(!ctl.server.lines.contains { $0.hasPrefix("PUTSCRIPT") })
  }

  @Test("deleted, or made, on the server meanwhile is the same")
  func comeOrGoneMeanwhile() throws {
    let gone = SieveServer.Answer.text("NO (NONEXISTENT) \"none\"\r\n")
    let deleted = SieveCtlRun(
      SieveServer([:], answers: ["GETSCRIPT": [Self.script("keep;\n"), gone]]))
    #expect(try deleted.edit("a", command: "echo mine >\"$1\"").status == 69)
    #expect(deleted.copies.count == 1)
    let made = SieveCtlRun(
      SieveServer([:], answers: ["GETSCRIPT": [gone, Self.script("theirs\n")]]))
    #expect(try made.edit("a", "--create", command: "echo mine >\"$1\"").status == 69)
    #expect(made.copies.count == 1)
  }

  @Test(
    "a server that hung up meanwhile is connected to anew",
    arguments: ["", "BYE \"Disconnected for inactivity.\"\r\n"])
  func dropped(_ lastWords: String) throws {
    let ctl = SieveCtlRun(
      server([
        "GETSCRIPT": [Self.script("keep;\n"), .end(lastWords), Self.script("keep;\n")]
      ]))
    let end = try ctl.edit("a", command: "echo mine >\"$1\"")
    #expect(end.status == 0)
    #expect(end.errors.isEmpty)
    #expect(ctl.server.connectionCount == 2)
    #expect(ctl.server.content("a") == "mine\n")
  }

  @Test("a put that fails for other reasons keeps the copy, and has its own status")
  func quota() throws {
    let ctl = SieveCtlRun(server(["PUTSCRIPT": [.text("NO (QUOTA/MAXSIZE) \"too much\"\r\n")]]))
    let end = try ctl.edit("a", command: "echo mine >\"$1\"")
    #expect(end.status == 69)
    #expect(end.errors.contains("not stored; the copy is "))
    #expect(ctl.copies.map { ctl.scratch.text($0) } == ["mine\n"])
  }

  @Test("an editor that fails stores nothing, and is 1; what it had written is kept")
  func editorFails() throws {
    let ctl = SieveCtlRun(server())
    let end = try ctl.edit("a", command: "exit 3")
    #expect(end.status == 1)
    #expect(end.errors.hasSuffix("ed itor: ended with status 3\n"))
    #expect(ctl.scratch.list("tmp").isEmpty)
    #expect(try ctl.edit("a", command: "echo mine >\"$1\"; exit 1").status == 1)
    #expect(ctl.copies.map { ctl.scratch.text($0) } == ["mine\n"])
    #expect(ctl.server.content("a") == "keep;\n")
  }

  @Test("$VISUAL comes before $EDITOR; what cannot be started is 78")
  func variables() throws {
    let ctl = SieveCtlRun(server())
    let missing = try ctl.start(
      "edit", ["a"], environment: ["VISUAL=/nonexistent/vi", "EDITOR=true"]
    ).end()
    #expect(missing.status == 78)
    #expect(
      missing.errors == "sievectl: a: $VISUAL: /nonexistent/vi: No such file or directory\n")
    let unbalanced = try ctl.start("edit", ["a"], environment: ["VISUAL=", "EDITOR=ed 'x"]).end()
    #expect(unbalanced.status == 78)
  }

  @Test("SIGINT while the editor runs is the editor's")
  func interruptedEditor() throws {
    let ctl = SieveCtlRun(server())
    let command = "kill -INT $PPID; sleep 0.2; echo mine >\"$1\""
    #expect(try ctl.edit("a", command: command).status == 0)
    #expect(ctl.server.content("a") == "mine\n")
  }

  @Test("SIGTERM while the editor runs: the editor is waited for, the copy is kept, 143")
  func terminatedEditor() throws {
    let ctl = SieveCtlRun(server())
    let command = "kill -TERM $PPID; sleep 0.2; echo mine >\"$1\""
    #expect(try ctl.edit("a", command: command).status == 143)
    #expect(ctl.copies.map { ctl.scratch.text($0) } == ["mine\n"])
    #expect(ctl.server.content("a") == "keep;\n")
  }

  @Test("--backup keeps what was there, and a refused script makes no backup")
  func backup() throws {
    let ctl = SieveCtlRun(server(["CHECKSCRIPT": [Self.invalid, Self.valid]]))
    #expect(try ctl.edit("a", "--backup", "1", command: "echo bad >\"$1\"").status == 2)
    #expect(ctl.server.content("a~") == nil)
    #expect(try ctl.edit("a", "--backup", "1", command: "echo mine >\"$1\"").status == 0)
    #expect(ctl.server.content("a~") == "keep;\n")
    #expect(ctl.server.content("a") == "mine\n")
  }

  @Test("-n checks what was written, says what it would do, and does it not")
  func dryRun() throws {
    let ctl = SieveCtlRun(server())
    let end = try ctl.edit("-n", "a", command: "echo mine >\"$1\"")
    #expect(end.status == 0)
    #expect(end.text == "update a\n")
    #expect(ctl.server.content("a") == "keep;\n")
  }

  @Test("over --max-script is 65, with the copy kept")
  func tooLong() throws {
    let ctl = SieveCtlRun(server())
    let end = try ctl.edit(
      "a", "--max-script", "1k", command: "head -c 1025 /dev/zero >\"$1\"")
    #expect(end.status == 65)
    #expect(ctl.copies.count == 1)
  }

  @Test("a name that is no file's is 65", arguments: ["..", ".dot", "a/b"])
  func noFileName(_ name: String) throws {
    let ctl = SieveCtlRun(SieveServer(["..": "keep;"]))
    let end = try ctl.edit(name, command: ":")
    #expect(end.status == 65)
    #expect(ctl.scratch.list("tmp").isEmpty)
  }
}
