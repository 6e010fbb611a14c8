import Glibc
import MailIO
import MailProtocols
import Testing

/// What real servers never do, or do rarely: the client ends with the right cause, soon, and with
/// little memory.
@Suite("ManageSieve client")
struct ManageSieveClientTests {
  // MARK: The end at any place

  /// What the server says at first, to LISTSCRIPTS and to GETSCRIPT.
  static let dialogue = [
    "\"IMPLEMENTATION\" \"x\"\r\n\"SASL\" \"PLAIN\"\r\n\"VERSION\" \"1.0\"\r\nOK {5}\r\nhello\r\n",
    "\"a\" ACTIVE\r\n{1}\r\nb\r\nOK\r\n", "{4}\r\nkeep\r\nOK \"Done.\"\r\n",
  ]

  @Test("a server that goes away after any octet is seen to, at once")
  func endAnywhere() throws {
    for count in 0..<Self.dialogue.joined().utf8.count {
      let (served, asked) = converse(
        server: { connection in
          var rest = count
          for part in Self.dialogue {
            let octets = Array(part.utf8.prefix(rest))
            try connection.send(octets, until: soon)
            rest -= octets.count
            if rest == 0 { break }
            _ = try connection.receive(atLeast: 1)
          }
          connection.endOutput()
          _ = try? connection.receiveAll()
        },
        client: { connection in
          let client = ManageSieveClient(connection, url: SieveURL(host: "h"))
          try client.readGreeting()
          _ = try client.listScripts()
          _ = try client.getScript(name("a"))
        })
      try served.get()
      guard asked.sieveError == .closed else {
        Issue.record("after \(count) octets: \(asked)")
        return
      }
    }
  }

  @Test(
    "BYE at any command ends it, with or without somewhere else to go",
    arguments: ["GREETING", "AUTHENTICATE", "LISTSCRIPTS", "GETSCRIPT", "PUTSCRIPT", "NOOP"])
  func byeAnywhere(verb: String) throws {
    for (text, referral) in [
      ("BYE", nil), ("BYE (TRYLATER) \"Shutting down.\"", nil), ("bye \"x\"", nil),
      ("BYE (REFERRAL sieve://other.example.test) \"There.\"", "sieve://other.example.test"),
      (
        "BYE (REFERRAL \"sieve://alice;bob@other.example.test\") {3}\r\nTry",
        "sieve://alice;bob@other.example.test"
      ),
    ] {
      let (value, _, _) = try talk(
        setup: { if verb == "GREETING" { $0.greeting = "\(text)\r\n" } },
        trick: { _, seen, _ in seen == verb ? .end("\(text)\r\n") : nil },
        client: { client in
          try client.authenticate(alice, overOpenLine)
          _ = try client.listScripts()
          try client.putScript(Array("keep;".utf8), as: name("a"))
          _ = try client.getScript(name("a"))
          try client.noOperation()
        })
      switch (value.sieveError, referral) {
      case (.bye(let response), nil): #expect(response.status == .bye)
      case (.referral(let found), let wanted?):
        #expect(found.wire == Array(wanted.utf8))
        #expect(found.url?.host == "other.example.test")
      default: Issue.record("\(verb), \(text): \(value)")
      }
    }
  }

  @Test("nothing is sent to a server that said BYE")
  func silentAfterBye() throws {
    let (value, log, _) = try talk(
      trick: { _, verb, _ in verb == "NOOP" ? .say("BYE\r\n") : nil },
      client: { client in
        #expect(throws: ManageSieveError.self) { try client.noOperation() }
        #expect(client.isOver)
        do { _ = try client.listScripts() } catch { return error as? ManageSieveError }
        return nil
      })
    #expect(try value.get() == .closed)
    #expect(log == ["NOOP"])
  }

  // MARK: Too much

  @Test("an endless line is cut at the limit")
  func endlessLine() throws {
    let piece = String(repeating: "x", count: 4096)
    let (value, _, _) = try talk(
      trick: { server, verb, _ in
        guard verb == "LISTSCRIPTS" else { return nil }
        for _ in 0..<64 { server.say(piece) }
        return .end("")
      }, client: { try $0.listScripts() })
    guard case .protocolViolation(let error) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(error.reason == .lineTooLong)
    #expect(error.octets.count <= SieveProtocolError.maxOctetCount)
  }

