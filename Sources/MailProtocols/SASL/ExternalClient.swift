// The client side of EXTERNAL (RFC 4422 A): who the client is, the server knows from elsewhere (its
// TLS certificate); the message says whom to act as, and is empty for oneself.

/// The client side of EXTERNAL.
package struct ExternalClient: SASLClientMechanism {
  /// `EXTERNAL`.
  package let name = SASLMechanismName.external
  /// False: the message holds no secret, so that a refusal costs nothing.
  package let hasSentProof = false
  private let context: SASLClientContext
  private var isStarted = false

  /// Nothing is checked before `start`.
  package init(context: SASLClientContext) { self.context = context }

  /// The authorization identity; empty, which is not none, for oneself.
  package mutating func start() throws(SASLError) -> [UInt8]? {
    isStarted = true
    return try context.authzid() ?? []
  }

  /// Throws: there is nothing to ask for after the one message.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    throw .unexpectedChallenge
  }

  /// Throws when the server said OK too early, or with data that the mechanism does not have.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    guard isStarted else { throw .unfinished }
    guard additionalData == nil else { throw .unexpectedChallenge }
  }
}
