import MailIO
import MailProtocols
import Testing

@Suite("SASL transcripts")
struct SASLTranscriptTests {
  static let all = SASLTranscript.load("rfc.txt") + SASLTranscript.load("scram.txt")

  @Test("all dialogues have been read")
  func count() {
    #expect(Self.all.count == 40)
    #expect(Self.all.allSatisfy { !$0.messages.isEmpty })
  }

  @Test("our client says what the client says", arguments: all)
  func client(transcript: SASLTranscript) throws {
    let name = try #require(SASLMechanismName(transcript.mechanism))
    let entry = try #require(SASLClientRegistry.standard[name])
    var client = SASLClientExchange(try entry.make(try clientContext(transcript)))
    let expected = transcript.sent(byClient: true)
    let challenges = transcript.sent(byClient: false).compactMap { $0 }
    #expect(text(try client.start(.carried)) == text(expected[0]))
    for (challenge, response) in zip(challenges, expected.dropFirst()) {
      #expect(text(try client.respond(to: challenge)) == text(response))
    }
    try client.finish(with: challenges.count == expected.count ? challenges.last : nil)
  }

  @Test("our server says what the server says", arguments: all)
  func server(transcript: SASLTranscript) throws {
    let name = try #require(SASLMechanismName(transcript.mechanism))
    let entry = try #require(SASLServerRegistry.standard[name])
    var server = SASLServerExchange(
      entry.make(try serverContext(transcript)), successData: .besideSuccess)
    let responses = transcript.sent(byClient: true)
    let expected = transcript.sent(byClient: false).compactMap { $0 }
    var said: [[UInt8]] = []
    var step = server.start(responses[0])
    for response in responses.dropFirst() {
      guard case .challenge(let challenge) = step else { break }
      said.append(challenge)
      step = server.respond(response ?? [])
    }
    guard case .success(let identity, let data) = step else {
      Issue.record("\(step)")
      return
    }
    #expect((said + (data.map { [$0] } ?? [])).map(text) == expected.map(text))
    #expect(identity.authcid == transcript.fields["user"])
    #expect(identity.user == (transcript.fields["authzid"] ?? transcript.fields["user"]))
  }

  @Test("a wrong password is refused by our server, its proof being of the real digest")
  func wrongPassword() throws {
    for transcript in Self.all where transcript.mechanism.hasPrefix("SCRAM") {
      var other = transcript
      other.fields["password"] = "crayon"
      let name = try #require(SASLMechanismName(transcript.mechanism))
      let entry = try #require(SASLServerRegistry.standard[name])
      var server = entry.make(try serverContext(other))
      let responses = transcript.sent(byClient: true)
      _ = server.next(responses[0])
      #expect(server.next(responses[1]) == .failure(.credentials))
    }
  }

  // MARK: What the fixture's fields come to

  private func text(_ octets: [UInt8]?) -> String {
    octets.map { String(decoding: $0, as: UTF8.self) } ?? "(none)"
  }

  private func secret(_ transcript: SASLTranscript, _ field: String) -> SASLSecret? {
    transcript.fields[field].map { SASLSecret(Array($0.utf8)) }
  }

  private func binding(_ transcript: SASLTranscript) throws -> SASLChannelBinding? {
    guard let words = transcript.fields["binding"]?.split(separator: " "), words.count == 2 else {
      return nil
    }
    let data = Array(words[1].utf8)
    return SASLChannelBinding(
      kind: try #require(SASLChannelBinding.Kind(rawValue: String(words[0]))),
      data: Base64.decode(data.span) ?? [])
  }

  private func clientContext(_ transcript: SASLTranscript) throws -> SASLClientContext {
    let proof: SASLCredentials.Proof =
      if let password = secret(transcript, "password") {
        .password(password)
      } else if let token = secret(transcript, "token") {
        .token(token)
      } else {
        .external
      }
    let first = text(transcript.sent(byClient: true)[0])
    let nonce = first.split(separator: ",").last { $0.hasPrefix("r=") }?.dropFirst(2)
    let service = transcript.fields["service"]?.split(separator: " ")
    let unbound: SCRAMClientBinding =
      transcript.fields["binding"] == "unadvertised" ? .unadvertised : .unavailable
    return SASLClientContext(
      credentials: SASLCredentials(
        authcid: transcript.fields["user"] ?? "", authzid: transcript.fields["authzid"],
        proof: proof),
      binding: try binding(transcript).map { .bound($0) } ?? unbound, digest: OpenSSLDigest(),
      nonce: { Array((nonce ?? "x").utf8) },
      service: service.map { SASLService(host: String($0[0]), port: UInt16($0[1]) ?? 0) })
  }

  private func serverContext(_ transcript: SASLTranscript) throws -> SASLServerContext {
    let challenges = transcript.sent(byClient: false).compactMap { $0 }
    let clientNonce = Array(try clientContext(transcript).nonce())
    let values = challenges.first.map { text($0).split(separator: ",") } ?? []
    let nonce = values.first?.dropFirst(2).utf8.dropFirst(clientNonce.count) ?? "x".utf8[...]
    let prompts = challenges.count == 2 ? challenges : [[], []]
    return SASLServerContext(
      authority: TranscriptAuthority(transcript: transcript, values: values.map(String.init)),
      digest: OpenSSLDigest(),
      binding: try binding(transcript).map { .offered([$0]) } ?? .notOffered,
      nonce: { Array(nonce) }, decoy: SCRAMDecoy(secret: SASLSecret([1])),
      cramChallenge: { challenges.first ?? [] },
      loginPrompts: LoginPrompts(user: prompts[0], password: prompts[1]))
  }
}

/// Knows the user of one dialogue.
private struct TranscriptAuthority: SASLAuthority {
  let transcript: SASLTranscript
  let values: [String]

  private func secret(_ field: String) -> SASLSecret {
    SASLSecret(Array((transcript.fields[field] ?? "").utf8))
  }

  func check(password: SASLSecret, of user: String) -> SASLVerdict {
    user == transcript.fields["user"] && password.equals(secret("password")) ? .accepted : .refused
  }

  func check(_ claim: CRAMMD5Claim) -> SASLVerdict {
    let matches = (try? claim.matches(secret("password"))) ?? false
    return matches && claim.user == transcript.fields["user"] ? .accepted : .refused
  }

  func scramKeys(of user: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys> {
    guard user == transcript.fields["user"], values.count == 3,
      case let encoded = Array(values[1].dropFirst(2).utf8),
      let salt = Base64.decode(encoded.span),
      let iterations = Int(values[2].dropFirst(2)),
      let keys = try? SCRAMKeys.derive(
        password: secret("password"), salt: salt, iterations: iterations, hash: hash,
        digest: OpenSSLDigest())
    else { return .unknown }
    return .found(keys)
  }

  func user(ofToken token: SASLSecret, claimed: String?) -> SASLLookup<String> {
    token.equals(secret("token")) ? .found(transcript.fields["user"] ?? "") : .unknown
  }

  func externalUser() -> SASLLookup<String> { .found(transcript.fields["user"] ?? "") }

  func mayAct(_ user: String, as other: String) -> Bool { other == transcript.fields["authzid"] }
}
