import MailProtocols
import Testing

@Suite("LOGIN")
struct LoginTests {
  @Test("name, then password, whatever the challenges say")
  func client() throws {
    var client = try LoginClient(context: clientContext())
    #expect(try client.start() == nil)
    #expect(try text(client.respond(to: wire("Quel est votre nom ?"))) == "user")
    #expect(!client.hasSentProof)
    #expect(throws: SASLError.unfinished) {
      var early = client
      try early.finish(with: nil)
    }
    #expect(try text(client.respond(to: [])) == "pencil")
    #expect(client.hasSentProof)
    try client.finish(with: nil)
    #expect(throws: SASLError.unexpectedChallenge) { try client.respond(to: []) }
  }

  @Test("it cannot act as another user")
  func authzid() {
    #expect(throws: SASLError.authzidUnsupported) {
      try LoginClient(context: clientContext(as: "other"))
    }
  }

  @Test("an initial response is the name")
  func initialResponse() {
    var server = LoginServer(context: serverContext())
    #expect(server.next(wire("user")) == .challenge(wire("Password:")))
    #expect(
      server.next(wire("pencil"))
        == .success(SASLIdentity(authcid: "user"), additionalData: nil))
    server = LoginServer(context: serverContext())
    #expect(server.next(nil) == .challenge(wire("Username:")))
    #expect(server.next(wire("user")) == .challenge(wire("Password:")))
    #expect(server.next(wire("Pencil")) == .failure(.credentials))
    #expect(server.next(wire("pencil")) == .failure(.malformed))
  }

  @Test("the prompts can be worded as another server's")
  func prompts() {
    var context = serverContext()
    context.loginPrompts = LoginPrompts(user: wire("User Name\0"), password: wire("Password\0"))
    var server = LoginServer(context: context)
    #expect(server.next(nil) == .challenge(wire("User Name\0")))
    #expect(server.next(wire("user")) == .challenge(wire("Password\0")))
  }

  @Test("names and passwords that are none")
  func refusals() {
    for name in ["", "us\0er", String(repeating: "x", count: 1025)] {
      var server = LoginServer(context: serverContext())
      #expect(server.next(wire(name)) == .failure(.malformed))
    }
    for (secret, failure) in [
      ("", SASLServerFailure.malformed), ("a\0b", .malformed), ("a\u{7}b", .credentials),
    ] {
      var server = LoginServer(context: serverContext())
      _ = server.next(wire("user"))
      #expect(server.next(wire(secret)) == .failure(failure))
    }
    var server = LoginServer(context: serverContext(TestAuthority(isAvailable: false)))
    _ = server.next(wire("user"))
    #expect(server.next(wire("pencil")) == .failure(.unavailable))
  }
}