  @Test(
    "a literal of 4 GB is refused before an octet of it is stored",
    arguments: ["{4294967296}", "{67108865}", "{99999999999999999999999}", "{4294967296+}"])
  func hugeLiteral(head: String) throws {
    let (value, log, _) = try talk(
      trick: { _, verb, _ in verb == "GETSCRIPT" ? .say("\(head)\r\n") : nil },
      client: { try $0.getScript(name("a")) })
    guard case .protocolViolation(let error) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(error.reason == .literalTooLong)
    // After that not even LOGOUT.
    #expect(log == ["GETSCRIPT"])
  }

  @Test("lines without end are cut at the limit")
  func endlessLines() throws {
    let limits = SieveLimits(maxLineCount: 1000)
    let line = String(repeating: "\"a\"\r\n", count: 1001)
    let (value, _, _) = try talk(
      options: ManageSieveOptions(limits: limits, timeout: .seconds(20)),
      trick: { _, verb, _ in verb == "LISTSCRIPTS" ? .say(line) : nil },
      client: { try $0.listScripts() })
    guard case .protocolViolation(let error) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(error.reason == .tooManyLines)
  }

  // MARK: Too slow

  @Test("a line that drips does not stop time")
  func drip() throws {
    let (value, _, _) = try talk(
      options: ManageSieveOptions(timeout: .milliseconds(400)),
      trick: { server, verb, _ in
        guard verb == "NOOP" else { return nil }
        for _ in 0..<40 {
          server.say("x")
          usleep(50_000)
        }
        return .end("")
      }, client: { try $0.noOperation() })
    #expect(value.sieveError == .connection(.timedOut))
  }

  @Test("silence ends after the time-out")
  func silence() throws {
    let (value, _, _) = try talk(
      options: ManageSieveOptions(timeout: .milliseconds(100)),
      trick: { _, verb, _ in verb == "NOOP" ? .say("") : nil }, client: { try $0.noOperation() })
    #expect(value.sieveError == .connection(.timedOut))
  }

  @Test("lines that come slowly, each in time, are waited for")
  func slowLines() throws {
    let (value, _, _) = try talk(
      options: ManageSieveOptions(timeout: .milliseconds(600)),
      trick: { server, verb, _ in
        guard verb == "LISTSCRIPTS" else { return nil }
        for index in 0..<4 {
          usleep(250_000)
          server.say("\"\(index)\"\r\n")
        }
        return .say("OK\r\n")
      }, client: { try $0.listScripts().count })
    #expect(try value.get() == 4)
  }

  // MARK: Lines that break the protocol

  @Test(
    "after a line that cannot be parsed nothing more is sent",
    arguments: [
      "OK \"unended\r\n", "MAYBE\r\n", "OK \"a\" \"b\"\r\n", "OK (\r\n", "\"data\"\r\nOK\r\n",
      "OK\n", "OK\r\nOK\r\n", "NO \"\\x\"\r\n", "{3}\r\nabcOK\r\n", "* OK\r\n", "\r\n",
    ])
  func unparsable(text: String) throws {
    let (value, log, _) = try talk(
      trick: { _, verb, _ in verb == "SETACTIVE" ? .say(text) : nil },
      client: { client in
        try client.unsetActive()
        try client.noOperation()
      })
    guard case .protocolViolation = value.sieveError else {
      Issue.record("\(text): \(value)")
      return
    }
    #expect(!log.contains("LOGOUT"))
  }

  @Test("lower case is as good as upper case")
  func lowerCase() throws {
    let (value, _, _) = try talk(
      setup: {
        $0.greeting = "\"sieve\" \"x\"\r\n\"sasl\" \"plain\"\r\n\"version\" \"1.0\"\r\nok\r\n"
      },
      trick: { _, verb, _ in
        switch verb {
        case "LISTSCRIPTS": .say("\"a\" active\r\n\"b\"\r\nok \"done\"\r\n")
        case "PUTSCRIPT": .say("no (quota/maxsize) \"x\"\r\n")
        default: nil
        }
      },
      client: { client in
        #expect(client.capabilities.sieve == ["x"])
        try client.authenticate(alice, overOpenLine)
        #expect(try client.activeScript() == name("a"))
        do { try client.putScript([], as: name("c")) } catch { return error as? ManageSieveError }
        return nil
      })
    guard case .refused(let refusal) = try value.get() else {
      Issue.record("\(value)")
      return
    }
    #expect(refusal.cause == .quota)
  }

