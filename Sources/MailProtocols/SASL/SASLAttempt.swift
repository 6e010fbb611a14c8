// What a negotiation hands out, and what it is told of how that went.

/// A mechanism to try, and what it says of channel binding.
package struct SASLAttempt: Sendable {
  /// The mechanism.
  package let entry: SASLClientEntry
  /// What SCRAM says of channel binding.
  package let binding: SCRAMClientBinding

  /// The mechanism, made for this attempt.
  package func makeMechanism(
    _ context: SASLClientContext
  ) throws(SASLError) -> any SASLClientMechanism {
    var context = context
    context.binding = binding
    return try entry.make(context)
  }
}

/// What an attempt came to, other than success.
package enum SASLAttemptOutcome: Sendable {
  /// Whether the server had seen a proof or the secret (`SASLClientExchange.hasSentProof`).
  package enum Proof: Sendable { case sent, notSent }

  /// The server said no, with one of the codes that ask for another mechanism, or without.
  case refused(SASLRefusalCode?, Proof)
  /// The mechanism gave up.
  case failed(SASLError, Proof)
}

/// The response codes that ask for another mechanism (RFC 5804 1.3; SMTP says 534, 538 and 432 for
/// them).
package enum SASLRefusalCode: Sendable {
  case authTooWeak
  case encryptNeeded
  case transitionNeeded
}

/// Why a negotiation is over without a login.
package enum SASLNegotiationEnd: Equatable, Sendable {
  /// Nothing the server lists may be used; `exclusions` says why.
  case noMechanism
  /// The server refused.
  case refused
  /// This side cannot go on, or must not.
  case failed(SASLError)
}
