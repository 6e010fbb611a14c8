import MailProtocols
import Testing

/// The example of RFC 2195 2 is in MailIOTests, where MD5 is.
@Suite("CRAM-MD5")
struct CRAMMD5Tests {
  private func asked(_ authority: TestAuthority = TestAuthority()) -> (CRAMMD5Server, [UInt8]) {
    var server = CRAMMD5Server(context: serverContext(authority))
    guard case .challenge(let challenge) = server.next(nil) else { fatalError("no challenge") }
    return (server, challenge)
  }

  private func answer(_ user: String, _ secret: String, to challenge: [UInt8]) throws -> String {
    var client = try CRAMMD5Client(context: clientContext(user, proof: password(secret)))
    #expect(try client.start() == nil)
    return try #require(try text(client.respond(to: challenge)))
  }

  @Test("the server speaks first: an initial response is refused")
  func initialResponse() {
    var server = CRAMMD5Server(context: serverContext())
    #expect(server.next([]) == .failure(.malformed))
    #expect(server.next(nil) == .failure(.malformed))
  }

  @Test("the digest is lower-case on the wire, read in either case, and names may hold spaces")
  func answers() throws {
    var (server, challenge) = asked()
    let answer = try answer("user", "pencil", to: challenge)
    #expect(answer.hasPrefix("user ") && answer.utf8.count == 37)
    #expect(answer.utf8.allSatisfy { $0.lowercased == $0 })
    #expect(
      server.next(wire(answer))
        == .success(SASLIdentity(authcid: "user"), additionalData: nil))
    (server, _) = asked()
    let upper = "user " + answer.dropFirst(5).uppercased()
    #expect(
      server.next(wire(upper)) == .success(SASLIdentity(authcid: "user"), additionalData: nil))
    (server, challenge) = asked(TestAuthority(user: "a b c"))
    let spaced = try self.answer("a b c", "pencil", to: challenge)
    #expect(
      server.next(wire(spaced)) == .success(SASLIdentity(authcid: "a b c"), additionalData: nil))
  }

  @Test("a wrong digest, another user and an answer that is none")
  func refusals() throws {
    let (_, challenge) = asked()
    let right = try answer("user", "pencil", to: challenge)
    for (message, failure) in [
      (try answer("user", "crayon", to: challenge), SASLServerFailure.credentials),
      (try answer("nobody", "pencil", to: challenge), .credentials), ("", .malformed),
      ("user", .malformed), (" " + right.dropFirst(5), .malformed),
      (String(right.dropLast()), .malformed), (right + "0", .malformed),
      (right.dropLast() + "g", .malformed), ("us\0er" + right.dropFirst(4), .malformed),
    ] {
      var (server, _) = asked()
      #expect(server.next(wire(String(message))) == .failure(failure), "\(message)")
    }
    var (server, _) = asked(TestAuthority(isAvailable: false))
    #expect(server.next(wire(right)) == .failure(.unavailable))
  }

  @Test("the client answers one challenge, and cannot act as another user")
  func client() throws {
    #expect(throws: SASLError.authzidUnsupported) {
      try CRAMMD5Client(context: clientContext(as: "other"))
    }
    var client = try CRAMMD5Client(context: clientContext())
    _ = try client.start()
    #expect(throws: SASLError.malformedChallenge) {
      var other = client
      _ = try other.respond(to: [])
    }
    _ = try client.respond(to: wire("<1@h>"))
    #expect(client.hasSentProof)
    #expect(throws: SASLError.unexpectedChallenge) { try client.respond(to: wire("<2@h>")) }
    try client.finish(with: nil)
  }
}
