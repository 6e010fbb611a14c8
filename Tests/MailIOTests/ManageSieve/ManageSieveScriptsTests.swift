import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

@Suite("ManageSieve scripts")
struct ManageSieveScriptsTests {
  private static let two: @Sendable (FakeSieve) -> Void = { server in
    server.scripts = [(Array("a".utf8), Array("A".utf8)), (Array("b".utf8), Array("B".utf8))]
    server.active = Array("a".utf8)
  }

  private static let twoWithoutVersion: @Sendable (FakeSieve) -> Void = { server in
    two(server)
    server.capabilities.removeAll { $0.contains("VERSION") }
  }

  /// The cause of a refusal.
  private func cause<Value>(_ result: Result<Value, any Error>) -> SieveRefusalCause? {
    guard case .refused(let refusal) = result.sieveError else { return nil }
    return refusal.cause
  }

  // MARK: Renaming

  @Test("RENAMESCRIPT is used where it is, and the active script stays active")
  func rename() throws {
    let (value, log, scripts) = try talk(setup: Self.two) {
      try $0.renameScript(name("a"), to: name("c"))
    }
    #expect(try value.get() == .byServer)
    #expect(log == ["RENAMESCRIPT", "LOGOUT"])
    #expect(scripts == ["*c": "A", "b": "B"])
  }

