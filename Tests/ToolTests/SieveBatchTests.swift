// sievectl batch: many lines over one connection, and what ends it.

import TestSupport
import Testing

@Suite("sievectl batch")
struct SieveBatchTests {
  private func batch(
    _ ctl: SieveCtlRun, _ lines: String..., options: [String] = []
  ) throws -> ToolEnd {
    try ctl.start("batch", options, input: lines.map { $0 + "\n" }.joined()).end()
  }

  @Test("all lines go over one connection, and print what they print alone")
  func plain() throws {
    let server = SieveServer(["one": "keep;\n"], active: "one")
    let ctl = SieveCtlRun(server)
    ctl.scratch.write("stop;\n", to: "two.sieve")
    let end = try batch(
      ctl, "# a comment", "", "  put '\(ctl.scratch["two.sieve"])' \"t wo\" # and another",
      "list -l",
      "get t\\ wo")
    #expect(end.status == 0 && end.errors.isEmpty)
    #expect(end.text == "* one\n  t wo\nstop;\n")
    #expect(server.connectionCount == 1)
  }

  @Test("lines from a file")
  func file() throws {
    let ctl = SieveCtlRun(SieveServer(["one": "keep;\n"]))
    ctl.scratch.write("list\r\nget one", to: "commands")
    let end = try ctl.run("batch", ctl.scratch["commands"])
    #expect(end.text == "one\nkeep;\n")
    #expect(try ctl.run("batch", ctl.scratch["none"]).status == 66)
  }

  @Test("no line at all is a login, and 0")
  func empty() throws {
    let server = SieveServer()
    #expect(try batch(SieveCtlRun(server)).status == 0)
    #expect(server.lines.contains("AUTHENTICATE"))
  }

  @Test("lines that are none are 64, named by number, before anything is sent")
  func malformed() throws {
    let server = SieveServer(["one": "keep;\n"])
    let ctl = SieveCtlRun(server)
    for (line, reason) in [
      ("nonsense", "no such command: nonsense"), ("get 'one", "column 5: ' is never closed"),
      ("shell", "shell: not in here"), ("batch x", "batch: not in here"),
      ("each --users x -- list", "each: not in here"),
    ] {
      let end = try batch(ctl, "delete one", line)
      #expect(end.status == 64)
      #expect(end.errors == "sievectl: stdin:2: \(reason)\n")
    }
    #expect(server.connectionCount == 0)
  }

  @Test("the first that fails ends it, with its status and its line's number")
  func failing() throws {
    let server = SieveServer(["one": "keep;\n"])
    let end = try batch(SieveCtlRun(server), "list", "get nope", "delete one")
    #expect(end.status == 66)
    #expect(end.text == "one\n")
    #expect(end.errors.hasPrefix("sievectl: stdin:2: nope: GETSCRIPT refused"))
    #expect(server.names == ["one"])
  }

  @Test("no (1) ends it, too: what stands behind a question depends on the answer")
  func no() throws {
    let server = SieveServer(["one": "keep;\n"])
    #expect(try batch(SieveCtlRun(server), "exists nope", "delete one").status == 1)
    #expect(server.names == ["one"])
  }

  @Test(
    "--keep-going does all; some failed is 2, all their last status, no without failures 1",
    arguments: [
      (["list", "get nope"], Int32(2)), (["get nope", "put /nonexistent x"], 66),
      (["exists nope", "list"], 1), (["delete one", "exists nope", "get nope"], 2),
    ] as [([String], Int32)])
  func keepGoing(lines: [String], status: Int32) throws {
    let server = SieveServer(["one": "keep;\n"])
    let end = try SieveCtlRun(server).start(
      "batch", ["--keep-going"], input: lines.joined(separator: "\n")
    ).end()
    #expect(end.status == status)
    #expect(server.connectionCount == 1)
  }

  @Test("--json gives an object a line, with what the command gives inside")
  func json() throws {
    let ctl = SieveCtlRun(SieveServer(["one": "keep;\n"]))
    let end = try batch(ctl, "list", "", "get nope", options: ["--keep-going", "--json"])
    let values = try #require(JSONValue.lines(end.output))
    #expect(end.status == 2)
    #expect(
      end.text.hasPrefix(
        "{\"line\":1,\"status\":0,\"output\":[{\"name\":\"one\",\"active\":false}]}\n"))
    #expect(values.count == 2)
    #expect(values[1]["line"]?.int == 3)
    #expect(values[1]["status"]?.int == 66)
  }

  @Test("like lines are sent ahead, as many as --pipeline says; others wait for their turn")
  func ahead() throws {
    let server = SieveServer()
    let ctl = SieveCtlRun(server)
    for number in 1...5 { ctl.scratch.write("# \(number)\n", to: "s\(number).sieve") }
    let puts = (1...5).map { "put \(ctl.scratch["s\($0).sieve"])\n" }.joined()
    let gets = (1...5).map { "get s\($0)\n" }.joined()
    for depth in ["1", "2", "16"] {
      let end = try ctl.start("batch", ["--pipeline", depth], input: puts + gets).end()
      #expect(end.status == 0)
      #expect(end.text == (1...5).map { "# \($0)\n" }.joined())
    }
    #expect(server.names == ["s1", "s2", "s3", "s4", "s5"])
  }

  @Test("a line that reads what the one before has written finds it there")
  func order() throws {
    let server = SieveServer(["one": "keep;\n"])
    let ctl = SieveCtlRun(server)
    let copy = ctl.scratch["copy"]
    let end = try batch(ctl, "get one -o \(copy)", "put \(copy) two", "get two")
    #expect(end.status == 0 && end.text == "keep;\n", "\(end.errors)")
  }

  @Test("what was sent ahead of a failure is told")
  func aheadOfFailure() throws {
    let server = SieveServer(["a": "1", "c": "3", "d": "4"])
    let end = try batch(SieveCtlRun(server), "get a", "get b", "get c", "list")
    #expect(end.status == 66)
    #expect(end.text == "13")
  }

  @Test("with --pipeline 1 nothing is done behind a failure")
  func notAhead() throws {
    let server = SieveServer(["a": "1", "c": "3"])
    let end = try batch(
      SieveCtlRun(server), "delete a", "delete b", "delete c", options: ["--pipeline", "1"])
    #expect(end.status == 66)
    #expect(server.names == ["c"])
  }

  @Test("a server that goes away in the middle is 75, and the lines before it are printed")
  func gone() throws {
    let server = SieveServer(["a": "1"], answers: ["LISTSCRIPTS": [.end("")]])
    let end = try batch(SieveCtlRun(server), "get a", "list", "get a")
    #expect(end.status == 75)
    #expect(end.text == "1")
  }

  @Test("put - has no stdin left when the commands come from there")
  func standardInput() throws {
    let server = SieveServer()
    let ctl = SieveCtlRun(server)
    let end = try batch(ctl, "put - x")
    #expect(end.status == 64 && server.names.isEmpty)
    ctl.scratch.write("put - x\nput - y\n", to: "commands")
    let both = try ctl.run("batch", ctl.scratch["commands"], input: "keep;\n")
    #expect(both.status == 0)
    #expect(server.content("x") == "keep;\n" && server.content("y") == "keep;\n")
  }
}
