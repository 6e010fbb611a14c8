import MailProtocols
import Testing

@Suite("SCRAM client")
struct SCRAMClientTests {
  private func started(
    _ context: SASLClientContext = clientContext(), _ use: SCRAMBindingUse = .unbound
  ) throws -> SCRAMClient {
    var client = try SCRAMClient(.sha256, use, context: context)
    _ = try client.start()
    return client
  }

  private static let goodFirst = "r=clientnonceservernonce,s=c2FsdA==,i=4096"

  @Test("the first message has flag, authorization identity, user and nonce, with escapes")
  func clientFirst() throws {
    var client = try SCRAMClient(
      .sha256, .unbound, context: clientContext("us=er,", as: "o,t=her"))
    #expect(try text(client.start()) == "n,a=o=2Ct=3Dher,n=us=3Der=2C,r=clientnonce")
    #expect(!client.hasSentProof)
  }

  @Test("the flag says what is known of channel binding")
  func flags() throws {
    var client = try SCRAMClient(.sha1, .unbound, context: clientContext(binding: .unadvertised))
    #expect(try text(client.start()) == "y,,n=user,r=clientnonce")
    for kind in SASLChannelBinding.Kind.allCases {
      client = try SCRAMClient(
        .sha1, .bound, context: clientContext(binding: .bound(channel(kind))))
      #expect(try text(client.start()) == "p=\(kind.rawValue),,n=user,r=clientnonce")
      #expect(client.name.text == "SCRAM-SHA-1-PLUS")
    }
    // The unbound mechanism never claims what it does not do.
    client = try SCRAMClient(.sha1, .unbound, context: clientContext(binding: .bound(channel())))
    #expect(try text(client.start()) == "n,,n=user,r=clientnonce")
    for binding in [SCRAMClientBinding.unavailable, .unadvertised] {
      #expect(throws: SASLError.bindingMissing) {
        try SCRAMClient(.sha1, .bound, context: clientContext(binding: binding))
      }
    }
  }

  @Test(
    "a server's first message that breaks the rules is refused before a proof is made",
    arguments: [
      ("r=clientnonceX,s=c2FsdA==,i=4095", SASLError.iterationsOutOfRange),
      ("r=clientnonceX,s=c2FsdA==,i=1", .iterationsOutOfRange),
      ("r=clientnonceX,s=c2FsdA==,i=10000001", .iterationsOutOfRange),
      ("r=clientnonceX,s=c2FsdA==,i=1000000000", .iterationsOutOfRange),
      ("r=clientnonceX,s=c2FsdA==,i=99999999999999999999999", .iterationsOutOfRange),
      ("r=clientnonceX,s=c2FsdA==,i=0", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=04096", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=-4096", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096 ", .malformedChallenge),
      ("r=clientnonce,s=c2FsdA==,i=4096", .nonceMismatch),
      ("r=clientnoncXservernonce,s=c2FsdA==,i=4096", .nonceMismatch),
      ("r=servernonce,s=c2FsdA==,i=4096", .nonceMismatch),
      ("r=Clientnonceservernonce,s=c2FsdA==,i=4096", .nonceMismatch),
      ("m=future,r=clientnonceX,s=c2FsdA==,i=4096", .mandatoryExtension),
      ("r=clientnonceX,m=future,s=c2FsdA==,i=4096", .malformedChallenge),
      ("s=c2FsdA==,r=clientnonceX,i=4096", .malformedChallenge),
      ("r=clientnonceX,i=4096,s=c2FsdA==", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096,i=4096", .malformedChallenge),
      ("r=clientnonceX,r=clientnonceY,s=c2FsdA==,i=4096", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096,x=1,x=2", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096,v=AAAA", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096,", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096,x", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096,1=x", .malformedChallenge),
      ("r=clientnonceX,s=,i=4096", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA=,i=4096", .malformedChallenge),
      ("r=clientnonceX,s=c2Fs dA==,i=4096", .malformedChallenge),
      ("r=clientnonce X,s=c2FsdA==,i=4096", .malformedChallenge),
      ("r=clientnonce\u{E9},s=c2FsdA==,i=4096", .malformedChallenge),
      ("r=clientnonceX,s=c2FsdA==,i=4096\u{0}", .malformedChallenge),
      ("", .malformedChallenge), (",", .malformedChallenge), ("r", .malformedChallenge),
      ("e=unknown-user", .refused(.unknownUser)), ("e=what-else", .refused(.otherError)),
    ])
  func serverFirst(message: String, error: SASLError) throws {
    var client = try started()
    #expect(throws: error) { try client.respond(to: wire(message)) }
    #expect(!client.hasSentProof)
    // Nothing that comes after can mend it.
    #expect(throws: SASLError.unexpectedChallenge) {
      try client.respond(to: wire(Self.goodFirst))
    }
    #expect(throws: SASLError.serverSignatureMissing) { try client.finish(with: nil) }
  }

  @Test("iterations, salt and nonce are accepted at their limits and refused one past them")
  func limits() throws {
    func answer(_ message: String, _ limits: SCRAMLimits = SCRAMLimits()) throws {
      var client = try started(clientContext(limits: limits))
      _ = try client.respond(to: wire(message))
    }
    try answer("r=clientnonceX,s=c2FsdA==,i=4096")
    try answer("r=clientnonceX,s=c2FsdA==,i=10000000")
    let low = SCRAMLimits(iterations: 1...4096)
    try answer("r=clientnonceX,s=c2FsdA==,i=1", low)
    #expect(throws: SASLError.iterationsOutOfRange) {
      try answer("r=clientnonceX,s=c2FsdA==,i=4097", low)
    }
    for (count, isAllowed) in [(1, true), (1024, true), (1025, false)] {
      let salt = [UInt8](repeating: 7, count: count)
      let encoded = String(decoding: Base64.encode(salt.span), as: UTF8.self)
      let message = "r=clientnonceX,s=\(encoded),i=4096"
      if isAllowed {
        try answer(message)
      } else {
        #expect(throws: SASLError.malformedChallenge) { try answer(message) }
      }
      let nonce = "clientnonce" + String(repeating: "x", count: max(1, count - 11))
      if count != 1025 {
        try answer("r=\(nonce),s=c2FsdA==,i=4096")
      } else {
        #expect(throws: SASLError.malformedChallenge) {
          try answer("r=\(nonce),s=c2FsdA==,i=4096")
        }
      }
    }
  }

  @Test("extensions are ignored, and covered by the proof")
  func extensions() throws {
    var plain = try started()
    var extended = try started()
    let without = try plain.respond(to: wire(Self.goodFirst))
    let with = try extended.respond(to: wire(Self.goodFirst + ",x=new,Y=er"))
    #expect(text(without)?.prefix(34) == text(with)?.prefix(34))
    #expect(without != with)
  }

  @Test(
    "c= repeats the header, and has the channel behind it when bound", arguments: [true, false])
  func channelField(isBound: Bool) throws {
    let binding: SCRAMClientBinding = isBound ? .bound(channel()) : .unadvertised
    var client = try SCRAMClient(
      .sha512, isBound ? .bound : .unbound, context: clientContext(binding: binding))
    _ = try client.start()
    let final = try #require(try text(client.respond(to: wire(Self.goodFirst))))
    let expected = wire(isBound ? "p=tls-exporter,,the channel" : "y,,")
    #expect(final.hasPrefix("c=\(String(decoding: Base64.encode(expected.span), as: UTF8.self)),"))
    #expect(final.contains(",r=clientnonceservernonce,p="))
    #expect(client.hasSentProof)
  }

  // MARK: The end

  private func proven() throws -> SCRAMClient {
    var client = try started()
    _ = try client.respond(to: wire(Self.goodFirst))
    return client
  }

  @Test("OK without the server's signature is not believed, nor is any other signature")
  func missingSignature() throws {
    var client = try proven()
    #expect(throws: SASLError.serverSignatureMissing) { try client.finish(with: nil) }
    client = try proven()
    #expect(throws: SASLError.serverSignatureMissing) {
      var early = try started()
      try early.finish(with: nil)
    }
    #expect(throws: SASLError.serverSignatureMissing) {
      var early = try started()
      try early.finish(with: wire("v=AAAA"))
    }
    for signature in ["v=AAAA", "v=" + String(repeating: "A", count: 43) + "="] {
      client = try proven()
      #expect(throws: SASLError.serverSignatureWrong) { try client.finish(with: wire(signature)) }
      client = try proven()
      #expect(throws: SASLError.serverSignatureWrong) {
        _ = try client.respond(to: wire(signature))
      }
      #expect(throws: SASLError.serverSignatureMissing) { try client.finish(with: nil) }
    }
    for junk in ["", "x=AAAA", "v=", "v=A", "v=AAAA,", "v=AAAA,v=AAAA", "v=AAAA,e=no"] {
      client = try proven()
      #expect(throws: SASLError.malformedChallenge, "\(junk)") {
        try client.finish(with: wire(junk))
      }
    }
  }

  @Test("e= is told as what it says", arguments: SCRAMServerError.allCases)
  func serverErrors(error: SCRAMServerError) throws {
    var client = try proven()
    #expect(throws: SASLError.refused(error)) {
      _ = try client.respond(to: wire("e=\(error.rawValue)"))
    }
    client = try proven()
    #expect(throws: SASLError.refused(error)) {
      try client.finish(with: wire("e=\(error.rawValue),x=more"))
    }
  }

  @Test("a right signature passes as a challenge or beside OK, and only once")
  func rightSignature() throws {
    let signature = try serverSignature()
    var client = try proven()
    #expect(try client.respond(to: signature) == [])
    try client.finish(with: nil)

    client = try proven()
    try client.finish(with: signature)

    client = try proven()
    _ = try client.respond(to: signature)
    #expect(throws: SASLError.unexpectedChallenge) { try client.finish(with: signature) }
    client = try proven()
    _ = try client.respond(to: signature)
    #expect(throws: SASLError.unexpectedChallenge) { _ = try client.respond(to: signature) }
  }

  /// What the server of `goodFirst` answers, from the same keys.
  private func serverSignature() throws -> [UInt8] {
    let keys = try #require(
      try SCRAMKeys.derive(
        password: SASLSecret(wire("pencil")), salt: wire("salt"), iterations: 4096, hash: .sha256,
        digest: ToyDigest()))
    let authMessage = wire(
      "n=user,r=clientnonce,\(Self.goodFirst),c=biws,r=clientnonceservernonce")
    let signature = ToyDigest().hmac(authMessage, key: keys.serverKey, with: .sha256)
    return wire("v=") + Base64.encode(signature.span)
  }

  // MARK: Credentials

  @Test("what cannot be sent is found before the server hears of it")
  func credentials() throws {
    func start(_ context: SASLClientContext) throws {
      var client = try SCRAMClient(.sha256, .unbound, context: context)
      _ = try client.start()
    }
    #expect(throws: SASLError.unusablePassword(.unassigned(0x1F600))) {
      try start(clientContext(proof: password("\u{1F600}")))
    }
    #expect(throws: SASLError.unusablePassword(.prohibited(7))) {
      try start(clientContext(proof: password("\u{7}")))
    }
    #expect(throws: SASLError.unusableName(.prohibited(0x7F))) {
      try start(clientContext("a\u{7F}"))
    }
    #expect(throws: SASLError.unusableName(.mixedDirections)) {
      try start(clientContext("user", as: "\u{627}1"))
    }
    #expect(throws: SASLError.unusableCredentials) { try start(clientContext("\u{AD}")) }
    #expect(throws: SASLError.unusableCredentials) { try start(clientContext("u", as: "\u{AD}")) }
    #expect(throws: SASLError.unusableCredentials) { try start(clientContext(proof: password(""))) }
    #expect(throws: SASLError.credentialsMissing) { try start(clientContext(proof: .external)) }
    var raw = clientContext("a\u{1}", proof: password("\u{1F600}\u{7}"))
    raw.preparation = []
    try start(raw)
    raw.credentials.authcid = "a\u{0}"
    #expect(throws: SASLError.unusableCredentials) { try start(raw) }
  }

  @Test("without a digest there is an error, not a proof")
  func noDigest() throws {
    var context = clientContext()
    context.digest = NoDigest()
    var client = try started(context)
    #expect(throws: SASLError.digestUnavailable) {
      try client.respond(to: wire(Self.goodFirst))
    }
    #expect(!client.hasSentProof)
  }
}