  @Test("without VERSION it goes step by step, and what is there goes last")
  func emulatedRename() throws {
    let (value, log, scripts) = try talk(setup: Self.twoWithoutVersion) {
      try $0.renameScript(name("a"), to: name("c"))
    }
    #expect(try value.get() == .stepByStep)
    #expect(
      log == [
        "LISTSCRIPTS", "LISTSCRIPTS", "GETSCRIPT", "PUTSCRIPT", "GETSCRIPT", "SETACTIVE",
        "DELETESCRIPT", "LOGOUT",
      ])
    #expect(scripts == ["*c": "A", "b": "B"])
  }

  @Test("a name that is taken is not overwritten unless that is wanted", arguments: [true, false])
  func renameOver(hasVersion: Bool) throws {
    let setup = hasVersion ? Self.two : Self.twoWithoutVersion
    let refused = try talk(setup: setup) { try $0.renameScript(name("a"), to: name("b")) }
    #expect(cause(refused.value) == .alreadyExists)
    #expect(refused.scripts == ["*a": "A", "b": "B"])
    let (value, _, scripts) = try talk(setup: setup) {
      try $0.renameScript(name("a"), to: name("b"), collision: .replace)
    }
    #expect(try value.get() == .stepByStep)
    #expect(scripts == ["*b": "A"])
  }

  @Test(
    "an emulated rename that breaks anywhere loses no script, and the active one stays active",
    arguments: ["GETSCRIPT", "PUTSCRIPT", "SETACTIVE", "DELETESCRIPT"], [true, false])
  func renameBreaks(verb: String, hangsUp: Bool) throws {
    let (value, _, scripts) = try talk(
      setup: Self.twoWithoutVersion,
      trick: { _, seen, _ in
        guard seen == verb else { return nil }
        return hangsUp ? .end("") : .say("NO \"Broken.\"\r\n")
      }, client: { try $0.renameScript(name("a"), to: name("c")) })
    #expect(scripts["*a"] == "A" || scripts["*c"] == "A")
    switch (verb, value.sieveError) {
    case ("SETACTIVE", .renameUnfinished), ("DELETESCRIPT", .renameUnfinished): break
    case ("GETSCRIPT", .closed), ("PUTSCRIPT", .closed): #expect(hangsUp)
    case ("GETSCRIPT", .refused), ("PUTSCRIPT", .refused): #expect(!hangsUp)
    default: Issue.record("\(value)")
    }
  }

  @Test("what is read back must be what was written, before anything is deleted")
  func renameReadsBack() throws {
    let (value, log, scripts) = try talk(
      setup: Self.twoWithoutVersion,
      trick: { _, verb, words in
        verb == "GETSCRIPT" && words[1] == Array("c".utf8) ? .say("\"other\"\r\nOK\r\n") : nil
      }, client: { try $0.renameScript(name("a"), to: name("c")) })
    #expect(
      value.sieveError
        == .renameUnfinished(name("a"), name("c"), .contentChanged(name("c"))))
    #expect(!log.contains("DELETESCRIPT"))
    #expect(scripts["*a"] == "A")
  }

  @Test("emulation may be forbidden")
  func noEmulation() throws {
    let (value, _, _) = try talk(setup: Self.twoWithoutVersion) {
      try $0.renameScript(name("a"), to: name("c"), .byServer)
    }
    #expect(value.sieveError == .capabilityMissing(.command(.renameScript)))
  }

  // MARK: Copies and backups

  @Test("copies")
  func copy() throws {
    let (value, _, scripts) = try talk(setup: Self.two) { client in
      try client.copyScript(name("a"), to: name("c"))
      try client.copyScript(name("a"), to: name("b"), collision: .refuse)
    }
    #expect(cause(value) == .alreadyExists)
    #expect(scripts == ["*a": "A", "b": "B", "c": "A"])
  }

  @Test("backups are made before a script is replaced, and the oldest go")
  func backups() throws {
    let one = try talk(setup: Self.two) { client in
      for text in ["1", "2"] { try client.putScript(Array(text.utf8), as: name("a"), backups: 1) }
    }
    try one.value.get()
    #expect(one.scripts == ["*a": "2", "a~": "1", "b": "B"])
    let three = try talk(setup: Self.two) { client in
      for text in ["1", "2", "3", "4"] {
        try client.putScript(Array(text.utf8), as: name("a"), backups: 2)
      }
      try client.putScript([], as: name("new"), backups: 2)
      #expect(try client.backUpScript(name("nothing"), keep: 1) == nil)
      #expect(try client.backUpScript(name("a"), keep: 0) == nil)
    }
    try three.value.get()
    #expect(three.scripts == ["*a": "4", "a.~3~": "2", "a.~4~": "3", "b": "B", "new": ""])
  }

  @Test("the list is kept until something changes it")
  func cache() throws {
    let (value, log, _) = try talk(setup: Self.two) { client in
      #expect(try client.scriptExists(name("a"), cached: .allowed))
      #expect(try !client.scriptExists(name("c"), cached: .allowed))
      try client.putScript([], as: name("c"))
      #expect(try client.scriptExists(name("c"), cached: .allowed))
      #expect(try client.listScripts().count == 3)
    }
    try value.get()
    #expect(log == ["LISTSCRIPTS", "PUTSCRIPT", "LISTSCRIPTS", "LISTSCRIPTS", "LOGOUT"])
  }

  // MARK: Refusals

  @Test("a refusal without a code: the list tells whether the script is there")
  func codeless() throws {
    for (script, active, wanted) in [
      ("a", false, SieveRefusalCause.refused), ("a", true, .active), ("x", false, .nonexistent),
    ] {
      let (value, _, _) = try talk(
        setup: {
          Self.two($0)
          if !active { $0.active = nil }
        },
        trick: { _, verb, _ in verb == "DELETESCRIPT" ? .say("NO \"No.\"\r\n") : nil },
        client: { try $0.deleteScript(name(script)) })
      #expect(cause(value) == wanted)
    }
  }

  @Test("a script that Cyrus knows by encoded words alone is found by its name")
  func cyrusName() throws {
    let wire = "=?UTF-8?Q?=C3=A9?="
    let (value, log, _) = try talk(
      setup: { $0.scripts = [(Array(wire.utf8), Array("E".utf8))] },
      client: { client in
        #expect(try client.scriptExists(name("\u{E9}")))
        return try client.getScript(name("\u{E9}"))
      })
    #expect(try value.get() == Array("E".utf8))
    #expect(log == ["LISTSCRIPTS", "GETSCRIPT", "LISTSCRIPTS", "GETSCRIPT", "LOGOUT"])
  }

  @Test("warnings stay until the next script")
  func warnings() throws {
    let (value, _, _) = try talk(
      trick: { _, verb, words in
        verb == "PUTSCRIPT" && words[2].count == 1
          ? .say("OK (WARNINGS) {10}\r\nline 1: x\n\r\n") : nil
      },
      client: { client in
        try client.putScript([0x23], as: name("a"))
        #expect(client.lastWarning == Array("line 1: x\n".utf8))
        try client.putScript([], as: name("a"))
        #expect(client.lastWarning == nil)
      })
    try value.get()
  }

  @Test("large scripts are asked for with HAVESPACE first")
  func space() throws {
    let (value, log, scripts) = try talk(
      options: ManageSieveOptions(timeout: .seconds(20), spaceCheckByteCount: 3),
      trick: { _, verb, words in
        verb == "HAVESPACE" && words[2] == Array("5".utf8)
          ? .say("NO (QUOTA/MAXSIZE) \"Too large.\"\r\n") : nil
      },
      client: { client in
        try client.putScript(Array("123".utf8), as: name("a"))
        try client.putScript(Array("1234".utf8), as: name("b"))
        try client.putScript(Array("12345".utf8), as: name("c"))
      })
    #expect(cause(value) == .quota)
    #expect(log == ["PUTSCRIPT", "HAVESPACE", "PUTSCRIPT", "HAVESPACE", "LOGOUT"])
    #expect(scripts.count == 2)
  }

  // MARK: Local scripts

  @Test("scripts are private files for a while; what was changed goes back")
  func localScripts() throws {
    let (value, log, scripts) = try talk(setup: Self.two) { client in
      var directory = ""
      do {
        let local = try LocalScripts(
          [name("a"), name("b"), name("new")], from: client, missing: .create)
        directory = local.directory
        #expect(ScratchDirectory.mode(directory) == 0o700)
        #expect(local.paths == ["a", "b", "new"].map { "\(directory)/\($0)" })
        #expect(local.paths.allSatisfy { ScratchDirectory.mode($0) == 0o600 })
        ScratchDirectory.write(Array("A2".utf8), to: local.paths[0])
        ScratchDirectory.write(Array("#".utf8), to: "\(directory)/a.swp")
        #expect(try local.reupload(to: client) == [name("a")])
        #expect(local.scripts.isEmpty)
      }
      #expect(ScratchDirectory.mode(directory) == nil)
    }
    try value.get()
    #expect(log.filter { $0 == "PUTSCRIPT" }.count == 1)
    #expect(scripts == ["*a": "A2", "b": "B"])
  }

  @Test("a script that is refused stays, and can be sent again")
  func localScriptRefused() throws {
    let (value, _, scripts) = try talk(
      setup: Self.two,
      trick: { _, verb, words in
        verb == "PUTSCRIPT" && words[2] == Array("bad".utf8)
          ? .say("NO \"line 1: error: x\"\r\n") : nil
      },
      client: { client in
        let local = try LocalScripts([name("a"), name("b")], from: client)
        ScratchDirectory.write(Array("bad".utf8), to: local.paths[1])
        #expect(throws: ManageSieveError.self) { try local.reupload(to: client) }
        #expect(local.scripts.map(\.name) == [name("b")])
        ScratchDirectory.write(Array("good".utf8), to: local.paths[0])
        try local.reupload(to: client)
      })
    try value.get()
    #expect(scripts == ["*a": "A", "b": "good"])
  }

  @Test("a name that is a path is no file", arguments: ["..", ".", "a/b", ".hidden", ""])
  func localScriptNames(text: String) throws {
    let (value, log, _) = try talk { try LocalScripts([name(text)], from: $0).directory }
    #expect(value.sieveError == .noFileName(name(text)))
    #expect(log == ["LOGOUT"])
  }

  @Test("a link put in a script's place is not followed")
  func localScriptLink() throws {
    let scratch = ScratchDirectory()
    ScratchDirectory.write(Array("stolen".utf8), to: scratch["secret"])
    let secret = scratch["secret"]
    let (value, _, _) = try talk(setup: Self.two) { client in
      let local = try LocalScripts([name("a")], from: client)
      unlink(local.paths[0])
      symlink(secret, local.paths[0])
      try local.reupload(to: client)
    }
    guard case .file(let error) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(error.code == ELOOP)
  }
}
