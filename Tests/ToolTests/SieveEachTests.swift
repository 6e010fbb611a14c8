// sievectl each: one command for many users.

import TestSupport
import Testing

@Suite("sievectl each")
struct SieveEachTests {
  private static let changing =
    SieveServer.modern + "\"UNAUTHENTICATE\"\r\n"

  private func each(
    _ ctl: SieveCtlRun, _ command: String..., users: String = "ann\n# nobody\n\nbob\r\n",
    options: [String] = [], input: String? = nil
  ) throws -> ToolEnd {
    ctl.scratch.write(users, to: "users")
    return try ctl.start(
      "each", ["--users", ctl.scratch["users"]] + options + ["--"] + command, input: input
    ).end()
  }

  @Test("what a command prints has the user and a tab in front, record by record")
  func records() throws {
    let ctl = SieveCtlRun(SieveServer(["one": "keep;\nstop;", "two": "1"], active: "one"))
    #expect(try each(ctl, "list").text == "ann\tone\nann\ttwo\nbob\tone\nbob\ttwo\n")
    #expect(
      try each(ctl, "get", "one").text == "ann\tkeep;\nann\tstop;\nbob\tkeep;\nbob\tstop;\n")
    #expect(
      try each(ctl, "list", "--active", options: ["-0"]).text == "ann\tone\0bob\tone\0")
  }

  @Test("with UNAUTHENTICATE it is one connection, without it one for each user")
  func connections() throws {
    let changing = SieveServer(["one": "1"], capabilities: Self.changing)
    #expect(try each(SieveCtlRun(changing), "list").text == "ann\tone\nbob\tone\n")
    #expect(changing.connectionCount == 1)
    #expect(changing.lines.filter { $0 == "AUTHENTICATE" }.count == 2)
    #expect(changing.lines.filter { $0 == "UNAUTHENTICATE" }.count == 1)
    let plain = SieveServer(["one": "1"])
    #expect(try each(SieveCtlRun(plain), "list").text == "ann\tone\nbob\tone\n")
    #expect(plain.connectionCount == 2)
  }

  @Test("{user} in the arguments is the user; stdin is the same for all")
  func placeholder() throws {
    let server = SieveServer()
    let end = try each(
      SieveCtlRun(server), "put", "-", "{user}-of-{user}", input: "keep;\n")
    #expect(end.status == 0)
    #expect(server.names == ["ann-of-ann", "bob-of-bob"])
    #expect(server.content("bob-of-bob") == "keep;\n")
  }

  @Test("a file of the user's that is missing is the user's failure")
  func missingFile() throws {
    let server = SieveServer()
    let ctl = SieveCtlRun(server)
    ctl.scratch.write("keep;\n", to: "bob.sieve")
    let path = ctl.scratch["{user}.sieve"]
    let end = try each(ctl, "put", path, "x", options: ["--keep-going"])
    #expect(end.status == 2)
    #expect(end.errors.hasPrefix("sievectl: ann: \(ctl.scratch["ann.sieve"]): "))
    #expect(server.names == ["x"])
  }

  @Test("the first failure ends it with its status; with --keep-going it is 2")
  func failing() throws {
    let server = SieveServer(["bob": "1"])
    let first = try each(SieveCtlRun(server), "get", "{user}")
    #expect(first.status == 66 && first.text.isEmpty)
    #expect(first.errors.hasPrefix("sievectl: ann: ann: GETSCRIPT refused"))
    let all = try each(SieveCtlRun(server), "get", "{user}", options: ["--keep-going"])
    #expect(all.status == 2 && all.text == "bob\t1\n")
  }

  @Test("no (1) is an answer, and ends nothing")
  func no() throws {
    let end = try each(SieveCtlRun(SieveServer(["bob": "1"])), "exists", "{user}")
    #expect(end.status == 1 && end.errors.isEmpty)
  }

  @Test("--json gives an object a user, with what the command gives inside")
  func json() throws {
    let end = try each(
      SieveCtlRun(SieveServer(["bob": "1"])), "get", "{user}",
      options: ["--keep-going", "--json"])
    let values = try #require(JSONValue.lines(end.output))
    #expect(values.map { $0["user"]?.string } == ["ann", "bob"])
    #expect(values.map { $0["status"]?.int } == [66, 0])
    #expect(end.text.contains("{\"user\":\"bob\",\"status\":0,\"output\":[{\"name\":\"bob\","))
  }

  @Test("refused logins in a row end it by 77, even with --keep-going; one in between does not")
  func refusedLogins() throws {
    let users = "a\nb\nc\nd\ne\n"
    let server = SieveServer(answers: ["AUTHENTICATE": [.text("NO \"no\"\r\n")]])
    let end = try each(SieveCtlRun(server), "list", users: users, options: ["--keep-going"])
    #expect(end.status == 77)
    #expect(server.connectionCount == 3)
    let (no, yes) = (SieveServer.Answer.text("NO\r\n"), SieveServer.Answer.text("OK\r\n"))
    let patchy = SieveServer(answers: ["AUTHENTICATE": [no, yes, no, yes, no]])
    let partly = try each(
      SieveCtlRun(patchy), "list", users: users,
      options: ["--keep-going", "--max-auth-failures", "2"])
    #expect(partly.status == 2)
    #expect(patchy.connectionCount == 5)
  }

  @Test("--jobs: all users are served, each once")
  func jobs() throws {
    let users = (1...20).map { "u\($0)" }
    let server = SieveServer(["x": "1"])
    let end = try each(
      SieveCtlRun(server), "get", "x", users: users.joined(separator: "\n"),
      options: ["--jobs", "4"])
    #expect(end.status == 0)
    #expect(
      end.text.split(separator: "\n").map(String.init).sorted()
        == users.map { "\($0)\t1" }.sorted())
  }

  @Test("no user at all is 0, and asks nobody")
  func nobody() throws {
    let server = SieveServer()
    #expect(try each(SieveCtlRun(server), "list", users: "# none\n").status == 0)
    #expect(server.connectionCount == 0)
  }

  @Test("what cannot be is 64 or 65, before anything is sent")
  func usage() throws {
    let server = SieveServer()
    let ctl = SieveCtlRun(server)
    #expect(try each(ctl).status == 64)
    #expect(try each(ctl, "nonsense").status == 64)
    #expect(try each(ctl, "shell").status == 64)
    #expect(try each(ctl, "get").status == 64)
    #expect(try each(ctl, "list", options: ["--jobs", "0"]).status == 64)
    #expect(try each(ctl, "list", options: ["--jobs", "65"]).status == 64)
    #expect(try each(ctl, "list", options: ["--authzid", "x"]).status == 64)
    #expect(try each(ctl, "list", options: ["--max-auth-failures", "0"]).status == 64)
    #expect(try each(ctl, "list", users: "ann\nb\tob\n").status == 65)
    #expect(try each(ctl, "put", "/nonexistent", "x").status == 66)
    #expect(server.connectionCount == 0)
  }

  @Test("users from stdin leave no stdin for a script")
  func standardInput() throws {
    let server = SieveServer(["x": "1"])
    let ctl = SieveCtlRun(server)
    let end = try ctl.start("each", ["--users", "-", "--", "list"], input: "ann\n").end()
    #expect(end.text == "ann\tx\n")
    let put = try ctl.start("each", ["--users", "-", "--", "put", "-", "y"], input: "a\n").end()
    #expect(put.status == 64 && server.names == ["x"])
  }
}
