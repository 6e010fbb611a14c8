// sievectl's commands one by one: what each prints, and what it does on the server.

import Glibc
import TestSupport
import Testing

@Suite("sievectl's commands")
struct SieveCommandTests {
  private let two = ["one": "keep;\r\n", "two": "discard;\n"]

  @Test("list prints names; -l marks the active one; -0 ends with NUL; --json tells both")
  func list() throws {
    let ctl = SieveCtlRun(SieveServer(two, active: "two"))
    #expect(try ctl.run("list").text == "one\ntwo\n")
    #expect(try ctl.run("list", "-l").text == "  one\n* two\n")
    #expect(try ctl.run("list", "-0").text == "one\0two\0")
    #expect(
      try ctl.run("list", "--json").text
        == "{\"name\":\"one\",\"active\":false}\n{\"name\":\"two\",\"active\":true}\n")
    #expect(try ctl.run("list", "--active").text == "two\n")
  }

  @Test("list --active of none is 1, and prints nothing")
  func listNone() throws {
    let end = try SieveCtlRun(SieveServer(two)).run("list", "--active")
    #expect(end.status == 1)
    #expect(end.text.isEmpty && end.errors.isEmpty)
  }

  @Test("a script's name in the URL is the first NAME; its %XX are decoded")
  func urlScript() throws {
    let ctl = SieveCtlRun(SieveServer(["a b": "stop;"]))
    #expect(try ctl.run("get", path: "/a%20b").text == "stop;")
    #expect(try ctl.run("list", path: "/a").status == 64)
  }

  @Test("get gives scripts octet for octet, one after another, and all with --all")
  func get() throws {
    let ctl = SieveCtlRun(SieveServer(two, active: "two"))
    #expect(try ctl.run("get", "one").text == "keep;\r\n")
    #expect(try ctl.run("get", "two", "one").text == "discard;\nkeep;\r\n")
    #expect(try ctl.run("get", "--all").text == "keep;\r\ndiscard;\n")
    #expect(try ctl.run("get", "--active").text == "discard;\n")
    #expect(try ctl.run("get", "--active", "one").status == 64)
  }

  @Test("get --json tells size, digest and text")
  func getJSON() throws {
    let end = try SieveCtlRun(SieveServer(two, active: "two")).run("get", "--json", "two")
    let value = try #require(JSONValue.lines(end.output)?.first)
    #expect(value.keys == ["name", "active", "size", "sha256", "script"])
    #expect(value["size"]?.int == 9)
    #expect(
      value["sha256"]?.string
        == "5f2384edfc03717b46d4c929014c915af31942c285d9e5fb481103ca7960f760")
    #expect(value["script"]?.string == "discard;\n")
  }

  @Test("get of several: the missing one is named, the rest is printed, the status is 2")
  func getPartly() throws {
    let end = try SieveCtlRun(SieveServer(two)).run("get", "one", "nope", "two")
    #expect(end.status == 2)
    #expect(end.text == "keep;\r\ndiscard;\n")
    #expect(
      end.errors
        == "sievectl: nope: GETSCRIPT refused (NONEXISTENT): no such script\n")
  }

  @Test("get -o writes a whole file, mode 600, in place of a symbolic link")
  func getFile() throws {
    let ctl = SieveCtlRun(SieveServer(two))
    ctl.scratch.write("precious", to: "precious")
    let file = ctl.scratch["out"]
    symlink(ctl.scratch["precious"], file)
    #expect(try ctl.run("get", "one", "-o", file).status == 0)
    #expect(ctl.scratch.text("out") == "keep;\r\n")
    #expect(ctl.scratch.text("precious") == "precious")
    var status = stat()
    lstat(file, &status)
    #expect(status.st_mode == S_IFREG | 0o600)
    #expect(try ctl.run("get", "nope", "-o", ctl.scratch["none"]).status == 66)
    #expect(ctl.scratch.read("none") == nil)
  }

  @Test("put stores a file under its name without .sieve, or under NAME, or from stdin")
  func put() throws {
    let server = SieveServer()
    let ctl = SieveCtlRun(server)
    ctl.scratch.write("keep;\n", to: "vacation.sieve")
    let end = try ctl.run("put", ctl.scratch["vacation.sieve"])
    #expect(end.status == 0 && end.text.isEmpty && end.errors.isEmpty)
    #expect(try ctl.run("put", "-", "x", input: "a\r\nb\n\u{FEFF}é").status == 0)
    #expect(try ctl.run("put", "-", path: "/y", input: "").status == 0)
    #expect(server.names == ["vacation", "x", "y"])
    #expect(server.content("x") == "a\r\nb\n\u{FEFF}é")
    #expect(server.content("y") == "")
    #expect(try ctl.run("put", "-").status == 64)
  }

  @Test("put --activate makes it active, and --json tells what became of it")
  func putActivate() throws {
    let server = SieveServer(two)
    let ctl = SieveCtlRun(server)
    let end = try ctl.run("put", "-", "one", "--activate", "--json", input: "stop;")
    #expect(
      end.text
        == "{\"name\":\"one\",\"created\":false,\"changed\":true,\"activated\":true,\"warnings\":[]}\n"
    )
    #expect(server.activeName == "one")
  }

  @Test("put --if-changed compares octets, and sends nothing that is there")
  func putIfChanged() throws {
    let server = SieveServer(two)
    let ctl = SieveCtlRun(server)
    #expect(try ctl.run("put", "--if-changed", "-", "one", input: "keep;\r\n").status == 0)
    #expect(!server.lines.contains { $0.hasPrefix("PUTSCRIPT") })
    #expect(try ctl.run("put", "--if-changed", "-", "one", input: "keep;\n").status == 0)
    #expect(server.content("one") == "keep;\n")
  }

  @Test("put --no-clobber on a name that is taken is 73")
  func putNoClobber() throws {
    let server = SieveServer(two)
    let end = try SieveCtlRun(server).run("put", "--no-clobber", "-", "one", input: "stop;")
    #expect(end.status == 73)
    #expect(end.errors == "sievectl: one: there is such a script\n")
    #expect(server.content("one") == "keep;\r\n")
  }

  @Test("put over --max-script is 65, and nothing is sent; at the limit it goes")
  func putLimit() throws {
    let server = SieveServer()
    let ctl = SieveCtlRun(server)
    #expect(
      try ctl.run("put", "--max-script", "5", "-", "x", input: "keep; ").status == 65)
    #expect(server.connectionCount == 0)
    #expect(try ctl.run("put", "--max-script", "5", "-", "x", input: "keep;").status == 0)
  }

  @Test("put whose SETACTIVE fails says that the script is stored but not active")
  func putNotActivated() throws {
    let server = SieveServer(answers: ["SETACTIVE": [.text("NO (QUOTA) \"no\"\r\n")]])
    let end = try SieveCtlRun(server).run("put", "--activate", "-", "x", input: "keep;")
    #expect(end.status == 69)
    #expect(
      end.errors
        == "sievectl: x: stored, but not active: SETACTIVE refused (QUOTA): no\n")
    #expect(server.names == ["x"])
  }

  @Test("--backup 1 keeps NAME~, --backup 2 two numbered ones")
  func backup() throws {
    let server = SieveServer(["a": "1"])
    let ctl = SieveCtlRun(server)
    #expect(try ctl.run("put", "--backup", "1", "-", "a", input: "2").status == 0)
    #expect(server.content("a~") == "1")
    for text in ["3", "4", "5"] {
      #expect(try ctl.run("put", "--backup", "2", "-", "a", input: text).status == 0)
    }
    #expect(server.content("a.~3~") == "4" && server.content("a.~2~") == "3")
    #expect(server.content("a.~1~") == nil)
  }

  @Test("--check-space asks with HAVESPACE before scripts that are larger")
  func checkSpace() throws {
    let server = SieveServer(
      answers: ["HAVESPACE": [.text("NO (QUOTA/MAXSIZE) \"too large\"\r\n")]])
    let ctl = SieveCtlRun(server)
    #expect(try ctl.run("put", "--check-space", "5", "-", "a", input: "12345").status == 0)
    #expect(try ctl.run("put", "--check-space", "5", "-", "a", input: "123456").status == 69)
    #expect(server.lines.contains("HAVESPACE \"a\" 6"))
    #expect(server.content("a") == "12345")
  }

  @Test("check asks the server, and never stores")
  func check() throws {
    let server = SieveServer(
      answers: ["CHECKSCRIPT": [.text("OK\r\n"), .text("NO \"x: line 2: error: no\"\r\n")]])
    let ctl = SieveCtlRun(server)
    ctl.scratch.write("keep;", to: "a")
    ctl.scratch.write("kep;", to: "b")
    let end = try ctl.run("check", "--json", ctl.scratch["a"], ctl.scratch["b"])
    #expect(end.status == 2)
    let values = try #require(JSONValue.lines(end.output))
    #expect(values[0].keys == ["file", "ok", "warnings"])
    #expect(values[1].keys == ["file", "ok", "status", "message", "line"])
    #expect(values[1]["line"]?.int == 2)
    #expect(end.errors == "\(ctl.scratch["b"]):2: error: no\n")
    #expect(!server.lines.contains { $0.hasPrefix("PUTSCRIPT") })
  }

  @Test("check without a server, or with --local, needs no connection")
  func checkLocal() throws {
    let scratch = ScratchDirectory()
    scratch.write("keep;\nfileinto \"a\";\n", to: "a.sieve")
    let file = scratch["a.sieve"]
    let end = try RunningTool(program: RunningTool.sievectlPath, ["check", file]).end()
    #expect(end.status == 65)
    #expect(end.errors.hasPrefix("\(file):2: error: "))
    let server = SieveServer()
    #expect(try SieveCtlRun(server).run("check", "--local", file).status == 64)
    scratch.write("keep;", to: "b")
    let good = try RunningTool(
      program: RunningTool.sievectlPath, ["check", "--local", scratch["b"]]
    ).end()
    #expect(good.status == 0 && good.text.isEmpty && good.errors.isEmpty)
  }

  @Test("warnings of the server go to stderr and into JSON; the status is 0")
  func warnings() throws {
    let warned = SieveServer.Answer.text("OK (WARNINGS) \"line 3: warning: odd\"\r\n")
    let ctl = SieveCtlRun(SieveServer(answers: ["PUTSCRIPT": [warned]]))
    let end = try ctl.run("put", "--json", "-", "x", input: "keep;")
    #expect(end.status == 0)
    #expect(end.errors == "-:3: warning: odd\n")
    let value = try #require(JSONValue.lines(end.output)?.first)
    #expect(value["warnings"] == .array([.string("line 3: warning: odd")]))
    let quiet = try ctl.run("put", "-q", "-", "x", input: "keep;")
    #expect(quiet.status == 0 && quiet.errors.isEmpty)
  }

  @Test("activate, deactivate and check-active")
  func activate() throws {
    let server = SieveServer(two)
    let ctl = SieveCtlRun(server)
    #expect(try ctl.run("check-active").status == 1)
    #expect(
      try ctl.run("activate", "--json", "one").text == "{\"name\":\"one\",\"active\":true}\n")
    #expect(server.activeName == "one")
    #expect(
      try ctl.run("check-active", "--json").text
        == "{\"name\":\"one\",\"active\":true,\"ok\":true}\n")
    #expect(
      try ctl.run("deactivate", "--json").text == "{\"name\":\"one\",\"active\":false}\n")
    #expect(server.activeName == nil)
  }

  @Test("check-active is 1 when the active script is not valid any more")
  func activeInvalid() throws {
    let answers = ["CHECKSCRIPT": [SieveServer.Answer.text("NO \"line 1: gone\"\r\n")]]
    let end = try SieveCtlRun(SieveServer(two, active: "one", answers: answers))
      .run("check-active")
    #expect(end.status == 1)
    #expect(end.errors == "one:1: gone\n")
  }

  @Test("rename by RENAMESCRIPT; on a taken name 73, with --force in its place")
  func rename() throws {
    let server = SieveServer(two, active: "one")
    let ctl = SieveCtlRun(server)
    #expect(
      try ctl.run("rename", "--json", "one", "three").text
        == "{\"from\":\"one\",\"to\":\"three\",\"emulated\":false}\n")
    #expect(server.activeName == "three")
    #expect(try ctl.run("rename", "three", "two").status == 73)
    #expect(try ctl.run("rename", "--force", "three", "two").status == 0)
    #expect(server.names == ["two"] && server.content("two") == "keep;\r\n")
    #expect(server.activeName == "two")
  }

  @Test("without VERSION rename goes step by step, and check and noop are 69")
  func oldServer() throws {
    let old = SieveServer.modern.replacing("\"VERSION\" \"1.0\"\r\n", with: "")
    let server = SieveServer(two, active: "one", capabilities: old)
    let ctl = SieveCtlRun(server)
    #expect(
      try ctl.run("rename", "--json", "one", "new").text
        == "{\"from\":\"one\",\"to\":\"new\",\"emulated\":true}\n")
    #expect(server.names == ["two", "new"] && server.activeName == "new")
    #expect(!server.lines.contains { $0.hasPrefix("RENAMESCRIPT") })
    #expect(try ctl.run("check", "-", input: "keep;").status == 69)
    let end = try ctl.run("noop")
    #expect(end.status == 69)
    #expect(end.errors == "sievectl: 127.0.0.1: the server has no NOOP\n")
  }

  @Test("an emulated rename that fails half-way loses nothing, and names both")
  func renameHalfWay() throws {
    let old = SieveServer.modern.replacing("\"VERSION\" \"1.0\"\r\n", with: "")
    let server = SieveServer(
      two, answers: ["DELETESCRIPT": [.text("NO (TRYLATER) \"busy\"\r\n")]], capabilities: old)
    let end = try SieveCtlRun(server).run("rename", "one", "new")
    #expect(end.status == 75)
    #expect(end.errors.contains("both one and new are there"))
    #expect(Set(server.names) == ["one", "two", "new"])
  }

  @Test("copy leaves the old name; a taken one is 73 without --force")
  func copy() throws {
    let server = SieveServer(two)
    let ctl = SieveCtlRun(server)
    #expect(
      try ctl.run("copy", "--json", "one", "three").text
        == "{\"from\":\"one\",\"to\":\"three\"}\n")
    #expect(server.content("three") == "keep;\r\n" && server.names.contains("one"))
    let end = try ctl.run("copy", "one", "two")
    #expect(end.status == 73)
    #expect(end.errors == "sievectl: two: there is such a script\n")
    #expect(try ctl.run("copy", "--force", "one", "two").status == 0)
  }

  @Test("delete refuses the active script but with --force; --missing-ok is content with none")
  func delete() throws {
    let server = SieveServer(two, active: "one")
    let ctl = SieveCtlRun(server)
    #expect(try ctl.run("delete", "one").status == 69)
    #expect(try ctl.run("delete", "nope").status == 66)
    #expect(try ctl.run("delete", "--missing-ok", "nope").status == 0)
    #expect(try ctl.run("delete", "nope", "two").status == 2)
    #expect(try ctl.run("delete", "--force", "--json", "one").text == "{\"name\":\"one\"}\n")
    #expect(server.names.isEmpty)
  }

  @Test("exists and space answer by the status")
  func questions() throws {
    let server = SieveServer(
      two, answers: ["HAVESPACE": [.text("OK\r\n"), .text("NO (QUOTA) \"full\"\r\n")]])
    let ctl = SieveCtlRun(server)
    #expect(try ctl.run("exists", "one").status == 0)
    let none = try ctl.run("exists", "--json", "x")
    #expect(none.status == 1 && none.text == "{\"name\":\"x\",\"exists\":false}\n")
    #expect(try ctl.run("space", "x", "1k").status == 0)
    let full = try ctl.run("space", "--json", "x", "2k")
    #expect(full.status == 1)
    #expect(
      full.text == "{\"name\":\"x\",\"size\":2048,\"ok\":false,\"code\":\"QUOTA\"}\n")
    #expect(full.errors == "sievectl: x: HAVESPACE refused (QUOTA): full\n")
  }

  @Test("caps tells the capabilities after login and how it was done")
  func caps() throws {
    let ctl = SieveCtlRun(
      SieveServer(capabilities: SieveServer.modern + "\"XTRA\" \"1 2\"\r\n\"OWNER\" \"alice\"\r\n"))
    let lines = try ctl.run("caps").text.split(separator: "\n")
    #expect(lines.contains("sieve fileinto vacation"))
    #expect(lines.contains("mechanism PLAIN"))
    #expect(lines.contains("other XTRA 1 2"))
    let value = try #require(JSONValue.lines(try ctl.run("caps", "--json").output)?.first)
    #expect(value["sieve"] == .array([.string("fileinto"), .string("vacation")]))
    #expect(value["owner"]?.string == "alice")
    #expect(value["unauthenticate"] == .bool(false))
  }

  @Test("cert without TLS is 69, and nobody logs in for it")
  func cert() throws {
    let server = SieveServer()
    #expect(try SieveCtlRun(server).run("cert").status == 69)
    #expect(!server.lines.contains("AUTHENTICATE"))
  }

  @Test("noop prints the tag that is echoed")
  func noop() throws {
    let ctl = SieveCtlRun(SieveServer())
    #expect(try ctl.run("noop", "hello").text == "hello\n")
    #expect(try ctl.run("noop", "--json", "x y").text == "{\"tag\":\"x y\"}\n")
    #expect(try ctl.run("noop").text.isEmpty)
  }

  @Test("raw prints the responses as they came; NO makes the status; STARTTLS is 64")
  func raw() throws {
    let ctl = SieveCtlRun(SieveServer(two, active: "one"))
    let end = try ctl.run("raw", "LISTSCRIPTS", "GETSCRIPT \"two\"", "GETSCRIPT \"x\"")
    #expect(end.status == 66)
    #expect(
      end.text
        == """
        "one" ACTIVE
        "two"
        OK
        {9}
        discard;

        OK
        NO (NONEXISTENT) "no such script"

        """)
    #expect(try ctl.run("raw", "STARTTLS").status == 64)
    let value = try #require(
      JSONValue.lines(try ctl.run("raw", "--json", "LISTSCRIPTS").output)?.first)
    #expect(value.keys == ["lines", "status"])
  }

  @Test(
    "-n says what would be done, and does nothing",
    arguments: [
      (["put", "-", "new", "--activate"], "create new\nactivate new\n"),
      (["put", "-", "one"], "update one\n"),
      (["put", "-", "one", "--json"], "{\"action\":\"update\",\"name\":\"one\"}\n"),
      (["activate", "two"], "activate two\n"),
      (["deactivate"], "deactivate one\n"),
      (["rename", "two", "three"], "rename two three\n"),
      (["copy", "two", "three"], "copy two three\n"),
      (["delete", "two"], "delete two\n"),
      (["delete", "--force", "one"], "deactivate one\ndelete one\n"),
      (["raw", "SETACTIVE \"\""], "SETACTIVE \"\"\n"),
    ])
  func dryRun(_ words: [String], _ output: String) throws {
    let server = SieveServer(two, active: "one")
    let ctl = SieveCtlRun(server)
    let end = try ctl.run(words: words + ["-n"], input: "stop;")
    #expect(end.status == 0)
    #expect(end.text == output)
    #expect(server.names == ["one", "two"] && server.activeName == "one")
    let changing = ["PUTSCRIPT", "SETACTIVE", "RENAMESCRIPT", "DELETESCRIPT"]
    #expect(!server.lines.contains { line in changing.contains { line.hasPrefix($0) } })
  }
}
