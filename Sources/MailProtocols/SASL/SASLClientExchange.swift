// A client mechanism inside a protocol: what SMTP, IMAP and ManageSieve have in common. Holds back
// an initial response where the protocol cannot carry one, bounds what a server may ask, and lets
// no OK pass that the mechanism does not confirm.

/// One exchange on the client's side.
package struct SASLClientExchange: Sendable {
  /// Whether the command that begins the exchange can carry an initial response.
  package enum InitialResponse: Sendable {
    /// It can.
    case carried
    /// It cannot (IMAP without SASL-IR): the server sends an empty challenge for it.
    case awaited
  }

  /// The most challenges a server may send.
  package static let maxChallengeCount = 8
  /// The longest challenge, in octets.
  package static let maxChallengeByteCount = 65536

  private var mechanism: any SASLClientMechanism
  private var heldBack: [UInt8]?
  private var challengeCount = 0

  /// Wraps a mechanism that has not been started.
  package init(_ mechanism: any SASLClientMechanism) { self.mechanism = mechanism }

  /// The mechanism's name.
  package var name: SASLMechanismName { mechanism.name }

  /// Whether a refusal from here on is a refusal of the credentials
  /// (`SASLClientMechanism.hasSentProof`).
  package var hasSentProof: Bool { mechanism.hasSentProof && heldBack == nil }

  /// What the server said against it, untrusted.
  package var diagnostic: [UInt8]? { mechanism.diagnostic }

  /// What to send with the command: nil is nothing at all, empty is an empty initial response (`=`,
  /// or `""` in ManageSieve).
  package mutating func start(_ initialResponse: InitialResponse) throws(SASLError) -> [UInt8]? {
    let response = try mechanism.start()
    switch initialResponse {
    case .carried: return response
    case .awaited:
      heldBack = response
      return nil
    }
  }

  /// The answer to a challenge.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    challengeCount += 1
    guard challengeCount <= Self.maxChallengeCount else { throw .unexpectedChallenge }
    guard challenge.count <= Self.maxChallengeByteCount else { throw .malformedChallenge }
    if let response = heldBack {
      heldBack = nil
      guard challenge.isEmpty else { throw .unexpectedChallenge }
      return response
    }
    return try mechanism.respond(to: challenge)
  }

  /// The server said OK, with these data or none. Throws when that must not be believed.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    guard heldBack == nil else { throw .unfinished }
    try mechanism.finish(with: additionalData)
  }
}
