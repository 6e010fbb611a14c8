// sievectl pull, push and diff: a folder and a server alike.

import Glibc
import TestSupport
import Testing

@Suite("sievectl and folders")
struct SieveFolderTests {
  private func folder(_ ctl: SieveCtlRun, _ files: [String: String]) -> String {
    mkdir(ctl.scratch["dir"], 0o700)
    for (name, text) in files { ctl.scratch.write(text, to: "dir/\(name)") }
    return ctl.scratch["dir"]
  }

  // MARK: - pull

  @Test("pull makes the folder, a file each, octet for octet, and .active; it prints the files")
  func pull() throws {
    let ctl = SieveCtlRun(SieveServer(["a b": "keep;\r\n", "c": "", "é": "x"], active: "c"))
    let end = try ctl.run("pull", ctl.scratch["new"])
    #expect(end.status == 0)
    #expect(Set(ctl.scratch.list("new")) == [".active", "a b.sieve", "c.sieve", "é.sieve"])
    #expect(ctl.scratch.text("new/a b.sieve") == "keep;\r\n")
    #expect(ctl.scratch.read("new/c.sieve") == [])
    #expect(ctl.scratch.text("new/.active") == "c\n")
    #expect(
      end.text
        == ["a b", "c", "é"].map { "\(ctl.scratch["new"])/\($0).sieve\n" }.joined())
    var status = stat()
    #expect(stat(ctl.scratch["new/a b.sieve"], &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(stat(ctl.scratch["new"], &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test("names that are no files' are refused one by one, the rest is got, status 2")
  func unsafeNames() throws {
    let names = ["..", ".", ".dot", "a/b", "../x", String(repeating: "n", count: 250), "good"]
    let ctl = SieveCtlRun(
      SieveServer(Dictionary(uniqueKeysWithValues: names.map { ($0, "keep;") }), active: ".."))
    let end = try ctl.run("pull", folder(ctl, [:]))
    #expect(end.status == 2)
    #expect(ctl.scratch.list("dir") == [".active", "good.sieve"])
    #expect(!ctl.scratch.list(".").contains("x.sieve"))
    #expect(end.errorLines.dropLast().count == 6)
    #expect(end.errors.contains("sievectl: ..: no name for a file\n"))
  }

  @Test("a NUL or a line end in a name of the server makes no path")
  func controls() throws {
    let list = "{3}\r\na\0b\r\n{3}\r\na\nb\r\n\"ok\"\r\nOK\r\n"
    let ctl = SieveCtlRun(SieveServer(["ok": "keep;"], answers: ["LISTSCRIPTS": [.text(list)]]))
    let end = try ctl.run("pull", folder(ctl, [:]))
    #expect(ctl.scratch.list("dir") == ["ok.sieve"])
    #expect(end.status == 2)
  }

