// Who logs in, as whom, and with what.

/// A user, whom to act as, and the secret that proves it; printing it shows no secret.
package struct SASLCredentials: Sendable {
  /// What proves who the user is.
  package enum Proof: Sendable {
    /// For PLAIN, LOGIN, CRAM-MD5 and SCRAM.
    case password(SASLSecret)
    /// An access token, for OAUTHBEARER and XOAUTH2.
    case token(SASLSecret)
    /// Something outside of the exchange, a client certificate: for EXTERNAL.
    case external
  }

  /// The user whose secret it is; EXTERNAL does without.
  package var authcid: String
  /// The user to act as; nil for oneself.
  package var authzid: String?
  /// What proves who the user is.
  package var proof: Proof

  /// Credentials for one login.
  package init(authcid: String, authzid: String? = nil, proof: Proof) {
    self.authcid = authcid
    self.authzid = authzid
    self.proof = proof
  }
}

/// Which credentials SASLprep is applied to.
package struct SASLPreparation: OptionSet, Sendable {
  /// The bits.
  package let rawValue: Int
  /// From bits.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Authentication and authorization identities.
  package static let userNames = Self(rawValue: 1)
  /// Passwords, not tokens.
  package static let passwords = Self(rawValue: 2)
  /// Names and passwords, as the RFCs ask for.
  package static let all: Self = [.userNames, .passwords]
}
