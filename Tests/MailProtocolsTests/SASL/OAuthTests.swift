import MailProtocols
import Testing

@Suite("OAUTHBEARER and XOAUTH2")
struct OAuthTests {
  private func token(_ text: String) -> SASLCredentials.Proof { .token(SASLSecret(wire(text))) }

  private func base64(_ octets: [UInt8]?) -> String? {
    octets.map { String(decoding: Base64.encode($0.span), as: UTF8.self) }
  }

  // MARK: OAUTHBEARER

  @Test("the example of RFC 7628 4.1 is made and understood")
  func example() throws {
    let secret = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
    var client = OAuthBearerClient(
      context: clientContext(
        "user@example.com", proof: token(secret),
        service: SASLService(host: "server.example.com", port: 143)))
    let message = try client.start()
    #expect(
      base64(message)
        == "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9"
        + "QmVhcmVyI"
        + "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB")
    var server = OAuthBearerServer(
      context: serverContext(TestAuthority(user: "user@example.com", secret: secret)))
    #expect(
      server.next(message)
        == .success(
          SASLIdentity(authcid: "user@example.com", authzid: "user@example.com"),
          additionalData: nil))
  }

  @Test("a refused token is told of in JSON, acknowledged with ^A, and then refused")
  func refusedToken() throws {
    var client = OAuthBearerClient(context: clientContext(proof: token("stale")))
    var server = OAuthBearerServer(context: serverContext())
    #expect(server.next(try client.start()) == .challenge(OAuthBearerServer.refusal))
    #expect(try client.respond(to: OAuthBearerServer.refusal) == [0x01])
    #expect(client.diagnostic == OAuthBearerServer.refusal)
    #expect(server.next([0x01]) == .failure(.credentials))
    #expect(server.next([0x01]) == .failure(.malformed))
    #expect(throws: SASLError.unfinished) { try client.finish(with: nil) }
    #expect(throws: SASLError.unexpectedChallenge) { try client.respond(to: []) }
  }

  @Test(
    "messages of OAUTHBEARER, right and wrong",
    arguments: [
      ("n,,\u{1}auth=Bearer pencil\u{1}\u{1}", SASLServerFailure?.none),
      ("y,,\u{1}auth=bEARER  pencil\u{1}\u{1}", nil),
      ("n,a=other,\u{1}auth=Bearer pencil\u{1}host=h\u{1}port=1\u{1}qs=a=b\u{1}\u{1}", nil),
      ("n,a=root,\u{1}auth=Bearer pencil\u{1}\u{1}", .authorization),
      ("n,a=\u{7},\u{1}auth=Bearer pencil\u{1}\u{1}", .authorization),
      (
        "p=tls-exporter,,\u{1}auth=Bearer pencil\u{1}\u{1}",
        .channelBinding(.channelBindingNotSupported)
      ),
      ("", .malformed), ("n,,", .malformed), ("n,,\u{1}", .malformed),
      ("n,,\u{1}\u{1}", .malformed), ("n,,\u{1}\u{1}\u{1}", .malformed),
      ("n,,\u{1}host=h\u{1}\u{1}", .malformed), ("n,,\u{1}auth=Bearer pencil\u{1}", .malformed),
      ("n,,auth=Bearer pencil\u{1}\u{1}", .malformed),
      ("n,,\u{1}auth=Basic pencil\u{1}\u{1}", .malformed),
      ("n,,\u{1}auth=Bearer \u{1}\u{1}", .malformed),
      ("n,,\u{1}auth=Bearer pen cil\u{1}\u{1}", .malformed),
      ("n,,\u{1}auth=Bearer pencil\u{1}auth=Bearer pencil\u{1}\u{1}", .malformed),
      ("n,,\u{1}auth=Bearer pencil\u{1}\u{1}\u{1}", .malformed),
      ("n,,\u{1}AUTH=Bearer pencil\u{1}\u{1}", .malformed),
      ("n,,\u{1}a1=x\u{1}auth=Bearer pencil\u{1}\u{1}", .malformed),
      ("n,,\u{1}=x\u{1}auth=Bearer pencil\u{1}\u{1}", .malformed),
    ])
  func messages(message: String, failure: SASLServerFailure?) {
    var server = OAuthBearerServer(context: serverContext())
    let step = server.next(wire(message))
    if let failure {
      #expect(step == .failure(failure))
    } else {
      guard case .success(let identity, nil) = step else {
        Issue.record("\(step)")
        return
      }
      #expect(identity.authcid == "user")
    }
  }

  @Test("the user in the header is escaped; a token or host that could end its field is not sent")
  func injection() throws {
    var client = OAuthBearerClient(context: clientContext("a,b=c", proof: token("t")))
    #expect(try text(client.start()) == "n,a=a=2Cb=3Dc,\u{1}auth=Bearer t\u{1}\u{1}")
    for secret in ["", "a b", "a\u{1}b", "a\r\nb", "\u{E9}"] {
      client = OAuthBearerClient(context: clientContext(proof: token(secret)))
      #expect(throws: SASLError.unusableCredentials) { try client.start() }
      #expect(!client.hasSentProof)
    }
    client = OAuthBearerClient(
      context: clientContext(
        proof: token("t"), service: SASLService(host: "h\u{1}auth=x", port: 1)))
    #expect(throws: SASLError.unusableCredentials) { try client.start() }
    client = OAuthBearerClient(context: clientContext())
    #expect(throws: SASLError.credentialsMissing) { try client.start() }
  }

  @Test("a token is accepted to its limit and refused one past it")
  func tokenLimit() {
    for (count, isAllowed) in [(9216, true), (9217, false)] {
      let secret = String(repeating: "x", count: count)
      var server = OAuthBearerServer(context: serverContext(TestAuthority(secret: secret)))
      let step = server.next(wire("n,,\u{1}auth=Bearer \(secret)\u{1}\u{1}"))
      #expect((step == .failure(.malformed)) != isAllowed)
    }
  }

  // MARK: XOAUTH2

  @Test("the example in Google's description is made and understood")
  func googleExample() throws {
    let secret = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
    var client = try XOAuth2Client(
      context: clientContext("someuser@example.com", proof: token(secret)))
    let message = try client.start()
    #expect(
      base64(message)
        == "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNS"
        + "bGNrQmhkS"
        + "FJoZG1semRHRXVZMjl0Q2cBAQ==")
    var server = XOAuth2Server(
      context: serverContext(TestAuthority(user: "someuser@example.com", secret: secret)))
    guard case .success(let identity, nil) = server.next(message) else {
      Issue.record("refused")
      return
    }
    #expect(identity.user == "someuser@example.com")
  }

  @Test("a refused token is told of in JSON, acknowledged with nothing, and then refused")
  func refusedXOAuth2() throws {
    var client = try XOAuth2Client(context: clientContext(proof: token("stale")))
    var server = XOAuth2Server(context: serverContext())
    #expect(server.next(try client.start()) == .challenge(XOAuth2Server.refusal))
    #expect(try client.respond(to: XOAuth2Server.refusal) == [])
    #expect(client.diagnostic == XOAuth2Server.refusal)
    #expect(server.next([]) == .failure(.credentials))
    #expect(throws: SASLError.unfinished) { try client.finish(with: nil) }
  }

  @Test(
    "messages of XOAUTH2 that are none",
    arguments: [
      "", "user=user", "user=user\u{1}auth=Bearer pencil", "user=user\u{1}auth=Bearer pencil\u{1}",
      "user=\u{1}auth=Bearer pencil\u{1}\u{1}", "auth=Bearer pencil\u{1}user=user\u{1}\u{1}",
      "user=user\u{1}auth=pencil\u{1}\u{1}", "user=user\u{1}auth=Bearer pencil\u{1}\u{1}x",
      "user=user\u{1}auth=Bearer pencil\u{1}x\u{1}\u{1}",
    ])
  func xoauth2Messages(message: String) {
    var server = XOAuth2Server(context: serverContext())
    #expect(server.next(wire(message)) == .failure(.malformed))
  }

  @Test("a token for oneself opens another's mailbox only by permission")
  func shared() {
    func outcome(_ user: String) -> SASLServerStep {
      var server = XOAuth2Server(context: serverContext())
      return server.next(wire("user=\(user)\u{1}auth=Bearer pencil\u{1}\u{1}"))
    }
    #expect(
      outcome("other")
        == .success(SASLIdentity(authcid: "user", authzid: "other"), additionalData: nil))
    #expect(outcome("root") == .failure(.authorization))
    #expect(throws: SASLError.authzidUnsupported) {
      try XOAuth2Client(context: clientContext(as: "other"))
    }
  }
}
