// Why a mechanism that a server lists is not tried: for the user who wonders.

/// A listed mechanism that is not tried.
package struct SASLExclusion: Equatable, Sendable {
  /// Why it is not tried.
  package enum Reason: Sendable {
    /// No such mechanism here (DIGEST-MD5, GSSAPI).
    case unknown
    /// Not among those the user named.
    case notAsked
    /// Historic, and not named by the user.
    case obsolete
    /// The secret would go over an open line.
    case exposesSecret
    /// It takes a token, a password or a certificate, and the credentials are another.
    case otherCredentials
    /// It cannot carry the authorization identity.
    case carriesNoAuthzid
    /// No channel binding here.
    case cannotBind
    /// The server lists mechanisms with channel binding, so that going without it would be a step
    /// down, or it is required.
    case bindingPreferred
  }

  /// The mechanism.
  package let name: SASLMechanismName
  /// Why it is not tried.
  package let reason: Reason
}
