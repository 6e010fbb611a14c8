// What the server side of a mechanism answers with.

/// What a server does next.
package enum SASLServerStep: Equatable, Sendable {
  /// Send this, which may be empty, and wait for a response.
  case challenge([UInt8])
  /// The client is who it says. Data, if any, must reach the client (RFC 4422 3.6): SCRAM's proof
  /// that the server knows the keys.
  case success(SASLIdentity, additionalData: [UInt8]?)
  case failure(SASLServerFailure)
  /// The client called it off.
  case aborted
}

/// Who has logged in, and whom they act as.
package struct SASLIdentity: Equatable, Sendable {
  /// The user whose secret was shown.
  package let authcid: String
  /// The user to act as, when it was named.
  package let authzid: String?

  /// A user, and whom to act as when it was named.
  package init(authcid: String, authzid: String? = nil) {
    self.authcid = authcid
    self.authzid = authzid
  }

  /// The user to act as.
  package var user: String { authzid ?? authcid }
}

/// Why a server says no.
package enum SASLServerFailure: Error, Equatable, Sendable {
  /// A response that is not of the mechanism's grammar (SMTP: 501).
  case malformed
  /// User or password, token, certificate: refused, and not said which (535).
  case credentials
  /// The user may not act as the other one (535).
  case authorization
  /// Channel binding: missing, of another type, of another connection, or struck from our list by
  /// somebody (535).
  case channelBinding(SCRAMServerError)
  /// The users cannot be asked just now (454).
  case unavailable
}