  @Test("literals stand wherever strings do")
  func literalsEverywhere() throws {
    let (value, _, _) = try talk(
      setup: {
        $0.greeting =
          "{4+}\r\nSASL {5}\r\nPLAIN\r\n{7}\r\nVERSION {3+}\r\n1.0\r\nOK (X {1}\r\ny ({2+}\r\nzz)) {0}\r\n\r\n"
      },
      trick: { _, verb, _ in
        verb == "LISTSCRIPTS" ? .say("{1}\r\na ACTIVE\r\n{0}\r\n\r\nOK {2}\r\n\r\n\r\n") : nil
      },
      client: { client in
        #expect(client.capabilities.version == "1.0")
        return try client.listScripts()
      })
    #expect(
      try value.get() == [
        SieveScriptEntry(name: name("a"), isActive: true),
        SieveScriptEntry(name: name(""), isActive: false),
      ])
  }

  // MARK: Capabilities

  @Test(
    "capabilities that come unasked after AUTHENTICATE are no scripts (Stalwart)",
    arguments: [0, 1, 2])
  func repeatedCapabilities(count: Int) throws {
    let (value, log, _) = try talk(
      setup: { $0.scripts = [(Array("a".utf8), [])] },
      trick: { server, verb, _ in
        verb == "AUTHENTICATE"
          ? .say("OK\r\n" + String(repeating: server.capabilityReply, count: count)) : nil
      },
      client: { client in
        try client.authenticate(alice, overOpenLine)
        return try client.listScripts().map(\.name.text)
      })
    #expect(try value.get() == ["a"])
    #expect(log == ["AUTHENTICATE", "CAPABILITY", "NOOP", "LISTSCRIPTS", "LOGOUT"])
  }

  @Test("a server without VERSION is sent no NOOP")
  func noVersion() throws {
    let (value, log, _) = try talk(
      setup: { $0.capabilities.removeAll { $0.contains("VERSION") } },
      client: { client in
        try client.authenticate(alice, overOpenLine)
        #expect(throws: ManageSieveError.capabilityMissing(.command(.noOperation))) {
          try client.noOperation()
        }
        #expect(throws: ManageSieveError.capabilityMissing(.command(.checkScript))) {
          try client.checkScript([])
        }
      })
    try value.get()
    #expect(log == ["AUTHENTICATE", "CAPABILITY", "LOGOUT"])
  }

  @Test("a NOOP that is refused, or echoes nothing, ends a refresh all the same")
  func strangeNoOperation() throws {
    for answer in ["NO \"Unknown.\"\r\n", "OK\r\n"] {
      let (value, _, _) = try talk(
        trick: { _, verb, _ in verb == "NOOP" ? .say(answer) : nil },
        client: { client in
          try client.authenticate(alice, overOpenLine)
          return try client.listScripts().count
        })
      #expect(try value.get() == 0)
    }
  }

  // MARK: STARTTLS

  private func startTLS(
    behindOK extra: String = "", capabilities: String? = "\"SASL\" \"PLAIN\"\r\nOK\r\n",
    server name: String = "good"
  ) throws -> Result<SieveCapabilities, any Error> {
    let server = try PKI.server([name])
    let context = try PKI.client()
    return converse(
      server: { connection in
        try connection.send(
          Array("\"SASL\" \"\"\r\n\"STARTTLS\"\r\n\"OLD\"\r\nOK\r\n".utf8), until: soon)
        let asked = try connection.receive(atLeast: 10)
        #expect(asked == Array("STARTTLS\r\n".utf8))
        try connection.send(Array("OK\r\n\(extra)".utf8), until: soon)
        guard extra.isEmpty else { return }
        try connection.startTLS(as: .server(server))
        if let capabilities { try connection.send(Array(capabilities.utf8), until: soon) }
        let fake = FakeSieve(connection) { _, _, _ in nil }
        fake.greeting = ""
        _ = fake.serve()
      },
      client: { connection in
        let client = ManageSieveClient(
          connection, url: SieveURL(host: "localhost"),
          options: ManageSieveOptions(capabilitiesPatience: .milliseconds(300)))
        try client.readGreeting()
        try client.startTLS(context, host: localhost, timeout: .seconds(20))
        defer { client.disconnect() }
        _ = try client.listScripts()
        return client.capabilities
      }
    ).client
  }

  @Test("what was known before TLS is forgotten")
  func capabilitiesAfterTLS() throws {
    let capabilities = try startTLS().get()
    #expect(capabilities.sasl == ["PLAIN"])
    #expect(!capabilities.startTLS)
    #expect(capabilities.other.isEmpty)
  }

  @Test("capabilities that do not come after TLS are asked for")
  func silentAfterTLS() throws {
    #expect(try startTLS(capabilities: nil).get().implementation == "Fake 1.0")
  }

  @Test("octets behind the OK to STARTTLS are refused (CVE-2011-0411)")
  func injection() throws {
    guard
      case .protocolViolation(let error) = try startTLS(behindOK: "\"SASL\" \"X\"\r\nOK\r\n")
        .sieveError
    else {
      Issue.record("accepted")
      return
    }
    #expect(error.reason == .octetsBehindStartTLS)
  }

  @Test("a certificate for somebody else is not believed")
  func otherCertificate() throws {
    guard case .peerNotTrusted(.certificate) = try startTLS(server: "other").sieveError else {
      Issue.record("believed")
      return
    }
  }

  @Test("a server without STARTTLS cannot be asked for it")
  func noStartTLS() throws {
    let context = try PKI.client()
    let (value, log, _) = try talk { client in
      try client.startTLS(context, host: localhost, timeout: .seconds(1))
    }
    #expect(value.sieveError == .capabilityMissing(.startTLS))
    #expect(log == ["LOGOUT"])
  }

  // MARK: The trace

  @Test("a trace shows no secret and no script")
  func traceIsMasked() throws {
    let (_, asked) = converse(
      server: { FakeSieve($0) { _, _, _ in nil }.serve() },
      client: { connection in
        var lines: [String] = []
        let client = ManageSieveClient(connection, url: SieveURL(host: "h")) { line in
          lines.append(
            "\(line.side == .client ? "C" : "S"): \(String(decoding: line.octets, as: UTF8.self))")
        }
        try client.readGreeting()
        try client.authenticate(alice, overOpenLine)
        try client.putScript(Array("redirect \"x@y.test\";".utf8), as: name("we\"ird"))
        client.disconnect()
        return lines
      })
    let lines = try asked.get()
    #expect(lines.contains("C: AUTHENTICATE \"PLAIN\" *"))
    #expect(lines.contains("S: \"VERSION\" \"1.0\""))
    #expect(lines.contains { $0.hasPrefix("C: PUTSCRIPT") && $0.hasSuffix("{20+}") })
    let secret = Array("\0alice\0secret".utf8)
    let encoded = String(decoding: Base64.encode(secret.span), as: UTF8.self)
    for line in lines {
      #expect(!line.contains(encoded) && !line.contains("secret") && !line.contains("redirect"))
    }
  }

  @Test("commands are sent ahead, and the replies come back in order")
  func pipeline() throws {
    let (value, log, _) = try talk { client in
      var replies: [(Int, Bool)] = []
      let commands = (0..<200).map {
        SieveCommand.putScript(name("\($0)"), Array("# \($0)".utf8))
      }
      try client.perform(commands) { replies.append(($0, $1.isOK)) }
      #expect(replies.map(\.0) == Array(0..<200))
      return replies.allSatisfy(\.1)
    }
    #expect(try value.get())
    #expect(log.count == 201)
  }

  @Test("scripts larger than what the network holds do not block either side")
  func largeScripts() throws {
    let script = Array(
      String(repeating: "# aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", count: 1 << 17).utf8)
    let (value, _, _) = try talk { client in
      try client.putScript(script, as: name("large"))
      return try client.getScript(name("large")) == script
    }
    #expect(try value.get())
  }

  @Test("a script over the limit is not sent")
  func scriptLimit() throws {
    let options = ManageSieveOptions(timeout: .seconds(20), maxScriptByteCount: 10)
    let (value, log, _) = try talk(options: options) { client in
      try client.putScript([UInt8](repeating: 0x23, count: 10), as: name("a"))
      #expect(throws: ManageSieveError.scriptTooLong(byteCount: 11)) {
        try client.putScript([UInt8](repeating: 0x23, count: 11), as: name("a"))
      }
    }
    try value.get()
    #expect(log == ["PUTSCRIPT", "LOGOUT"])
  }

  @Test("an interrupt ends the wait for a reply, and the dialogue can still be ended")
  func interrupt() throws {
    let interrupt = try Interrupt()
    let (served, asked) = converse(
      server: { connection in
        FakeSieve(connection) { _, verb, _ in
          guard verb == "NOOP" else { return nil }
          interrupt.raise()
          return .say("")
        }.serve()
      },
      client: { connection in
        let client = ManageSieveClient(
          connection, url: SieveURL(host: "h"), options: ManageSieveOptions(timeout: .seconds(20)),
          interrupt: interrupt)
        try client.readGreeting()
        defer { client.shutdown() }
        try client.noOperation()
      })
    #expect(asked.sieveError == .connection(.interrupted))
    #expect(try served.get() == ["NOOP"])
  }
}
