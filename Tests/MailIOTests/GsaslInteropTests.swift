import MailIO
import MailProtocols
import Testing

/// Both our sides against GNU SASL, which shares no code with ours. It has SCRAM with SHA-1 and
/// SHA-256 alone; the other hashes are held against Python's hashlib in SASLTranscriptTests.
@Suite("gsasl", .serialized)
struct GsaslInteropTests {
  static let mechanisms: [SASLMechanismName] = [
    .scram(.sha1, .unbound), .scram(.sha256, .unbound), .scram(.sha1, .bound),
    .scram(.sha256, .bound), .plain, .login, .cramMD5,
  ]

  static let channelData = Array("32 octets from a TLS connection.".utf8)

  private func channel(_ data: [UInt8] = channelData) -> SASLChannelBinding {
    SASLChannelBinding(kind: .tlsExporter, data: data)
  }

  // MARK: Our client, its server

  /// What gsasl complains of, and what our client finds; nil is nothing.
  private func askGsasl(
    _ name: SASLMechanismName, password: String, authzid: String? = nil,
    channel: SASLChannelBinding? = nil, iterations: Int = 4096
  ) throws -> (gsasl: String, client: SASLError?) {
    let entry = try #require(SASLClientRegistry.standard[name])
    let gsasl = GsaslProcess(
      name,
      [
        // Its LOGIN compares as is; all else it prepares.
        "--server", "-p", name == .login ? "p\u{E4}ss IX" : "p\u{E4}ss \u{2168}",
        "--iteration-count", "\(iterations)",
      ] + (name.isBoundSCRAM ? [] : ["--no-cb"]))
    let context = SASLClientContext(
      credentials: SASLCredentials(
        authcid: "us,er=", authzid: authzid, proof: .password(SASLSecret(Array(password.utf8)))),
      binding: name.isBoundSCRAM ? .bound(channel ?? self.channel()) : .unavailable,
      digest: OpenSSLDigest(), nonce: { SecureRandom.nonce() })
    var client = SASLClientExchange(try entry.make(context))
    var clientError: SASLError?
    do throws(SASLError) {
      var response = try client.start(.awaited)
      while let challenge = gsasl.receive() {
        // It has no word for success: the line after a proof is what belongs to it.
        if client.hasSentProof {
          try client.finish(with: challenge.isEmpty ? nil : challenge)
          break
        }
        response = try client.respond(to: challenge)
        gsasl.send(response ?? [])
        if name.isBoundSCRAM, !client.hasSentProof { gsasl.send(Self.channelData) }
      }
    } catch {
      clientError = error
    }
    return (gsasl.finish(), clientError)
  }

  @Test("our client is let in by its server", arguments: mechanisms)
  func client(name: SASLMechanismName) throws {
    let authzid = name == .login || name == .cramMD5 ? nil : "oth,er="
    for identity in [nil, authzid] {
      // The same password to SASLprep, spelled otherwise.
      let (complaint, error) = try askGsasl(
        name, password: "pa\u{308}ss\u{A0}IX", authzid: identity)
      #expect(complaint == "")
      #expect(error == nil)
    }
  }

  @Test("our client is refused with a wrong password", arguments: mechanisms)
  func wrongPassword(name: SASLMechanismName) throws {
    #expect(try askGsasl(name, password: "crayon").gsasl != "")
  }

