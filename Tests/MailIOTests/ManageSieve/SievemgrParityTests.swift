import Glibc
import MailIO
import MailProtocols
import TestSupport
import Testing

/// What sievemgr's module has, by its names, and where it is here: one test a row of the table.
@Suite("sievemgr, item by item")
struct SievemgrParityTests {
  private static let setup: @Sendable (FakeSieve) -> Void = { server in
    server.scripts = [(Array("foo".utf8), Array("keep;".utf8)), (Array("bar".utf8), [])]
    server.active = Array("foo".utf8)
  }

  @Test("SieveManager(backups, checksize, maxmemory), with")
  func sieveManager() throws {
    let options = ManageSieveOptions(
      timeout: .seconds(20), maxScriptByteCount: 100, spaceCheckByteCount: 2, backupCount: 1)
    let (value, log, scripts) = try talk(setup: Self.setup, options: options) {
      try $0.putScript(Array("stop;".utf8), as: name("foo"))
    }
    try value.get()
    #expect(
      log == [
        "HAVESPACE", "LISTSCRIPTS", "GETSCRIPT", "HAVESPACE", "PUTSCRIPT", "PUTSCRIPT",
        "LOGOUT",
      ])
    #expect(scripts == ["*foo": "stop;", "foo~": "keep;", "bar": ""])
  }

  @Test("open, close, shutdown, logout")
  func open() throws {
    let polite = try talk { $0.logout() }
    #expect(polite.log == ["LOGOUT"])
    let hasty = try talk { client in
      client.shutdown()
      #expect(client.isOver)
      client.logout()
    }
    #expect(hasty.log == [])
  }

  @Test("authenticate(login, owner, sasl), unauthenticate")
  func authenticate() throws {
    let (value, log, _) = try talk { client in
      let credentials = SASLCredentials(
        authcid: "admin", authzid: "alice", proof: .password(SASLSecret(Array("x".utf8))))
      var options = overOpenLine
      options.mechanisms = ["PLAIN"]
      try client.authenticate(credentials, options)
      try client.unauthenticate()
    }
    try value.get()
    #expect(
      log == [
        "AUTHENTICATE", "CAPABILITY", "NOOP", "UNAUTHENTICATE", "CAPABILITY", "NOOP", "LOGOUT",
      ])
  }

  @Test("listscripts(cached), getactive, scriptexists(cached), setactive, unsetactive")
  func listing() throws {
    let (value, log, _) = try talk(setup: Self.setup) { client in
      #expect(try client.listScripts().map(\.name) == [name("foo"), name("bar")])
      #expect(try client.listScripts(cached: .allowed).map(\.isActive) == [true, false])
      #expect(try client.scriptExists(name("bar"), cached: .allowed))
      #expect(try client.activeScript() == name("foo"))
      try client.setActive(name("bar"))
      #expect(try client.activeScript() == name("bar"))
      try client.unsetActive()
      #expect(try client.activeScript() == nil)
    }
    try value.get()
    #expect(log.filter { $0 == "LISTSCRIPTS" }.count == 4)
  }

  @Test("getscript, putscript, deletescript, copyscript, renamescript(emulate), backupscript(keep)")
  func scripts() throws {
    let (value, _, scripts) = try talk(setup: Self.setup) { client in
      #expect(try client.getScript(name("foo")) == Array("keep;".utf8))
      try client.putScript(Array("# empty".utf8), as: name("baz"))
      try client.deleteScript(name("bar"))
      try client.copyScript(name("baz"), to: name("qux"))
      try client.renameScript(name("foo"), to: name("bar"), .byServer)
      #expect(try client.backUpScript(name("bar"), keep: 2) == name("bar.~1~"))
      #expect(try client.backUpScript(name("bar"), keep: 1) == name("bar~"))
    }
    try value.get()
    #expect(
      scripts == [
        "*bar": "keep;", "baz": "# empty", "qux": "# empty", "bar.~1~": "keep;", "bar~": "keep;",
      ])
  }

  @Test("checkscript, havespace, noop(tag), validname(check)")
  func checks() throws {
    let (value, _, _) = try talk { client in
      try client.checkScript(Array("# foo".utf8))
      try client.checkSpace(for: name("foo"), byteCount: 1)
      #expect(try client.noOperation(tag: Array("foo".utf8)) == Array("foo".utf8))
      #expect(try client.noOperation() == nil)
      #expect(throws: SieveScriptNameError.empty) { try SieveScriptName("") }
    }
    try value.get()
  }

  @Test("localscripts(create), LocalScripts.scripts, .reupload()")
  func localScripts() throws {
    let (value, _, scripts) = try talk(setup: Self.setup) { client in
      let local = try LocalScripts([name("foo"), name("new")], from: client, missing: .create)
      ScratchDirectory.write(Array("stop;".utf8), to: local.paths[1])
      #expect(try local.reupload(to: client) == [name("new")])
      #expect(local.scripts.isEmpty)
    }
    try value.get()
    #expect(scripts["new"] == "stop;")
  }

  @Test("geturl, URL.fromstr and its fields")
  func url() throws {
    let url = try SieveURL("sieve://user@imap.foo.example:1/owner/script")
    #expect(url.host == "imap.foo.example" && url.scheme == .sieve && url.user == "user")
    #expect(url.port == 1 && url.owner == .user("owner") && url.script == Array("script".utf8))
    let (value, _, _) = try talk { client in
      try client.authenticate(alice, overOpenLine)
      return client.url.description
    }
    #expect(try value.get() == "sieve://alice@mail.example.test")
  }

  @Test("capabilities, Capabilities.fromlines, notunderstood")
  func capabilities() throws {
    let (value, _, _) = try talk(
      setup: { $0.capabilities.append(#""XFOO" "bar""#) },
      client: { client in
        try client.readCapabilities()
      })
    let capabilities = try value.get()
    #expect(capabilities.implementation == "Fake 1.0")
    #expect(capabilities.other.map(\.name) == ["XFOO"])
  }

  @Test("logger, timeout, tlscontext, warning")
  func surroundings() throws {
    let (value, _, _) = try talk(
      trick: { _, verb, _ in
        verb == "CHECKSCRIPT"
          ? .say("OK (warnings) \"line 7: may need to be frobnicated\"\r\n") : nil
      },
      client: { client in
        try client.checkScript(Array("keep;".utf8))
        return client.lastWarning
      })
    #expect(try value.get() == Array("line 7: may need to be frobnicated".utf8))
  }

  @Test("Response, matches, toerror")
  func response() throws {
    #expect(SieveResponse(status: .ok).asError(to: .noOperation) == nil)
    let no = SieveResponse(status: .no)
    #expect(
      no.asError(to: .noOperation)
        == .refused(SieveRefusal(verb: .noOperation, response: no, cause: .refused)))
    let bye = SieveResponse(status: .bye)
    #expect(bye.asError(to: .noOperation) == .bye(bye))
    #expect(!bye.matches("QUOTA"))
  }

  @Test("BaseSASLAdapter, BaseAuth")
  func adapter() throws {
    // A transport of another protocol: what was begun comes back.
    struct Echo: SASLTransport {
      var said: [String] = []
      let initialResponse = SASLClientExchange.InitialResponse.awaited
      mutating func begin(_ name: SASLMechanismName, initial: [UInt8]?) throws(SASLError) {
        said.append("begin \(name) \(initial == nil)")
      }
      mutating func send(_ response: [UInt8]) throws(SASLError) {
        said.append("send \(String(decoding: response, as: UTF8.self))")
      }
      mutating func receive() throws(SASLError) -> SASLTransportAnswer {
        said.count == 1 ? .challenge([]) : .success(nil)
      }
      mutating func end() throws(SASLError) { said.append("end") }
      mutating func abort() throws(SASLError) { said.append("abort") }
    }
    var transport = Echo()
    var negotiation = SASLNegotiation(
      offered: [.plain], credentials: alice, policy: SASLPolicy(channel: .protected))
    let context = SASLClientContext(
      credentials: alice, digest: OpenSSLDigest(), nonce: { SecureRandom.nonce() })
    guard case .loggedIn = try SASLExchange.logIn(over: &transport, &negotiation, context) else {
      Issue.record("refused")
      return
    }
    #expect(transport.said == ["begin PLAIN true", "send \0alice\0secret", "end"])
  }

  @Test("the mechanisms")
  func mechanisms() {
    let names = Set(SASLClientRegistry.standard.entries.map(\.name.text))
    let hashes = ["1", "224", "256", "384", "512"].map { "SHA-\($0)" } + ["SHA3-512"]
    let scram = hashes.flatMap { ["SCRAM-\($0)", "SCRAM-\($0)-PLUS"] }
    #expect(
      names
        == Set(scram + ["PLAIN", "LOGIN", "CRAM-MD5", "EXTERNAL", "OAUTHBEARER", "XOAUTH2"]))
  }

  @Test("ClientConnectionError, SieveConnectionError")
  func connectionErrors() throws {
    let cut = try talk(trick: { _, _, _ in .end("") }, client: { try $0.noOperation() })
    #expect(cut.value.sieveError == .closed)
    let bye = try talk(trick: { _, _, _ in .end("BYE\r\n") }, client: { try $0.noOperation() })
    #expect(bye.value.sieveError == .bye(SieveResponse(status: .bye)))
  }

  @Test("SieveOperationError")
  func operationError() throws {
    let (value, _, _) = try talk { try $0.getScript(name("none")) }
    guard case .refused(let refusal) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(refusal.cause == .nonexistent)
    #expect(refusal.response.matches("nonexistent"))
  }

  @Test("SieveCapabilityError, TLSCapabilityError, SASLCapabilityError")
  func capabilityErrors() throws {
    let context = try PKI.client()
    let (value, _, _) = try talk(
      setup: { $0.capabilities = [#""SASL" "PLAIN""#] },
      client: { client in
        #expect(throws: ManageSieveError.capabilityMissing(.command(.unauthenticate))) {
          try client.unauthenticate()
        }
        #expect(throws: ManageSieveError.capabilityMissing(.startTLS)) {
          try client.startTLS(context, host: localhost, timeout: .seconds(1))
        }
        try client.authenticate(alice)
      })
    guard case .capabilityMissing(.mechanism) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
  }

  @Test("SieveProtocolError, SASLProtocolError")
  func protocolErrors() throws {
    let (value, _, _) = try talk(
      trick: { _, _, _ in .say("\u{1B}[2J\r\n") },
      client: {
        try $0.noOperation()
      })
    guard case .protocolViolation(let error) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(error.octets == Array("\u{1B}[2J".utf8))
    #expect(!"\(error)".contains("\u{1B}"))
  }

  @Test("the closing example: patch the active script of every user")
  func closingExample() throws {
    let (value, _, scripts) = try talk(setup: Self.setup) { client in
      for user in ["alice", "bob"] {
        let credentials = SASLCredentials(
          authcid: "admin", authzid: user, proof: .password(SASLSecret(Array("x".utf8))))
        try client.authenticate(credentials, overOpenLine)
        guard let active = try client.activeScript() else { continue }
        let local = try LocalScripts([active], from: client)
        let old = try local.content(of: local.scripts[0], limit: 1000)
        ScratchDirectory.write(old + Array("#".utf8), to: local.paths[0])
        try local.reupload(to: client)
        try client.unauthenticate()
      }
    }
    try value.get()
    #expect(scripts["*foo"] == "keep;##")
  }
}