  @Test("a symbolic link in a file's place is replaced, not followed; .active, too")
  func links() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "keep;"], active: "a"))
    let dir = folder(ctl, [:])
    ctl.scratch.write("precious", to: "precious")
    symlink(ctl.scratch["precious"], "\(dir)/a.sieve")
    symlink(ctl.scratch["precious"], "\(dir)/.active")
    #expect(try ctl.run("pull", dir).status == 0)
    #expect(ctl.scratch.text("precious") == "precious")
    #expect(ctl.scratch.text("dir/a.sieve") == "keep;")
    #expect(ctl.scratch.text("dir/.active") == "a\n")
  }

  @Test("two names for one file: the second is refused")
  func sameFile() throws {
    let list = "\"=?UTF-8?Q?=C3=A9?=\"\r\n{2}\r\né\r\nOK\r\n"
    let ctl = SieveCtlRun(
      SieveServer(["=?UTF-8?Q?=C3=A9?=": "1", "é": "2"], answers: ["LISTSCRIPTS": [.text(list)]]))
    let end = try ctl.run("pull", folder(ctl, [:]))
    #expect(end.status == 2)
    #expect(ctl.scratch.text("dir/é.sieve") == "1")
  }

  @Test("no active script: no .active, nor an old one")
  func noneActive() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "keep;"]))
    #expect(try ctl.run("pull", folder(ctl, [".active": "old\n"])).status == 0)
    #expect(ctl.scratch.list("dir") == ["a.sieve"])
  }

  @Test("--suffix names the files, for push and diff as well; it may be empty, and holds no slash")
  func suffix() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "keep;"]))
    let dir = folder(ctl, [:])
    #expect(try ctl.run("pull", "--suffix", "", dir).status == 0)
    #expect(ctl.scratch.list("dir") == ["a"])
    #expect(try ctl.run("push", "-n", "--suffix", "", dir).status == 0)
    #expect(try ctl.run("diff", "--suffix", "", dir).status == 0)
    #expect(try ctl.run("pull", "--suffix", "/x", dir).status == 64)
  }

  @Test("pull --json tells name, file, active, size and digest; -n writes nothing")
  func pullJSON() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "keep;"], active: "a"))
    let end = try ctl.run("pull", "-n", "--json", ctl.scratch["dir"])
    let value = try #require(JSONValue.lines(end.output)?.first)
    #expect(value.keys == ["name", "file", "active", "size", "sha256"])
    #expect(value["file"]?.string == ctl.scratch["dir/a.sieve"])
    #expect(value["size"]?.int == 5)
    #expect(ctl.scratch.list("dir").isEmpty)
  }

  @Test("a script that the server cannot give is told, the others are there")
  func oneFails() throws {
    let ctl = SieveCtlRun(
      SieveServer(
        ["a": "1", "b": "2"],
        answers: ["GETSCRIPT": [.text("NO \"disk\"\r\n"), .text("{1}\r\n2\r\nOK\r\n")]]))
    let end = try ctl.run("pull", folder(ctl, [:]))
    #expect(end.status == 2)
    #expect(ctl.scratch.list("dir") == ["b.sieve"])
    #expect(end.errors == "sievectl: a: GETSCRIPT refused: disk\n")
  }

  @Test("a folder that cannot be made is 73, and nothing else is asked of the server")
  func noFolder() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "1"]))
    #expect(try ctl.run("pull", ctl.scratch["no/such"]).status == 73)
    #expect(!ctl.server.lines.contains { $0.hasPrefix("GETSCRIPT") })
  }

  // MARK: - push

  @Test("push -n prints the plan and is 1; push does it; push -n then is 0 and silent")
  func push() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "old", "same": "same", "extra": "x"], active: "a"))
    let dir = folder(
      ctl, ["a.sieve": "new", "same.sieve": "same", "b.sieve": "b", ".active": "b\n"])
    let plan = "update a\ncreate b\nactivate b\ndelete extra\n"
    let planned = try ctl.run("push", "-n", "--delete", dir)
    #expect(planned.status == 1)
    #expect(planned.text == plan)
    #expect(ctl.server.content("a") == "old" && ctl.server.activeName == "a")
    let done = try ctl.run("push", "--delete", dir)
    #expect(done.status == 0)
    #expect(done.text == plan)
    #expect(Set(ctl.server.names) == ["a", "b", "same"])
    #expect(ctl.server.content("a") == "new")
    #expect(ctl.server.activeName == "b")
    let again = try ctl.run("push", "-n", "--delete", dir)
    #expect(again.status == 0)
    #expect(again.text.isEmpty && again.errors.isEmpty)
  }

  @Test("the order is: check all, put all, activate, delete")
  func order() throws {
    let ctl = SieveCtlRun(SieveServer(["x": "x"], active: "x"))
    let dir = folder(ctl, ["a.sieve": "1", "b.sieve": "2", ".active": "a\n"])
    #expect(try ctl.run("push", "--delete", dir).status == 0)
    let verbs = ctl.server.lines.map { String($0.prefix { $0 != " " }) }
    let changes = ["CHECKSCRIPT", "PUTSCRIPT", "SETACTIVE", "DELETESCRIPT"]
    #expect(
      verbs.filter { changes.contains($0) } == [
        "CHECKSCRIPT", "CHECKSCRIPT", "PUTSCRIPT", "PUTSCRIPT", "SETACTIVE", "DELETESCRIPT",
      ])
  }

  @Test("one script that is not valid: each that is not is told, nothing is changed, 65")
  func invalid() throws {
    let ctl = SieveCtlRun(
      SieveServer(
        ["a": "old"], active: "a",
        answers: [
          "CHECKSCRIPT": [.text("OK\r\n"), .text("NO \"b: line 3: error: no\"\r\n")]
        ]))
    let dir = folder(ctl, ["a.sieve": "new", "b.sieve": "bad"])
    let end = try ctl.run("push", "--delete", dir)
    #expect(end.status == 65)
    #expect(end.errors == "\(dir)/b.sieve:3: error: no\nsievectl: nothing was changed\n")
    #expect(end.text.isEmpty)
    #expect(ctl.server.content("a") == "old")
    #expect(!ctl.server.lines.contains { $0.hasPrefix("PUTSCRIPT") })
  }

  @Test("a server without CHECKSCRIPT judges when the scripts are stored")
  func noCheck() throws {
    let ctl = SieveCtlRun(
      SieveServer([:], capabilities: "\"SIEVE\" \"\"\r\n\"SASL\" \"PLAIN\"\r\n"))
    #expect(try ctl.run("push", folder(ctl, ["a.sieve": "1"])).status == 0)
    #expect(!ctl.server.lines.contains { $0.hasPrefix("CHECKSCRIPT") })
    #expect(ctl.server.names == ["a"])
  }

  @Test("a put that fails: the others are done, nothing is activated or deleted, status 2")
  func putFails() throws {
    let ctl = SieveCtlRun(
      SieveServer(
        ["x": "x", "y": "y"], active: "x",
        answers: ["PUTSCRIPT": [.text("NO (QUOTA) \"full\"\r\n"), .text("OK\r\n")]]))
    let dir = folder(ctl, ["a.sieve": "1", "b.sieve": "2", ".active": "b\n"])
    let end = try ctl.run("push", "--delete", dir)
    #expect(end.status == 2)
    #expect(end.text == "create b\n")
    #expect(
      end.errors == """
        sievectl: a: PUTSCRIPT refused (QUOTA): full
        sievectl: what was still to be activated or deleted was left\n
        """)
    #expect(ctl.server.activeName == "x" && ctl.server.names == ["x", "y"])
  }

  @Test("a SETACTIVE that fails: nothing is deleted")
  func activateFails() throws {
    let ctl = SieveCtlRun(
      SieveServer(["x": "x"], active: "x", answers: ["SETACTIVE": [.text("NO \"no\"\r\n")]]))
    let dir = folder(ctl, ["a.sieve": "1", ".active": "a\n"])
    #expect(try ctl.run("push", "--delete", dir).status == 2)
    #expect(ctl.server.names == ["x", "a"])
  }

  @Test("the active script is never deleted: it stays, and that is told")
  func activeStays() throws {
    let ctl = SieveCtlRun(SieveServer(["run": "x", "old": "y"], active: "run"))
    let end = try ctl.run("push", "--delete", folder(ctl, ["a.sieve": "1"]))
    #expect(end.status == 0)
    #expect(ctl.server.names == ["run", "a"])
    #expect(end.errors == "sievectl: run: not in the folder, but active; not deleted\n")
  }

  @Test("backups, and what pull refuses, are neither sent nor deleted")
  func leftAlone() throws {
    let ctl = SieveCtlRun(SieveServer(["a~": "x", "a.~3~": "y", "..": "z", ".dot": "w"]))
    let dir = folder(
      ctl, ["b~.sieve": "1", ".hidden.sieve": "1", "README": "1", "a.sieve~": "1", ".sieve": "1"])
    mkdir("\(dir)/folder.sieve", 0o700)
    mkfifo("\(dir)/fifo.sieve", 0o600)
    let end = try ctl.run("push", "--delete", dir)
    #expect(end.status == 0)
    #expect(end.text.isEmpty && end.errors.isEmpty)
    #expect(try ctl.run("diff", dir).status == 0)
  }

  @Test("--activate, --keep-active and .active: who wins, and 66 for what is nowhere")
  func activation() throws {
    let ctl = SieveCtlRun(SieveServer(["x": "x", "y": "y"], active: "x"))
    let dir = folder(ctl, [".active": "y\n"])
    #expect(try ctl.run("push", "-n", "--keep-active", dir).status == 0)
    #expect(try ctl.run("push", "-n", "--activate", "x", dir).text.isEmpty)
    #expect(try ctl.run("push", "-n", dir).text == "activate y\n")
    #expect(try ctl.run("push", "--activate", "nope", dir).status == 66)
    #expect(try ctl.run("push", "--activate", "x", "--keep-active", dir).status == 64)
    ctl.scratch.write("nope\n", to: "dir/.active")
    ctl.scratch.write("new", to: "dir/a.sieve")
    #expect(try ctl.run("push", dir).status == 66)
    #expect(ctl.server.names == ["x", "y"])
    ctl.scratch.write("", to: "dir/.active")
    #expect(try ctl.run("push", dir).status == 0)
    #expect(ctl.server.activeName == "x")
    ctl.scratch.write("two\nlines\n", to: "dir/.active")
    #expect(try ctl.run("push", dir).status == 65)
  }

  @Test("no folder is 66, a file over --max-script 65, before a connection is made")
  func readFirst() throws {
    let ctl = SieveCtlRun(SieveServer())
    #expect(try ctl.run("push", ctl.scratch["none"]).status == 66)
    ctl.scratch.write("", to: "file")
    #expect(try ctl.run("push", ctl.scratch["file"]).status == 66)
    let dir = folder(ctl, ["a.sieve": String(repeating: "#", count: 1025)])
    #expect(try ctl.run("push", "--max-script", "1k", dir).status == 65)
    symlink("nowhere", "\(dir)/link.sieve")
    #expect(try ctl.run("push", dir).status == 66)
    #expect(ctl.server.connectionCount == 0)
  }

  @Test("a file whose name is no script's is 65, and nothing is changed")
  func badFileName() throws {
    let ctl = SieveCtlRun(SieveServer())
    #expect(try ctl.run("push", folder(ctl, ["a\nb.sieve": "1", "c.sieve": "2"])).status == 65)
    #expect(ctl.server.names.isEmpty)
  }

  @Test("push --json: action, name, size and sha256")
  func pushJSON() throws {
    let ctl = SieveCtlRun(SieveServer(["x": "x"]))
    let dir = folder(ctl, ["a.sieve": "keep;", ".active": "a\n"])
    let end = try ctl.run("push", "--json", "--delete", dir)
    let values = try #require(JSONValue.lines(end.output))
    #expect(values.map { $0["action"]?.string } == ["create", "activate", "delete"])
    #expect(values[0].keys == ["action", "name", "size", "sha256"])
    #expect(values[2]["name"]?.string == "x")
  }

  @Test("--backup keeps what a push replaces")
  func backup() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "old"]))
    let dir = folder(ctl, ["a.sieve": "new", "b.sieve": "b"])
    #expect(try ctl.run("push", "--backup", "1", "--delete", dir).status == 0)
    #expect(ctl.server.content("a~") == "old")
    #expect(try ctl.run("push", "-n", "--delete", dir).status == 0)
  }

  @Test("a get, a check and a put are sent before the one ahead of them is answered")
  func pipelined() throws {
    let both = SieveServer.Answer.text("OK\r\nOK\r\n")
    let ctl = SieveCtlRun(
      SieveServer(
        ["a": "1", "b": "2"],
        answers: [
          "GETSCRIPT": [.silence, .text("{1}\r\n1\r\nOK\r\n{1}\r\n2\r\nOK\r\n")],
          "CHECKSCRIPT": [.silence, both], "PUTSCRIPT": [.silence, both],
          "DELETESCRIPT": [.silence, both],
        ]))
    let dir = folder(ctl, ["c.sieve": "3", "d.sieve": "4"])
    #expect(
      try ctl.run("push", "--delete", dir).text == "create c\ncreate d\ndelete a\ndelete b\n")
    #expect(try ctl.run("pull", "--timeout", "1s", "--pipeline", "1", dir).status == 75)
  }

  @Test("more scripts than go into one pipeline, and more octets, arrive all the same")
  func many() throws {
    let names = (100..<140).map { "s\($0)" }
    let long = String(repeating: "# long\n", count: 50_000)
    let ctl = SieveCtlRun(
      SieveServer(Dictionary(uniqueKeysWithValues: names.map { ($0, "old") })))
    let dir = folder(
      ctl, Dictionary(uniqueKeysWithValues: names.map { ("\($0).sieve", "\(long)\($0)") }))
    #expect(try ctl.run("push", dir).status == 0)
    #expect(names.allSatisfy { ctl.server.content($0) == "\(long)\($0)" })
    #expect(try ctl.run("pull", ctl.scratch["out"]).status == 0)
    #expect(ctl.scratch.text("out/s139.sieve") == "\(long)s139")
  }

  // MARK: - diff

  @Test("diff: 0 and silent for the same octets; 1 and a unified diff, the server's first")
  func diff() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "1\n2\n3\n"]))
    let file = folder(ctl, ["f": "1\n2\n3\n"]) + "/f"
    let same = try ctl.run("diff", "a", file)
    #expect(same.status == 0 && same.text.isEmpty)
    ctl.scratch.write("1\n3\n4", to: "dir/f")
    let end = try ctl.run("diff", "a", file)
    #expect(end.status == 1)
    #expect(
      end.text == """
        --- a
        +++ \(file)
        @@ -1,3 +1,3 @@
         1
        -2
         3
        +4
        \\ No newline at end of file\n
        """)
    #expect(try ctl.run("diff", "-U", "0", "a", file).text.contains("@@ -2 +1,0 @@\n-2\n"))
    #expect(try ctl.run("diff", "-U", "-1", "a", file).status == 64)
  }

  @Test("diff -q and --brief print nothing; --json says whether they are the same")
  func quiet() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "1"]))
    for option in ["-q", "--brief"] {
      let end = try ctl.run("diff", option, "a", "-", input: "2")
      #expect(end.status == 1)
      #expect(end.text.isEmpty && end.errors.isEmpty)
    }
    let end = try ctl.run("diff", "--json", "a", "-", input: "2")
    #expect(end.status == 1)
    #expect(end.text == "{\"name\":\"a\",\"same\":false}\n")
  }

  @Test("diff --remote compares two scripts; what is missing is 66")
  func remote() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "1\n", "b": "1\n", "c": "2\n"]))
    #expect(try ctl.run("diff", "--remote", "a", "b").status == 0)
    #expect(try ctl.run("diff", "--remote", "a", "c").text.hasPrefix("--- a\n+++ c\n"))
    #expect(try ctl.run("diff", "--remote", "b", path: "/a").status == 0)
    #expect(try ctl.run("diff", "--remote", "a", "nope").status == 66)
    #expect(try ctl.run("diff", "nope", "-", input: "").status == 66)
    #expect(try ctl.run("diff", "a", ctl.scratch["none"]).status == 66)
    #expect(try ctl.run("diff", "--remote", "a").status == 64)
    #expect(try ctl.run("diff", "a", "b", "c").status == 64)
  }

  @Test("diff DIR compares all: what one side lacks is a difference with /dev/null")
  func directory() throws {
    let ctl = SieveCtlRun(SieveServer(["a": "1\n", "b": "2\n", "c~": "3\n"]))
    let dir = folder(ctl, ["a.sieve": "1\n", "d.sieve": "4\n"])
    let end = try ctl.run("diff", dir)
    #expect(end.status == 1)
    #expect(
      end.text == """
        --- /dev/null
        +++ \(dir)/d.sieve
        @@ -0,0 +1 @@
        +4
        --- b
        +++ /dev/null
        @@ -1 +0,0 @@
        -2\n
        """)
    #expect(try ctl.run("pull", dir).status == 0)
    unlink("\(dir)/d.sieve")
    #expect(try ctl.run("diff", dir).status == 0)
    #expect(try ctl.run("diff", ctl.scratch["none"]).status == 66)
  }
}
