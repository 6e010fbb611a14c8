import MailProtocols
import Testing

@Suite("EXTERNAL")
struct ExternalTests {
  @Test("for oneself the initial response is empty, which is not none")
  func client() throws {
    var client = ExternalClient(context: clientContext("", proof: .external))
    #expect(try client.start() == [])
    #expect(!client.hasSentProof)
    try client.finish(with: nil)
    client = ExternalClient(context: clientContext("", as: "other", proof: .external))
    #expect(try client.start() == wire("other"))
    #expect(throws: SASLError.unexpectedChallenge) { try client.respond(to: []) }
  }

  @Test("the server knows the user from elsewhere, and is told whom to act as")
  func server() {
    var server = ExternalServer(context: serverContext())
    #expect(server.next([]) == .success(SASLIdentity(authcid: "user"), additionalData: nil))
    server = ExternalServer(context: serverContext())
    #expect(server.next(nil) == .challenge([]))
    #expect(
      server.next(wire("other"))
        == .success(SASLIdentity(authcid: "user", authzid: "other"), additionalData: nil))
    for (message, failure) in [
      ("root", SASLServerFailure.authorization), ("o\u{7}r", .authorization), ("a\0b", .malformed),
    ] {
      server = ExternalServer(context: serverContext())
      #expect(server.next(wire(message)) == .failure(failure))
    }
    server = ExternalServer(context: serverContext(TestAuthority(isAvailable: false)))
    #expect(server.next([]) == .failure(.unavailable))
  }
}
