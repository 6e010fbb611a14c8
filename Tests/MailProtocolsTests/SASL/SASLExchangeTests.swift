import MailProtocols
import Testing

@Suite("SASL exchange")
struct SASLExchangeTests {
  /// Every mechanism, with the credentials and the channel that it needs.
  private static let everyMechanism = SASLClientRegistry.standard.entries.map(\.name)

  private func context(
    for name: SASLMechanismName, user: String, secret: String, authzid: String? = nil
  ) throws -> SASLClientContext {
    let entry = try #require(SASLClientRegistry.standard[name])
    let octets = SASLSecret(wire(secret))
    let proof: SASLCredentials.Proof =
      switch entry.proof {
      case .password: .password(octets)
      case .token: .token(octets)
      case .external: .external
      }
    return clientContext(
      user, as: authzid, proof: proof,
      binding: name.isBoundSCRAM ? .bound(channel()) : .unavailable)
  }

  private func converse(
    _ name: SASLMechanismName, _ client: SASLClientContext, _ server: SASLServerContext,
    _ initial: SASLClientExchange.InitialResponse = .carried,
    _ data: SASLServerExchange.SuccessData = .besideSuccess
  ) throws -> DialogueEnd {
    let clientEntry = try #require(SASLClientRegistry.standard[name])
    let serverEntry = try #require(SASLServerRegistry.standard[name])
    return MailProtocolsTests.converse(
      try clientEntry.make(client), serverEntry.make(server), initialResponse: initial,
      successData: data)
  }

  @Test("our client and our server agree, for random users", arguments: everyMechanism)
  func randomUsers(name: SASLMechanismName) throws {
    var random = SplitMix64(seed: 42)
    let entry = try #require(SASLClientRegistry.standard[name])
    let characters = Array("abcXYZ019 ,=\"\\@.-_{}+%\u{E4}\u{DF}\u{416}\u{5D0}\u{4E2D}")
    func word(_ allowed: [Character]) -> String {
      String(
        (0..<Int.random(in: 1...20, using: &random)).map { _ in
          allowed[Int.random(in: allowed.indices, using: &random)]
        })
    }
    for round in 0..<40 {
      let user = "u" + word(characters.dropLast(2))
      let other = "o" + word(characters.dropLast(2))
      let secret =
        entry.proof == .token ? word(Array("abcXYZ019.-_~+/=")) : "p" + word(characters.dropLast(2))
      // What a name is after its preparation is what the server compares.
      let stored = TestAuthority(
        user: try prepared(user), secret: try prepared(secret), other: try prepared(other))
      let authzid = entry.carriesAuthzid && round.isMultiple(of: 3) ? other : nil
      let client = try context(for: name, user: user, secret: secret, authzid: authzid)
      let server = serverContext(
        stored, binding: name.isBoundSCRAM ? .offered([channel()]) : .notOffered)
      for initial in [SASLClientExchange.InitialResponse.carried, .awaited] {
        for data in [SASLServerExchange.SuccessData.besideSuccess, .asChallenge] {
          guard case .success(let identity) = try converse(name, client, server, initial, data)
          else {
            Issue.record("\(name): \(user) \(secret): \(try converse(name, client, server))")
            continue
          }
          #expect(identity.authcid == stored.user)
          #expect(identity.user == (authzid == nil ? stored.user : stored.other))
        }
      }
      guard entry.proof != .external else { continue }
      let wrong = try context(for: name, user: user, secret: secret + "x")
      #expect(try converse(name, wrong, server) == .refused(.credentials))
    }
  }

  private func prepared(_ name: String) throws -> String {
    String(decoding: try SASLprep.prepare(wire(name), for: .stored), as: UTF8.self)
  }

  @Test("junk never crashes a server, and never logs in", arguments: everyMechanism)
  func junkToServer(name: SASLMechanismName) throws {
    var random = SplitMix64(seed: 7)
    let entry = try #require(SASLServerRegistry.standard[name])
    let authority = TestAuthority(isAvailable: name != .external)
    for _ in 0..<400 {
      var server = SASLServerExchange(
        entry.make(serverContext(authority, binding: .offered([channel()]))),
        successData: .asChallenge)
      var step = server.start(Bool.random(using: &random) ? nil : junk(&random))
      for _ in 0..<10 {
        if case .success = step { Issue.record("junk logged in") }
        step = server.respond(junk(&random))
      }
    }
  }