  @Test("our client is refused on another channel")
  func otherChannel() throws {
    #expect(
      try askGsasl(
        .scram(.sha256, .bound), password: "p\u{E4}ss IX", channel: channel([1, 2, 3])
      ).gsasl != "")
  }

  @Test("our client will not do with one iteration")
  func oneIteration() throws {
    #expect(
      try askGsasl(.scram(.sha256, .unbound), password: "p\u{E4}ss IX", iterations: 1).client
        == .iterationsOutOfRange)
  }

  // MARK: Its client, our server

  private func answerGsasl(
    _ name: SASLMechanismName, password: String, channel: SASLChannelBinding? = nil,
    tamper: ([UInt8]) -> [UInt8] = { $0 }
  ) throws -> (gsasl: String, step: SASLServerStep) {
    let entry = try #require(SASLServerRegistry.standard[name])
    let gsasl = GsaslProcess(
      name,
      ["--client", "-a", "us,er=", "-p", password]
        + (name == .plain || name.isSCRAM ? ["-z", "oth,er="] : [])
        + (name.isBoundSCRAM ? [] : ["--no-cb"]))
    if name.isBoundSCRAM { gsasl.send(Self.channelData) }
    var server = SASLServerExchange(
      entry.make(
        SASLServerContext(
          authority: OneUser(), digest: OpenSSLDigest(),
          binding: name.isBoundSCRAM ? .offered([channel ?? self.channel()]) : .notOffered,
          nonce: { SecureRandom.nonce() },
          decoy: SCRAMDecoy(secret: SASLSecret(SecureRandom.bytes(count: 32))),
          cramChallenge: { Array("<\(1).\(2)@localhost>".utf8) })),
      successData: .besideSuccess)
    // An empty first line is its "no initial response".
    let first = gsasl.receive()
    var step = server.start(first?.isEmpty == true ? nil : first)
    while case .challenge(let challenge) = step {
      gsasl.send(challenge)
      guard let response = gsasl.receive() else { break }
      step = server.respond(response)
    }
    if case .success(_, .some(let data)) = step {
      gsasl.send(tamper(data))
      _ = gsasl.receive()
    }
    return (gsasl.finish(), step)
  }

  @Test("our server lets its client in, and proves itself", arguments: mechanisms)
  func server(name: SASLMechanismName) throws {
    let (complaint, step) = try answerGsasl(name, password: "pa\u{308}ss\u{A0}IX")
    guard case .success(let identity, let data) = step else {
      Issue.record("\(step) \(complaint)")
      return
    }
    #expect(complaint == "")
    #expect(identity.authcid == "us,er=")
    #expect(identity.authzid == (name == .plain || name.isSCRAM ? "oth,er=" : nil))
    #expect((data != nil) == name.isSCRAM)
  }

  @Test("our server refuses a wrong password", arguments: mechanisms)
  func wrongPasswordToServer(name: SASLMechanismName) throws {
    #expect(try answerGsasl(name, password: "crayon").step == .failure(.credentials))
  }

  @Test("our server refuses its client on another channel")
  func otherChannelToServer() throws {
    #expect(
      try answerGsasl(
        .scram(.sha1, .bound), password: "p\u{E4}ss IX", channel: channel([1, 2, 3])
      ).step == .failure(.channelBinding(.channelBindingsDontMatch)))
  }

  @Test("its client does not take a wrong signature from us: the check is not for show")
  func tamperedSignature() throws {
    let (complaint, _) = try answerGsasl(.scram(.sha256, .unbound), password: "p\u{E4}ss IX") {
      var data = $0
      data[10] ^= 1
      return data
    }
    #expect(complaint != "")
  }

  @Test("keys that gsasl --mkpasswd prints are those we derive")
  func makePassword() throws {
    // gsasl --mkpasswd -m SCRAM-SHA-1 -p 'a<U+200B>b' --iteration-count 4096 --salt c2FsdA==, and
    // the RFC 7677 user.
    for (password, line) in [
      (
        "a\u{200B}b",
        "{SCRAM-SHA-1}4096,c2FsdA==,wzt+zlqnuCFSMwTfd19lUTXNSrw=,fb/tYZfjT2vtIzKeDdgZQQfXEGw="
      ),
      (
        "pencil",
        "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
          + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
      ),
    ] {
      let expected = try #require(SCRAMKeys(text: line))
      let prepared = try SASLprep.prepare(Array(password.utf8), for: .stored)
      #expect(
        try SCRAMKeys.derive(
          password: SASLSecret(prepared), salt: expected.salt, iterations: expected.iterations,
          hash: expected.hash, digest: OpenSSLDigest()) == expected)
    }
  }
}

/// The user whom gsasl plays, with a prepared password.
private struct OneUser: SASLAuthority {
  private let password = SASLSecret(Array("p\u{E4}ss IX".utf8))

  func check(password: SASLSecret, of user: String) -> SASLVerdict {
    user == "us,er=" && password.equals(self.password) ? .accepted : .refused
  }

  func check(_ claim: CRAMMD5Claim) -> SASLVerdict {
    let matches = (try? claim.matches(password)) ?? false
    return matches && claim.user == "us,er=" ? .accepted : .refused
  }

  func scramKeys(of user: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys> {
    guard user == "us,er=",
      let keys = try? SCRAMKeys.derive(
        password: password, salt: SecureRandom.bytes(count: 16), iterations: 4096, hash: hash,
        digest: OpenSSLDigest())
    else { return .unknown }
    return .found(keys)
  }

  func mayAct(_ user: String, as other: String) -> Bool { other == "oth,er=" }
}
