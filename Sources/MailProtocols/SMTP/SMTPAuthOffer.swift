// The mechanisms that a server offers for AUTH (RFC 4954 3).

/// A mechanism that a server knows, and whether it may be used now.
package struct SMTPAuthOffer: Equatable, Sendable {
  package let name: SASLMechanismName
  /// False for one that hands over the secret itself while there is no TLS: it is not announced,
  /// and asking for it is answered 538.
  package let isUsable: Bool

  package init(name: SASLMechanismName, isUsable: Bool) {
    self.name = name
    self.isUsable = isUsable
  }
}

/// Whether a server does STARTTLS (RFC 3207).
package enum SMTPTLSOffer: Sendable {
  case unavailable
  case offered
  /// Offered, and next to nothing is done without.
  case required
}