  @Test("junk never crashes a client, and is never believed", arguments: everyMechanism)
  func junkToClient(name: SASLMechanismName) throws {
    var random = SplitMix64(seed: 8)
    let entry = try #require(SASLClientRegistry.standard[name])
    for _ in 0..<400 {
      var client = SASLClientExchange(
        try entry.make(try context(for: name, user: "user", secret: "pencil")))
      _ = try client.start(Bool.random(using: &random) ? .carried : .awaited)
      for _ in 0..<5 { _ = try? client.respond(to: junk(&random)) }
      if name.isSCRAM {
        #expect(throws: SASLError.self) { try client.finish(with: nil) }
        #expect(throws: SASLError.self) { try client.finish(with: junk(&random)) }
      }
    }
  }

  /// Octets that are near enough to the grammars to get somewhere.
  private func junk(_ random: inout SplitMix64) -> [UInt8] {
    let pieces = [
      "n,", "y,", "p=tls-exporter,", "a=", "n=user", "r=clientnonce", "s=c2FsdA==", "i=4096", ",",
      "c=biws", "p=AAAA", "v=AAAA", "e=other-error", "m=x", "=2C", "=3D", "=", "\0", "user",
      "pencil", "\u{1}", "auth=Bearer ", "user=", "\u{FF}", " ", "0123456789abcdef",
    ]
    var result: [UInt8] = []
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      result += wire(pieces[Int.random(in: pieces.indices, using: &random)])
      if Int.random(in: 0..<4, using: &random) == 0 {
        result.append(UInt8.random(in: .min ... .max, using: &random))
      }
    }
    return result
  }

  // MARK: Around the mechanisms

  @Test("without an initial response the first challenge must be empty")
  func heldBack() throws {
    var client = SASLClientExchange(PlainClient(context: clientContext()))
    #expect(try client.start(.awaited) == nil)
    #expect(!client.hasSentProof)
    #expect(throws: SASLError.unfinished) {
      var early = client
      try early.finish(with: nil)
    }
    #expect(throws: SASLError.unexpectedChallenge) {
      var other = client
      _ = try other.respond(to: wire("password?"))
    }
    #expect(try client.respond(to: []) == wire("\0user\0pencil"))
    #expect(client.hasSentProof)
    try client.finish(with: nil)
  }

  @Test("data that go as a challenge are acknowledged with nothing")
  func dataAsChallenge() throws {
    func proven() throws -> (SASLServerExchange, SASLServerStep) {
      var client = try SCRAMClient(.sha1, .unbound, context: clientContext())
      var server = SASLServerExchange(
        SCRAMServer(.sha1, .unbound, context: serverContext()), successData: .asChallenge)
      guard case .challenge(let first) = server.start(try client.start()) else {
        throw SASLError.unfinished
      }
      let step = server.respond(try client.respond(to: first))
      return (server, step)
    }
    var (server, step) = try proven()
    guard case .challenge(let data) = step else {
      Issue.record("no challenge")
      return
    }
    #expect(text(data)?.hasPrefix("v=") == true)
    #expect(server.respond([]) == .success(SASLIdentity(authcid: "user"), additionalData: nil))
    #expect(server.respond([]) == .failure(.malformed))
    (server, step) = try proven()
    #expect(server.respond(wire("more")) == .failure(.malformed))
    (server, step) = try proven()
    #expect(server.abort() == .aborted)
    #expect(server.respond([]) == .failure(.malformed))
  }

  @Test("an exchange has an end, on both sides")
  func endless() throws {
    var client = SASLClientExchange(Endless())
    _ = try client.start(.carried)
    for _ in 0..<SASLClientExchange.maxChallengeCount { _ = try client.respond(to: []) }
    #expect(throws: SASLError.unexpectedChallenge) { _ = try client.respond(to: []) }

    client = SASLClientExchange(Endless())
    let longest = [UInt8](repeating: 0, count: SASLClientExchange.maxChallengeByteCount)
    _ = try client.respond(to: longest)
    #expect(throws: SASLError.malformedChallenge) { _ = try client.respond(to: longest + [0]) }

    var server = SASLServerExchange(Endless(), successData: .asChallenge)
    _ = server.start(nil)
    for _ in 0..<SASLServerExchange.maxResponseCount {
      #expect(server.respond([]) == .challenge([]))
    }
    #expect(server.respond([]) == .failure(.malformed))
  }

  @Test("an exchange begins once, and is called by its mechanism's name")
  func twice() throws {
    var server = SASLServerExchange(
      PlainServer(context: serverContext()), successData: .asChallenge)
    #expect(server.name == .plain)
    #expect(server.start(nil) == .challenge([]))
    #expect(server.start(wire("\0user\0pencil")) == .failure(.malformed))
    #expect(server.respond(wire("\0user\0pencil")) == .failure(.malformed))
    let client = SASLClientExchange(PlainClient(context: clientContext()))
    #expect(client.name == .plain && client.diagnostic == nil)
  }

  @Test("an authority that knows nothing lets nobody in", arguments: everyMechanism)
  func knowsNothing(name: SASLMechanismName) throws {
    struct Nothing: SASLAuthority {}
    var server = serverContext(
      binding: name.isBoundSCRAM ? .offered([channel()]) : .notOffered)
    server.authority = Nothing()
    let client = try context(for: name, user: "user", secret: "pencil")
    #expect(try converse(name, client, server) == .refused(.credentials))
    #expect(!Nothing().mayAct("user", as: "other"))
  }

  @Test("users that cannot be asked, or digests that are missing, are told as temporary")
  func unavailable() throws {
    for name in Self.everyMechanism {
      let binding: SCRAMServerBinding = name.isBoundSCRAM ? .offered([channel()]) : .notOffered
      let client = try context(for: name, user: "user", secret: "pencil")
      let away = serverContext(TestAuthority(isAvailable: false), binding: binding)
      #expect(try converse(name, client, away) == .refused(.unavailable), "\(name)")
      guard name.isSCRAM else { continue }
      var bare = serverContext(binding: binding)
      bare.digest = NoDigest()
      #expect(try converse(name, client, bare) == .refused(.unavailable), "\(name)")
      let unknown = try context(for: name, user: "nobody", secret: "pencil")
      #expect(try converse(name, unknown, bare) == .refused(.unavailable), "\(name)")
    }
  }

  @Test("credentials of another kind are refused by every mechanism", arguments: everyMechanism)
  func otherCredentials(name: SASLMechanismName) throws {
    let entry = try #require(SASLClientRegistry.standard[name])
    guard entry.proof != .external else { return }
    var client = try context(for: name, user: "user", secret: "pencil")
    client.credentials.proof = .external
    #expect(throws: SASLError.credentialsMissing) {
      var mechanism = try entry.make(client)
      _ = try mechanism.start()
    }
  }

  @Test("a mechanism can be added from outside, on both sides")
  func outside() throws {
    let name = try #require(SASLMechanismName("x-endless"))
    var clients = SASLClientRegistry.standard
    clients.add(
      SASLClientEntry(
        name: name, strength: 1000, proof: .password, exposesSecret: false, carriesAuthzid: false,
        make: { _ in Endless() }))
    #expect(clients.entries.first?.name == name)
    var servers = SASLServerRegistry()
    servers.add(SASLServerEntry(name: name, exposesSecret: false) { _ in Endless() })
    servers.add(SASLServerEntry(name: name, exposesSecret: true) { _ in Endless() })
    #expect(servers.entries.count == 1)
    #expect(servers[name]?.exposesSecret == true)
    #expect(servers[.plain] == nil)
    var negotiation = SASLNegotiation(
      offered: [.plain, name],
      credentials: SASLCredentials(authcid: "user", proof: password()),
      policy: SASLPolicy(channel: .protected), registry: clients)
    guard case .attempt(let attempt) = negotiation.begin() else {
      Issue.record("not tried")
      return
    }
    #expect(try attempt.makeMechanism(clientContext()).name == name)
  }

  /// A mechanism that never comes to an end.
  private struct Endless: SASLClientMechanism, SASLServerMechanism {
    let name = SASLMechanismName("x-endless") ?? .plain
    let hasSentProof = false
    func start() -> [UInt8]? { nil }
    func respond(to challenge: [UInt8]) -> [UInt8] { [] }
    func finish(with additionalData: [UInt8]?) {}
    func next(_ response: [UInt8]?) -> SASLServerStep { .challenge([]) }
  }
}
