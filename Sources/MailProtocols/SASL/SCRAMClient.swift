// The client side of SCRAM, with and without channel binding (RFC 5802, RFC 7677).

/// The client side of a SCRAM mechanism.
///
/// The server's signature is required: it may come as a challenge or with the server's OK, but
/// without it nobody is logged in.
package struct SCRAMClient: SASLClientMechanism {
  private enum State {
    case initial
    case sentFirst(SCRAMClientFirst)
    case sentProof(serverSignature: [UInt8])
    case verified
    case failed
  }

  /// `SCRAM-SHA-256`, `SCRAM-SHA-256-PLUS` and their like.
  package let name: SASLMechanismName
  /// True once the client-final-message is out.
  package private(set) var hasSentProof = false
  private let hash: SCRAMHash
  private var context: SASLClientContext
  private var state = State.initial

  /// A -PLUS mechanism needs channel binding data in the context; the other one ignores them and
  /// says `n`.
  package init(
    _ hash: SCRAMHash, _ use: SCRAMBindingUse, context: SASLClientContext
  ) throws(SASLError) {
    name = .scram(hash, use)
    self.hash = hash
    self.context = context
    switch (use, context.binding) {
    case (.bound, .bound), (.unbound, .unavailable), (.unbound, .unadvertised): break
    case (.bound, .unavailable), (.bound, .unadvertised): throw .bindingMissing
    case (.unbound, .bound): self.context.binding = .unavailable
    }
  }

  /// The client-first-message. Throws when a credential cannot be sent.
  package mutating func start() throws(SASLError) -> [UInt8]? {
    let flag: GS2Header.Flag =
      switch context.binding {
      case .unavailable: .unavailable
      case .unadvertised: .unadvertised
      case .bound(let binding): .bound(binding.kind)
      }
    // Prepared now, so that a password that cannot be is found before the server hears of the
    // attempt.
    var password = try context.password(for: .stored)
    SASLSecret.wipe(&password)
    let nonce = context.nonce()
    precondition(SCRAMAttributes.isNonce(nonce), "the nonce handed in is not printable ASCII")
    let first = SCRAMClientFirst(
      header: GS2Header(flag: flag, authzid: try context.authzid()), user: try context.authcid(),
      nonce: nonce)
    state = .sentFirst(first)
    return first.wire
  }

  /// The client-final-message, then nothing for a signature that is right; throws at anything that
  /// breaks RFC 5802 5 or the limits.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch state {
    case .sentFirst(let first):
      state = .failed
      return try prove(first, challenge)
    case .sentProof(let serverSignature):
      state = .failed
      try verify(challenge, serverSignature)
      return []
    case .initial, .verified, .failed:
      state = .failed
      throw .unexpectedChallenge
    }
  }

  /// Throws unless the server's signature has come, here or before, and is right.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    switch (state, additionalData) {
    case (.verified, nil): break
    case (.sentProof(let serverSignature), .some(let message)):
      state = .failed
      try verify(message, serverSignature)
    case (.initial, _), (.sentFirst, _), (.sentProof, nil), (.failed, _):
      state = .failed
      throw .serverSignatureMissing
    case (.verified, .some):
      state = .failed
      throw .unexpectedChallenge
    }
  }

  private mutating func prove(
    _ first: SCRAMClientFirst, _ challenge: [UInt8]
  ) throws(SASLError) -> [UInt8] {
    let server = try SCRAMServerFirst(
      parsing: challenge, clientNonce: first.nonce, limits: context.limits)
    var binding = first.header.wire
    if case .bound(let channel) = context.binding { binding += channel.data }
    let authMessage = SCRAMProof.authMessage(
      clientFirstBare: first.bare, serverFirst: server.wire,
      clientFinalWithoutProof: SCRAMClientFinal.withoutProof(
        binding: binding, nonce: server.nonce))

    let scram = SCRAMProof(hash: hash, digest: context.digest)
    var password = try context.password(for: .stored)
    defer { SASLSecret.wipe(&password) }
    var keys = try scram.keys(
      password: password, salt: server.salt, iterations: server.iterations)
    defer { SASLSecret.wipe(&keys.client) }
    let proof = try scram.proof(
      keys.client, storedKey: keys.stored, authMessage: authMessage)
    state = .sentProof(
      serverSignature: try scram.serverSignature(
        serverKey: keys.server, authMessage: authMessage))
    hasSentProof = true
    return SCRAMClientFinal(binding: binding, nonce: server.nonce, proof: proof).wire
  }

  private mutating func verify(
    _ message: [UInt8], _ expected: [UInt8]
  ) throws(SASLError) {
    switch try SCRAMServerFinal(parsing: message) {
    case .signature(let signature):
      guard constantTimeEqual(signature, expected) else { throw .serverSignatureWrong }
      state = .verified
    case .error(let error):
      throw .refused(error)
    }
  }
}
