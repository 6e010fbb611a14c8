// The client side of CRAM-MD5 (RFC 2195): a keyed digest of the server's challenge. Historic, and
// asked for by name alone. No authorization identity; the server proves nothing.

/// The client side of CRAM-MD5.
package struct CRAMMD5Client: SASLClientMechanism {
  private enum State { case initial, started, answered }

  /// `CRAM-MD5`.
  package let name = SASLMechanismName.cramMD5
  /// True once the digest is out.
  package var hasSentProof: Bool { state == .answered }
  private let context: SASLClientContext
  private var state = State.initial

  /// Throws `authzidUnsupported` when there is an authorization identity.
  package init(context: SASLClientContext) throws(SASLError) {
    try context.requireNoAuthzid()
    self.context = context
  }

  /// nil: the server speaks first.
  package mutating func start() throws(SASLError) -> [UInt8]? {
    _ = try context.authcid()
    var password = try context.password(for: .query)
    SASLSecret.wipe(&password)
    state = .started
    return nil
  }

  /// `user SP digest`, the digest in lower-case hexadecimal.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard state == .started else { throw .unexpectedChallenge }
    guard !challenge.isEmpty else { throw .malformedChallenge }
    var password = try context.password(for: .query)
    defer { SASLSecret.wipe(&password) }
    let digest = try context.digest.hmacMD5(challenge, key: password)
    state = .answered
    return try context.authcid() + [.space] + Hex.encode(digest.span)
  }

  /// Throws when the server said OK too early, or with data that the mechanism does not have.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    guard state == .answered else { throw .unfinished }
    guard additionalData == nil else { throw .unexpectedChallenge }
  }
}
