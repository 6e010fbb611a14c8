// The client side of LOGIN (draft-murchison-sasl-login-00): the name for the first challenge, the
// password for the second. What the challenges say is not looked at: servers word them as they
// like. No authorization identity.

/// The client side of LOGIN.
package struct LoginClient: SASLClientMechanism {
  private enum State { case initial, started, sentName, sentPassword }

  /// `LOGIN`.
  package let name = SASLMechanismName.login
  /// True once the password is out.
  package var hasSentProof: Bool { state == .sentPassword }
  private let context: SASLClientContext
  private var state = State.initial

  /// Throws `authzidUnsupported` when there is an authorization identity.
  package init(context: SASLClientContext) throws(SASLError) {
    try context.requireNoAuthzid()
    self.context = context
  }

  /// nil: the server speaks first.
  package mutating func start() throws(SASLError) -> [UInt8]? {
    // Prepared now, so that what cannot be sent is found before the server hears of the attempt.
    _ = try context.authcid()
    var password = try context.password(for: .query)
    SASLSecret.wipe(&password)
    state = .started
    return nil
  }

  /// The name, then the password; throws at a third challenge.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch state {
    case .started:
      state = .sentName
      return try context.authcid()
    case .sentName:
      state = .sentPassword
      return try context.password(for: .query)
    case .initial, .sentPassword:
      throw .unexpectedChallenge
    }
  }

  /// Throws when the server said OK too early, or with data that the mechanism does not have.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    guard state == .sentPassword else { throw .unfinished }
    guard additionalData == nil else { throw .unexpectedChallenge }
  }
}
