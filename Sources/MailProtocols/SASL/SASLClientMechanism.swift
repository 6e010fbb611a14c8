// The client side of a mechanism (RFC 4422 3): messages in, messages out. Base64, literals and
// continuation lines belong to the protocol around it, and so does what the server says at the end.

/// The client side of one exchange.
///
/// A nil initial response is not an empty one: nil means that the server speaks first, empty is a
/// message of no octets. Responses may hold the password; whoever sends them overwrites them
/// (`SASLSecret.wipe`).
package protocol SASLClientMechanism: Sendable {
  var name: SASLMechanismName { get }

  /// Whether a message that proves who the user is, or is the secret itself, has been handed out. A
  /// refusal after that is a refusal of the credentials, and asking again with another mechanism
  /// would count towards a lockout.
  var hasSentProof: Bool { get }

  /// What the server said against it in the mechanism's own words (the JSON of OAUTHBEARER),
  /// untrusted.
  var diagnostic: [UInt8]? { get }

  /// The initial response, or nil when the server speaks first. Called once, before anything else.
  mutating func start() throws(SASLError) -> [UInt8]?

  /// The answer to a challenge.
  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8]

  /// Called when the server says that authentication succeeded, with the data it says so with (RFC
  /// 4422 3.6), if any.
  ///
  /// Throws when the server must not be believed; then the connection is not to be used.
  mutating func finish(with additionalData: [UInt8]?) throws(SASLError)
}

extension SASLClientMechanism {
  /// None.
  package var diagnostic: [UInt8]? { nil }
}
