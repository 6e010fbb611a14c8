// The client side of PLAIN (RFC 4616): one message with the password in it. For TLS alone, which is
// the negotiation's rule.

/// The client side of PLAIN.
package struct PlainClient: SASLClientMechanism {
  /// `PLAIN`.
  package let name = SASLMechanismName.plain
  /// True from the initial response on, which holds the password.
  package private(set) var hasSentProof = false
  private let context: SASLClientContext

  /// Nothing is checked before `start`.
  package init(context: SASLClientContext) { self.context = context }

  /// `[authzid] NUL authcid NUL password`.
  package mutating func start() throws(SASLError) -> [UInt8]? {
    let authzid = try context.authzid() ?? []
    let authcid = try context.authcid()
    var password = try context.password(for: .query)
    defer { SASLSecret.wipe(&password) }
    hasSentProof = true
    return authzid + [.nul] + authcid + [.nul] + password
  }

  /// Throws: there is nothing to ask for after the one message.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    throw .unexpectedChallenge
  }

  /// Throws when the server said OK too early, or with data that the mechanism does not have.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    guard hasSentProof else { throw .unfinished }
    guard additionalData == nil else { throw .unexpectedChallenge }
  }
}
