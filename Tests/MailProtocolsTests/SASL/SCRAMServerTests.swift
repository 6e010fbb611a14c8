import MailProtocols
import Testing

@Suite("SCRAM server")
struct SCRAMServerTests {
  @Test("a name is answered with both nonces, salt and count, also when nobody has it")
  func serverFirst() {
    var server = SCRAMServer(.sha256, .unbound, context: serverContext())
    #expect(server.next(nil) == .challenge([]))
    #expect(
      server.next(wire("n,,n=user,r=clientnonce"))
        == .challenge(wire("r=clientnonceservernonce,s=YSByZWFsIHVzZXIncyBzYWx0,i=4096")))
  }

  @Test("unknown users get a salt like real ones, always the same, and another each")
  func decoys() throws {
    func first(_ user: String, _ hash: SCRAMHash = .sha256) throws -> String {
      var server = SCRAMServer(hash, .unbound, context: serverContext())
      guard case .challenge(let challenge) = server.next(wire("n,,n=\(user),r=c")) else {
        Issue.record("no challenge for \(user)")
        return ""
      }
      return try #require(text(challenge))
    }
    let real = try first("user")
    let nobody = try first("nobody")
    #expect(real.utf8.count == nobody.utf8.count)
    #expect(nobody.hasSuffix(",i=4096"))
    #expect(try first("nobody") == nobody)
    #expect(try first("nobody else") != nobody)
    #expect(try first("nobody", .sha512) != nobody)
    #expect(
      converse(
        try SCRAMClient(.sha256, .unbound, context: clientContext("nobody")),
        SCRAMServer(.sha256, .unbound, context: serverContext()))
        == .refused(.credentials))
  }

  @Test(
    "a client's first message that breaks the rules is refused",
    arguments: [
      ("", SASLServerFailure.malformed), ("n", .malformed), ("n,", .malformed),
      ("n,,", .malformed), ("n,,n=user", .malformed), ("n,,r=c,n=user", .malformed),
      ("n,,n=,r=c", .malformed), ("n,,n=user,r=", .malformed), ("n,,n=user,r=c\u{E9}", .malformed),
      ("n,,n=us=er,r=c", .malformed), ("n,,n=us=2cer,r=c", .malformed),
      ("n,,n=user,r=c,r=d", .malformed), ("n,,n=user,r=c,p=AAAA", .malformed),
      ("n,,m=x,n=user,r=c", .malformed), ("n,b=x,n=user,r=c", .malformed),
      ("n,a=,n=user,r=c", .malformed), ("n,a=o=2,n=user,r=c", .malformed),
      ("x,,n=user,r=c", .malformed), ("N,,n=user,r=c", .malformed),
      ("n,,n=us\u{0}er,r=c", .malformed), ("n,,n=us\u{7}er,r=c", .credentials),
      ("n,a=us\u{7}er,n=user,r=c", .authorization),
      ("p=tls-exporter,,n=user,r=c", .channelBinding(.channelBindingNotSupported)),
      ("p=tls-mystery,,n=user,r=c", .channelBinding(.unsupportedChannelBindingType)),
    ])
  func clientFirst(message: String, failure: SASLServerFailure) {
    var server = SCRAMServer(.sha256, .unbound, context: serverContext())
    #expect(server.next(wire(message)) == .failure(failure))
    #expect(server.next(wire("n,,n=user,r=c")) == .failure(.malformed))
  }

  @Test(
    "extensions in both messages are ignored; a message at the limit passes, one past it does not")
  func extensionsAndLimits() {
    var server = SCRAMServer(.sha256, .unbound, context: serverContext())
    guard case .challenge = server.next(wire("n,,n=user,r=c,x=new")) else {
      Issue.record("an extension was refused")
      return
    }
    for (nonceCount, isAllowed) in [(1024, true), (1025, false)] {
      var server = SCRAMServer(.sha256, .unbound, context: serverContext())
      let nonce = String(repeating: "x", count: nonceCount)
      let step = server.next(wire("n,,n=user,r=\(nonce)"))
      #expect((step == .failure(.malformed)) != isAllowed)
    }
    for (extensionCount, isAllowed) in [(30, true), (31, false)] {
      let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZbdfghjkloq")
      let extensions = letters.prefix(extensionCount).map { ",\($0)=1" }
      var server = SCRAMServer(.sha256, .unbound, context: serverContext())
      let step = server.next(wire("n,,n=user,r=c" + extensions.joined()))
      #expect((step == .failure(.malformed)) != isAllowed, "\(extensionCount)")
    }
  }

  // MARK: Channel binding

  @Test("y where -PLUS is listed means that somebody struck it from the list")
  func downgrade() throws {
    let client = try SCRAMClient(.sha256, .unbound, context: clientContext(binding: .unadvertised))
    #expect(
      converse(
        client,
        SCRAMServer(
          .sha256, .unbound, context: serverContext(binding: .offered([channel()]))))
        == .refused(.channelBinding(.serverDoesSupportChannelBinding)))
    #expect(
      converse(client, SCRAMServer(.sha256, .unbound, context: serverContext()))
        == .success(SASLIdentity(authcid: "user")))
  }

  @Test("n is no reason to refuse: a client need not bind")
  func unbound() throws {
    #expect(
      converse(
        try SCRAMClient(.sha256, .unbound, context: clientContext()),
        SCRAMServer(
          .sha256, .unbound, context: serverContext(binding: .offered([channel()]))))
        == .success(SASLIdentity(authcid: "user")))
  }

  @Test("a bound client must be on the same channel, of a type the server has")
  func binding() throws {
    func outcome(_ mine: SASLChannelBinding, _ theirs: [SASLChannelBinding]) throws -> DialogueEnd {
      converse(
        try SCRAMClient(.sha256, .bound, context: clientContext(binding: .bound(mine))),
        SCRAMServer(.sha256, .bound, context: serverContext(binding: .offered(theirs))))
    }
    let two = [channel(.tlsExporter, "one"), channel(.tlsServerEndPoint, "two")]
    #expect(try outcome(two[0], two) == .success(SASLIdentity(authcid: "user")))
    #expect(try outcome(two[1], two) == .success(SASLIdentity(authcid: "user")))
    #expect(
      try outcome(channel(.tlsExporter, "else"), two)
        == .refused(.channelBinding(.channelBindingsDontMatch)))
    #expect(
      try outcome(channel(.tlsExporter, ""), two)
        == .refused(.channelBinding(.channelBindingsDontMatch)))
    #expect(
      try outcome(channel(.tlsUnique, "one"), two)
        == .refused(.channelBinding(.unsupportedChannelBindingType)))
  }

  @Test("the -PLUS mechanism wants p=, and nothing else", arguments: ["n", "y"])
  func unboundPlus(flag: String) {
    var server = SCRAMServer(
      .sha256, .bound, context: serverContext(binding: .offered([channel()])))
    #expect(
      server.next(wire("\(flag),,n=user,r=c"))
        == .failure(.channelBinding(.channelBindingNotSupported)))
  }

  // MARK: The client's final message

  /// A server that has been asked, and the answer that would be right.
  private func asked() throws -> (server: SCRAMServer, answer: String) {
    var client = try SCRAMClient(.sha256, .unbound, context: clientContext())
    var server = SCRAMServer(.sha256, .unbound, context: serverContext())
    guard case .challenge(let challenge) = server.next(try client.start()) else {
      throw SASLError.unfinished
    }
    return (server, try #require(try text(client.respond(to: challenge))))
  }

  @Test("the right answer is followed by the server's own proof")
  func success() throws {
    var (server, answer) = try asked()
    guard case .success(let identity, .some(let data)) = server.next(wire(answer)) else {
      Issue.record("the right answer was refused")
      return
    }
    #expect(identity == SASLIdentity(authcid: "user"))
    #expect(text(data)?.hasPrefix("v=") == true)
    #expect(server.next(wire(answer)) == .failure(.malformed))
  }

  @Test("every octet of the answer counts")
  func tampering() throws {
    let (_, answer) = try asked()
    for index in wire(answer).indices {
      var (server, _) = try asked()
      var octets = wire(answer)
      octets[index] ^= 0x01
      guard case .failure = server.next(octets) else {
        Issue.record("octet \(index) does not count")
        continue
      }
    }
  }

  @Test("an answer that is no answer is malformed")
  func malformedFinals() throws {
    let (_, answer) = try asked()
    let parts = answer.split(separator: ",").map(String.init)
    for message in [
      "", "c=biws", "\(parts[0]),\(parts[1])", "\(parts[1]),\(parts[0]),\(parts[2])",
      "\(answer),x=y", "\(parts[0]),\(parts[2]),\(parts[1])", "\(answer),",
      "\(parts[0]),r=clientnonce,\(parts[2])", "\(parts[0]),\(parts[1]),p=AAAA",
      "c=biw,\(parts[1]),\(parts[2])", "\(parts[0]),\(parts[1]),m=x,\(parts[2])",
    ] {
      var (server, _) = try asked()
      #expect(server.next(wire(message)) == .failure(.malformed), "\(message)")
    }
  }

  @Test("a header other than the first message's is refused, as if a channel were meant")
  func otherHeader() throws {
    var (server, answer) = try asked()
    let other = answer.replacing("c=biws", with: "c=eSws")
    #expect(
      server.next(wire(other)) == .failure(.channelBinding(.channelBindingsDontMatch)))
  }

  @Test("wrong password, users who cannot be asked, users who may not act as others")
  func refusals() throws {
    func outcome(
      _ context: SASLClientContext, _ authority: TestAuthority = TestAuthority()
    ) throws -> DialogueEnd {
      converse(
        try SCRAMClient(.sha1, .unbound, context: context),
        SCRAMServer(.sha1, .unbound, context: serverContext(authority)))
    }
    #expect(try outcome(clientContext(proof: password("crayon"))) == .refused(.credentials))
    #expect(
      try outcome(clientContext(), TestAuthority(isAvailable: false)) == .refused(.unavailable))
    #expect(
      try outcome(clientContext(as: "other"))
        == .success(SASLIdentity(authcid: "user", authzid: "other")))
    #expect(try outcome(clientContext(as: "root")) == .refused(.authorization))
    #expect(
      try outcome(clientContext(as: "user"))
        == .success(SASLIdentity(authcid: "user", authzid: "user")))
  }
}
