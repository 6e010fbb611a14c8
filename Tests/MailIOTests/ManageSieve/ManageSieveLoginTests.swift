import MailIO
import MailProtocols
import Testing

/// The rules of contract and reference on mechanisms, against a server that cheats.
@Suite("ManageSieve login")
struct ManageSieveLoginTests {
  private static func decode(_ text: [UInt8]) -> String {
    String(decoding: Base64.decode(text.span) ?? [], as: UTF8.self)
  }

  private static func encode(_ text: String) -> String {
    let octets = Array(text.utf8)
    return String(decoding: Base64.encode(octets.span), as: UTF8.self)
  }

  /// A login with SCRAM-SHA-256; `first` makes the server's first message from the client's nonce,
  /// `final` what it says after the proof.
  private func scram(
    first: @escaping @Sendable (_ nonce: String) -> String,
    final: String = "OK\r\n"
  ) throws -> (ManageSieveError?, log: [String]) {
    let (value, log, _) = try talk(
      setup: { $0.capabilities[2] = #""SASL" "SCRAM-SHA-256 PLAIN""# },
      trick: { server, verb, words in
        guard verb == "AUTHENTICATE" else { return nil }
        let nonce = Self.decode(words[2]).split(separator: ",r=").last.map(String.init) ?? ""
        server.say("\"\(Self.encode(first(nonce)))\"\r\n")
        guard let answer = server.command(), answer != [Array("*".utf8)] else {
          return .say("NO \"Cancelled.\"\r\n")
        }
        return .say(final)
      }, client: { try $0.authenticate(alice, overOpenLine) })
    return (value.sieveError, log)
  }

  @Test("a nonce that does not begin with ours is a breach")
  func nonceReplaced() throws {
    let (error, log) = try scram { _ in "r=other,s=c2FsdA==,i=4096" }
    #expect(error == .mechanismViolation(.nonceMismatch))
    #expect(log == ["AUTHENTICATE"])
  }

  @Test("a nonce that adds nothing to ours is a breach")
  func nonceEchoed() throws {
    let (error, _) = try scram { "r=\($0),s=c2FsdA==,i=4096" }
    #expect(error == .mechanismViolation(.nonceMismatch))
  }

  @Test(
    "1 iteration is too few and 2,000,000,000 are too many",
    arguments: [1, 4095, 10_000_001, 2_000_000_000])
  func iterations(count: Int) throws {
    let (error, _) = try scram { "r=\($0)x,s=c2FsdA==,i=\(count)" }
    #expect(error == .mechanismViolation(.iterationsOutOfRange))
  }

  @Test(
    "m=, doubled or misplaced attributes and bad base64 are breaches",
    arguments: [
      "m=x,r=%,s=c2FsdA==,i=4096", "r=%,r=%,s=c2FsdA==,i=4096", "s=c2FsdA==,r=%,i=4096",
      "r=%,s=c2FsdA=,i=4096", "r=%,s=c2FsdA==,i=04096", "r=%,i=4096,s=c2FsdA==", "",
    ])
  func malformed(message: String) throws {
    let (error, _) = try scram { nonce in
      message.split(separator: "%", omittingEmptySubsequences: false).joined(separator: nonce + "x")
    }
    guard case .mechanismViolation = error else {
      Issue.record("\(message): \(error as Any)")
      return
    }
  }

  @Test("OK without the server's signature is not believed")
  func signatureMissing() throws {
    let (error, log) = try scram { "r=\($0)x,s=c2FsdA==,i=4096" }
    #expect(error == .peerNotTrusted(.signature(.serverSignatureMissing)))
    #expect(log == ["AUTHENTICATE"])
  }

  @Test("a wrong signature is not believed, in the OK and as a challenge")
  func signatureWrong() throws {
    let wrong = Self.encode("v=" + Self.encode(String(repeating: "x", count: 32)))
    for final in [
      "OK (SASL \"\(wrong)\")\r\n", "OK (SASL {\(wrong.utf8.count)}\r\n\(wrong)) \"x\"\r\n",
      "\"\(wrong)\"\r\n",
    ] {
      let (error, _) = try scram(first: { "r=\($0)x,s=c2FsdA==,i=4096" }, final: final)
      #expect(error == .peerNotTrusted(.signature(.serverSignatureWrong)))
    }
  }

  @Test("e= is a refusal, wherever it stands")
  func serverError() throws {
    let text = Self.encode("e=invalid-proof")
    for final in ["\"\(text)\"\r\n", "OK (SASL \"\(text)\")\r\n"] {
      let (error, _) = try scram(first: { "r=\($0)x,s=c2FsdA==,i=4096" }, final: final)
      guard case .authentication = error else {
        Issue.record("\(final): \(error as Any)")
        continue
      }
    }
  }

  @Test("wrong credentials cost one attempt")
  func oneAttempt() throws {
    let (error, log) = try scram(
      first: { "r=\($0)x,s=c2FsdA==,i=4096" }, final: "NO \"Authentication failed.\"\r\n")
    guard case .authentication(let response) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(response?.shownText == "Authentication failed.")
    #expect(log == ["AUTHENTICATE", "LOGOUT"])
  }

  @Test("a challenge that is not base64 is a breach, and is not shown")
  func challengeNotBase64() throws {
    let (value, _, _) = try talk(
      setup: { $0.capabilities[2] = #""SASL" "SCRAM-SHA-256""# },
      trick: { _, verb, _ in verb == "AUTHENTICATE" ? .say("\"%%%\"\r\n") : nil },
      client: { try $0.authenticate(alice, overOpenLine) })
    guard case .protocolViolation(let error) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(error.reason == .malformedChallenge)
    #expect(error.octets.isEmpty)
  }

  @Test("SCRAM goes through with the signature in the OK (Cyrus) and as a challenge (Dovecot)")
  func scramSucceeds() throws {
    for placement in [SASLServerExchange.SuccessData.besideSuccess, .asChallenge] {
      let (value, log, _) = try talk(
        setup: { $0.capabilities[2] = #""SASL" "SCRAM-SHA-256 PLAIN""# },
        trick: { server, verb, words in
          verb == "AUTHENTICATE" ? .say(serve(server, words, placement)) : nil
        }, client: { try $0.authenticate(alice, overOpenLine).entry.name })
      #expect(try value.get() == .scram(.sha256, .unbound))
      #expect(log == ["AUTHENTICATE", "CAPABILITY", "NOOP", "LOGOUT"])
    }
  }

  @Test(
    "the three codes ask for the next mechanism",
    arguments: ["AUTH-TOO-WEAK", "ENCRYPT-NEEDED", "TRANSITION-NEEDED", "transition-needed"])
  func nextMechanism(code: String) throws {
    let (value, log, _) = try talk(
      setup: { $0.capabilities[2] = #""SASL" "SCRAM-SHA-1 PLAIN LOGIN""# },
      trick: { _, verb, words in
        words.count > 1 && words[1] == Array("SCRAM-SHA-1".utf8)
          ? .say("NO (\(code)) \"Not this.\"\r\n") : nil
      }, client: { try $0.authenticate(alice, overOpenLine).entry.name })
    #expect(try value.get() == .plain)
    #expect(log.filter { $0 == "AUTHENTICATE" }.count == 2)
  }

  @Test("nothing that shows the password goes over an open line unless that was asked for")
  func openLine() throws {
    let (value, log, _) = try talk { try $0.authenticate(alice) }
    guard case .capabilityMissing(.mechanism(let exclusions)) = value.sieveError else {
      Issue.record("\(value)")
      return
    }
    #expect(exclusions.map(\.name) == [.plain])
    #expect(exclusions.map(\.reason) == [.exposesSecret])
    #expect(log == ["LOGOUT"])
  }

  @Test("LOGIN and CRAM-MD5 let the server speak first, and an empty message is not none")
  func serverFirst() throws {
    let (value, _, _) = try talk(
      setup: { $0.capabilities[2] = #""SASL" "LOGIN""# },
      trick: { server, verb, words in
        guard verb == "AUTHENTICATE" else { return nil }
        #expect(words.count == 2)
        server.say("{12}\r\nVXNlciBOYW1l\r\n")
        #expect(server.command() == [Array(Self.encode("alice").utf8)])
        server.say("\"\"\r\n")
        #expect(server.command() == [Array(Self.encode("secret").utf8)])
        return .say("OK\r\n")
      }, client: { try $0.authenticate(alice, overOpenLine).entry.name })
    #expect(try value.get() == .login)

    let (external, _, _) = try talk(
      setup: { $0.capabilities[2] = #""SASL" "EXTERNAL""# },
      trick: { _, verb, words in
        guard verb == "AUTHENTICATE" else { return nil }
        return words.count == 3 && words[2].isEmpty ? .say("OK\r\n") : .say("NO\r\n")
      }, client: { try $0.authenticate(SASLCredentials(authcid: "", proof: .external)).entry.name })
    #expect(try external.get() == .external)
  }

  @Test("OAUTHBEARER carries host and port, and its failure is acknowledged")
  func bearer() throws {
    let credentials = SASLCredentials(
      authcid: "alice", proof: .token(SASLSecret(Array("t0ken".utf8))))
    let (value, _, _) = try talk(
      setup: { $0.capabilities[2] = #""SASL" "OAUTHBEARER""# },
      trick: { server, verb, words in
        guard verb == "AUTHENTICATE" else { return nil }
        let message = Self.decode(words[2])
        #expect(message.contains("host=mail.example.test\u{1}port=4190\u{1}"))
        server.say("\"\(Self.encode("{\"status\":\"invalid_token\"}"))\"\r\n")
        #expect(server.command() == [Array("AQ==".utf8)])
        return .say("NO\r\n")
      }, client: { try $0.authenticate(credentials, overOpenLine) })
    guard case .authentication = value.sieveError else {
      Issue.record("\(value)")
      return
    }
  }

  // MARK: Channel binding

  /// A login over TLS; returns how it was done, and the commands. The server knows these bindings.
  private func bound(
    _ version: TLSVersion, mechanisms: String, implementation: String = "Fake",
    options: SASLLoginOptions = SASLLoginOptions(),
    knows kinds: @escaping @Sendable (Connection) -> [SASLChannelBinding]
  ) throws -> (Result<SASLAttempt, any Error>, log: [String]) {
    let server = try PKI.server(versions: version...version)
    let context = try PKI.client { $0.versions = version...version }
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(server))
        let bindings = kinds(connection)
        let fake = FakeSieve(connection) { fake, verb, words in
          verb == "AUTHENTICATE" ? .say(serve(fake, words, .besideSuccess, bindings)) : nil
        }
        fake.capabilities[0] = "\"IMPLEMENTATION\" \"\(implementation)\""
        fake.capabilities[2] = "\"SASL\" \"\(mechanisms)\""
        return fake.serve()
      },
      client: { connection in
        try connection.startTLS(as: .client(context, host: localhost))
        let client = ManageSieveClient(
          connection, url: SieveURL(scheme: .sieves, host: "localhost"))
        defer { client.disconnect() }
        try client.readGreeting()
        return try client.authenticate(alice, options)
      })
    return (asked, try served.get())
  }

  @Test(
    "bound by the exporter on TLS 1.3 and by tls-unique on TLS 1.2",
    arguments: [
      (.tls13, .exporter, .tlsExporter), (.tls12, .unique, .tlsUnique),
    ] as [(TLSVersion, TLSChannelBinding, SASLChannelBinding.Kind)])
  func bindingByVersion(
    version: TLSVersion, kind: TLSChannelBinding, name: SASLChannelBinding.Kind
  ) throws {
    let (value, log) = try bound(version, mechanisms: "SCRAM-SHA-256 SCRAM-SHA-256-PLUS PLAIN") {
      [SASLChannelBinding(kind: name, data: $0.channelBinding(kind)!)]
    }
    let attempt = try value.get()
    #expect(attempt.entry.name == .scram(.sha256, .bound))
    guard case .bound(let binding) = attempt.binding else {
      Issue.record("\(attempt.binding)")
      return
    }
    #expect(binding.kind == name)
    #expect(log.filter { $0 == "AUTHENTICATE" }.count == 1)
  }

  @Test("Cyrus knows tls-unique alone, on TLS 1.3, too: it is tried once more with that")
  func cyrusBinding() throws {
    for implementation in ["Cyrus timsieved v3.6.1", "Fake"] {
      let (value, log) = try bound(
        .tls13, mechanisms: "SCRAM-SHA-256-PLUS", implementation: implementation
      ) { [SASLChannelBinding(kind: .tlsUnique, data: $0.tls13Finished!)] }
      let isCyrus = implementation != "Fake"
      #expect(log.filter { $0 == "AUTHENTICATE" }.count == (isCyrus ? 2 : 1))
      guard isCyrus else {
        #expect(value.sieveError != nil)
        continue
      }
      guard case .bound(let binding) = try value.get().binding else {
        Issue.record("not bound")
        continue
      }
      #expect(binding.kind == .tlsUnique)
    }
  }

  @Test("y where the server lists no -PLUS, n where binding is off, and none where it must be")
  func bindingFlags() throws {
    let exporter: @Sendable (Connection) -> [SASLChannelBinding] = { _ in [] }
    let (open, _) = try bound(.tls13, mechanisms: "SCRAM-SHA-256", knows: exporter)
    #expect(try open.get().binding == .unadvertised)
    let (off, _) = try bound(
      .tls13, mechanisms: "SCRAM-SHA-256", options: SASLLoginOptions(binding: .off),
      knows: exporter)
    #expect(try off.get().binding == .unavailable)
    for binding in [SASLLoginOptions.Binding.required, .kind(.serverEndPoint)] {
      let (required, log) = try bound(
        .tls13, mechanisms: "SCRAM-SHA-256 PLAIN", options: SASLLoginOptions(binding: binding),
        knows: exporter)
      guard case .capabilityMissing(.mechanism) = required.sieveError else {
        Issue.record("\(required)")
        continue
      }
      #expect(log == ["LOGOUT"])
    }
  }

  @Test("binding is asked for where there is no TLS")
  func bindingWithoutTLS() throws {
    let (value, log, _) = try talk {
      try $0.authenticate(alice, SASLLoginOptions(binding: .required, cleartext: .allowed))
    }
    #expect(value.sieveError == .credentials(.bindingMissing))
    #expect(log == ["LOGOUT"])
  }

  @Test("UNAUTHENTICATE, then another user on the same connection")
  func unauthenticate() throws {
    let (value, log, _) = try talk { client in
      for user in ["alice", "bob"] {
        let credentials = SASLCredentials(
          authcid: "admin", authzid: user, proof: .password(SASLSecret(Array("x".utf8))))
        try client.authenticate(credentials, overOpenLine)
        #expect(client.url.description == "sieve://admin@mail.example.test/\(user)/")
        try client.unauthenticate()
        #expect(client.login == nil)
      }
    }
    try value.get()
    #expect(log.filter { $0 == "AUTHENTICATE" }.count == 2)
  }

  @Test("credentials that cannot be prepared are found before the server hears of them")
  func unusable() throws {
    let bad = SASLCredentials(
      authcid: "alice", proof: .password(SASLSecret(Array("a\u{7}b".utf8))))
    let (value, log, _) = try talk { try $0.authenticate(bad, overOpenLine) }
    #expect(value.sieveError == .credentials(.unusablePassword(.prohibited(7))))
    #expect(log == ["LOGOUT"])
  }
}

/// The server's side of SCRAM; returns its last line.
private func serve(
  _ server: FakeSieve, _ words: [[UInt8]], _ placement: SASLServerExchange.SuccessData,
  _ bindings: [SASLChannelBinding] = []
) -> String {
  let mechanism = String(decoding: words[1], as: UTF8.self)
  let entry = SASLServerRegistry.standard[SASLMechanismName(mechanism)!]!
  var exchange = SASLServerExchange(
    entry.make(
      SASLServerContext(
        authority: Alice(), digest: OpenSSLDigest(),
        binding: bindings.isEmpty ? .notOffered : .offered(bindings),
        nonce: { SecureRandom.nonce() },
        decoy: SCRAMDecoy(secret: SASLSecret(SecureRandom.bytes(count: 32))),
        cramChallenge: { [] })),
    successData: placement)
  let initial = words[2]
  var step = exchange.start(Base64.decode(initial.span))
  while true {
    switch step {
    case .challenge(let challenge):
      let text = String(decoding: Base64.encode(challenge.span), as: UTF8.self)
      server.say("{\(text.utf8.count)}\r\n\(text)\r\n")
      let answer = server.command()?.first ?? []
      guard let octets = Base64.decode(answer.span) else { return "NO\r\n" }
      step = exchange.respond(octets)
    case .success(_, let data):
      guard let data else { return "OK\r\n" }
      return "OK (SASL \"\(String(decoding: Base64.encode(data.span), as: UTF8.self))\")\r\n"
    case .failure, .aborted: return "NO\r\n"
    }
  }
}

private struct Alice: SASLAuthority {
  func scramKeys(of user: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys> {
    let keys = try? SCRAMKeys.derive(
      password: SASLSecret(Array("secret".utf8)), salt: [1, 2, 3], iterations: 4096, hash: hash,
      digest: OpenSSLDigest())
    return keys.map { .found($0) } ?? .unknown
  }
}
