// Whom the server side asks: a users file, a policy, a test. It may block; it says nothing of why.

/// Knows the users. Each question has a default answer: no.
package protocol SASLAuthority: Sendable {
  /// Is this the user's password? (PLAIN, LOGIN)
  func check(password: SASLSecret, of user: String) -> SASLVerdict
  /// Does `claim.matches` hold for the password of `claim.user`? (CRAM-MD5)
  func check(_ claim: CRAMMD5Claim) -> SASLVerdict
  /// The user's keys for this hash. (SCRAM)
  func scramKeys(of user: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys>
  /// Whose access token is this? `claimed` is whom the client names, if anybody. (OAUTHBEARER,
  /// XOAUTH2)
  func user(ofToken token: SASLSecret, claimed: String?) -> SASLLookup<String>
  /// Who is the client by what is known outside of the exchange? (EXTERNAL)
  func externalUser() -> SASLLookup<String>
  /// May this user act as that one? Only asked when they differ.
  func mayAct(_ user: String, as other: String) -> Bool
}

extension SASLAuthority {
  /// No.
  package func check(password: SASLSecret, of user: String) -> SASLVerdict { .refused }
  /// No.
  package func check(_ claim: CRAMMD5Claim) -> SASLVerdict { .refused }
  /// Nobody.
  package func scramKeys(of user: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys> { .unknown }
  /// Nobody.
  package func user(ofToken token: SASLSecret, claimed: String?) -> SASLLookup<String> { .unknown }
  /// Nobody.
  package func externalUser() -> SASLLookup<String> { .unknown }
  /// No.
  package func mayAct(_ user: String, as other: String) -> Bool { false }

  /// The end of an exchange whose client is `authcid`: success, or failure when it may not act as
  /// `authzid`.
  func conclude(authcid: String, authzid: String?, additionalData: [UInt8]? = nil) -> SASLServerStep
  {
    if let authzid, authzid != authcid, !mayAct(authcid, as: authzid) {
      return .failure(.authorization)
    }
    return .success(
      SASLIdentity(authcid: authcid, authzid: authzid), additionalData: additionalData)
  }
}

/// An answer to a yes-or-no question.
package enum SASLVerdict: Sendable {
  case accepted
  case refused
  /// Cannot be said just now.
  case unavailable
}

/// An answer to a question for something.
package enum SASLLookup<Value: Sendable>: Sendable {
  case found(Value)
  case unknown
  /// Cannot be said just now.
  case unavailable
}
