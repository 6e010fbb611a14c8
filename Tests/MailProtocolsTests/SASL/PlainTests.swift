import MailProtocols
import Testing

@Suite("PLAIN")
struct PlainTests {
  @Test(
    "the examples of RFC 4616 4 are made and understood",
    arguments: [
      (String?.none, "tim", "tanstaaftanstaaf", "\0tim\0tanstaaftanstaaf"),
      ("Ursel", "Kurt", "xipj3plmq", "Ursel\0Kurt\0xipj3plmq"),
    ])
  func examples(authzid: String?, user: String, secret: String, message: String) throws {
    var client = PlainClient(context: clientContext(user, as: authzid, proof: password(secret)))
    #expect(try text(client.start()) == message)
    #expect(client.hasSentProof)
    try client.finish(with: nil)
    let authority = TestAuthority(user: user, secret: secret, other: "Ursel")
    var server = PlainServer(context: serverContext(authority))
    #expect(
      server.next(wire(message))
        == .success(SASLIdentity(authcid: user, authzid: authzid), additionalData: nil))
  }

  @Test("both sides prepare names and passwords (RFC 4616 2)")
  func preparation() throws {
    var client = PlainClient(
      context: clientContext("I\u{AD}X", as: "\u{AA}", proof: password("a\u{A0}b")))
    #expect(try text(client.start()) == "a\0IX\0a b")
    var server = PlainServer(context: serverContext(TestAuthority(user: "IX", secret: "a b")))
    #expect(
      server.next(wire("\0\u{2168}\0a\u{A0}b"))
        == .success(SASLIdentity(authcid: "IX"), additionalData: nil))
  }

  @Test(
    "a message of another shape is malformed, an unusable name or password is refused",
    arguments: [
      ("", SASLServerFailure.malformed), ("user", .malformed), ("user\0pencil", .malformed),
      ("\0user\0pencil\0", .malformed), ("\0\0pencil", .malformed), ("\0user\0", .malformed),
      ("\0\0", .malformed), ("a\0b\0c\0d", .malformed), ("\0us\u{7}er\0pencil", .credentials),
      ("\0user\0pen\u{7}cil", .credentials), ("\0user\0Pencil", .credentials),
      ("\0User\0pencil", .credentials), ("root\0user\0pencil", .authorization),
      ("ro\u{7}t\0user\0pencil", .authorization),
      ("\0user\0" + String(repeating: "x", count: 1025), .credentials),
    ])
  func refusals(message: String, failure: SASLServerFailure) {
    var server = PlainServer(context: serverContext())
    #expect(server.next(wire(message)) == .failure(failure))
    #expect(server.next(wire("\0user\0pencil")) == .failure(.malformed))
  }

  @Test("without an initial response there is an empty challenge, for which nil and empty differ")
  func initialResponse() {
    var server = PlainServer(context: serverContext())
    #expect(server.next(nil) == .challenge([]))
    #expect(
      server.next(wire("\0user\0pencil"))
        == .success(SASLIdentity(authcid: "user"), additionalData: nil))
    server = PlainServer(context: serverContext())
    #expect(server.next([]) == .failure(.malformed))
  }

  @Test("a NUL cannot be smuggled into a credential")
  func nul() {
    for context in [
      clientContext("us\0er"), clientContext("user", as: "a\0b"),
      clientContext(proof: password("a\0b")),
    ] {
      var context = context
      context.preparation = []
      var client = PlainClient(context: context)
      #expect(throws: SASLError.unusableCredentials) { try client.start() }
      #expect(!client.hasSentProof)
    }
  }

  @Test("a server that goes on asking, or has more to say, is not of this mechanism")
  func client() throws {
    var client = PlainClient(context: clientContext())
    #expect(throws: SASLError.unfinished) { try client.finish(with: nil) }
    _ = try client.start()
    #expect(throws: SASLError.unexpectedChallenge) { try client.respond(to: []) }
    #expect(throws: SASLError.unexpectedChallenge) { try client.finish(with: []) }
  }

  @Test("octets that are not UTF-8 are refused, prepared or not")
  func invalidUTF8() {
    var context = serverContext()
    for preparation in [SASLPreparation.all, []] {
      context.preparation = preparation
      var server = PlainServer(context: context)
      #expect(server.next([0, 0xFF, 0] + wire("pencil")) == .failure(.credentials))
    }
  }
}
