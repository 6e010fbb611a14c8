// Why a client's exchange cannot go on. What the server says in its own protocol (NO, 535) is not
// in here: that is an answer.

/// Why an exchange ended on the client's side.
package enum SASLError: Error, Equatable, Sendable {
  // Ours: found before anything was sent.
  /// A user name that cannot be prepared (RFC 4013).
  case unusableName(SASLprepError)
  /// A password that cannot be prepared.
  case unusablePassword(SASLprepError)
  /// An empty name, a NUL in a credential, a token that is no token (RFC 6750 2.1): nothing that
  /// can be sent.
  case unusableCredentials
  /// The credentials are of another kind: a password where a token is needed, say.
  case credentialsMissing
  /// The mechanism cannot carry an authorization identity.
  case authzidUnsupported
  /// A -PLUS mechanism without channel binding data.
  case bindingMissing
  /// The cryptographic library does not offer the digest.
  case digestUnavailable

  // Theirs: the server broke the protocol.
  /// A message that is not of the mechanism's grammar.
  case malformedChallenge
  /// The server's nonce does not begin with ours, or adds nothing to it (RFC 5802 5.1).
  case nonceMismatch
  /// Fewer iterations than `SCRAMLimits` allows, or more.
  case iterationsOutOfRange
  /// A mandatory extension that nobody knows (`m=`, RFC 5802 5.1).
  case mandatoryExtension
  /// A message where none may come, or more of them than any mechanism needs.
  case unexpectedChallenge
  /// The server said OK before the exchange was through.
  case unfinished

  // Theirs: the server is not who it should be.
  /// The server did not prove that it knows the password: no signature, whatever else it said.
  case serverSignatureMissing
  /// The server's signature is wrong.
  case serverSignatureWrong

  // Theirs: the answer is no.
  /// The server named an error (`e=`, RFC 5802 7).
  case refused(SCRAMServerError)

  /// Whose fault it is, which is what exit statuses go by.
  package enum Category: Sendable {
    /// What was given to us cannot be used.
    case credentials
    /// This side cannot do what the mechanism asks.
    case unsupported
    /// The peer broke the protocol.
    case protocolViolation
    /// The peer is not trusted.
    case untrustedPeer
    /// Authentication was refused.
    case refused
  }

  /// Whose fault it is.
  package var category: Category {
    switch self {
    case .unusableName, .unusablePassword, .unusableCredentials: .credentials
    case .credentialsMissing, .authzidUnsupported, .bindingMissing, .digestUnavailable: .unsupported
    case .malformedChallenge, .nonceMismatch, .iterationsOutOfRange, .mandatoryExtension,
      .unexpectedChallenge, .unfinished:
      .protocolViolation
    case .serverSignatureMissing, .serverSignatureWrong: .untrustedPeer
    case .refused: .refused
    }
  }
}

extension SASLError: CustomStringConvertible {
  /// One line, without any credential.
  package var description: String {
    switch self {
    case .unusableName(let cause): "user name: \(cause)"
    case .unusablePassword(let cause): "password: \(cause)"
    case .unusableCredentials: "credentials that the mechanism cannot carry"
    case .credentialsMissing: "credentials of another kind than the mechanism needs"
    case .authzidUnsupported: "the mechanism carries no authorization identity"
    case .bindingMissing: "no channel binding for a -PLUS mechanism"
    case .digestUnavailable: "the digest is not available"
    case .malformedChallenge: "malformed challenge"
    case .nonceMismatch: "the server's nonce does not extend ours"
    case .iterationsOutOfRange: "iteration count out of range"
    case .mandatoryExtension: "unknown mandatory extension"
    case .unexpectedChallenge: "unexpected challenge"
    case .unfinished: "success before the exchange was through"
    case .serverSignatureMissing: "the server did not prove that it knows the password"
    case .serverSignatureWrong: "the server's signature is wrong"
    case .refused(let error): "the server says \(error.rawValue)"
    }
  }
}