/// Each bug of sievemgr 0.7.4.7 that was reproduced (reference, 1.5).
@Suite("Bugs of sievemgr")
struct SievemgrBugTests {
  @Test("a CRLF script is stored octet for octet, and does not hang")
  func crlf() throws {
    for text in ["keep;\r\n", "keep;\n", "keep;", "", "\u{FEFF}keep;\r\n", "# \u{E9}\r\n\r"] {
      let (value, _, _) = try talk { client in
        try client.putScript(Array(text.utf8), as: name("a"))
        return try client.getScript(name("a"))
      }
      #expect(try value.get() == Array(text.utf8))
    }
  }

  @Test("a script that looks like commands is a script")
  func commandsInScript() throws {
    let text = "keep;\r\nDELETESCRIPT \"a\"\r\nLOGOUT\r\n"
    let (value, log, scripts) = try talk {
      try $0.putScript(Array(text.utf8), as: name("a"))
    }
    try value.get()
    #expect(log == ["PUTSCRIPT", "LOGOUT"])
    #expect(scripts == ["a": text])
  }

  @Test(
    "names with quotes and backslashes are listed, got and deleted",
    arguments: ["we\"ird", "b\\s", "\"", "\\\"", "a\" ACTIVE"])
  func quotes(text: String) throws {
    let (value, _, scripts) = try talk { client in
      try client.putScript([0x23], as: name(text))
      try client.putScript([0x23], as: name("b"))
      #expect(try client.listScripts().map(\.name) == [name(text), name("b")])
      #expect(try client.getScript(name(text)) == [0x23])
      try client.deleteScript(name(text))
    }
    try value.get()
    #expect(scripts == ["b": "#"])
  }

  @Test("the end of the connection in the middle ends the client")
  func end() throws {
    let (value, _, _) = try talk(
      trick: { _, _, _ in .end("\"a") }, client: { try $0.listScripts() })
    #expect(value.sieveError == .closed)
  }

  @Test("BYE with a code and no data is no index error")
  func byeWithCode() throws {
    let (value, _, _) = try talk(
      trick: { _, _, _ in .end("BYE (TRYLATER) \"x\"\r\n") },
      client: {
        try $0.listScripts()
      })
    guard case .bye(let response) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(response.matches("TRYLATER"))
  }
}
