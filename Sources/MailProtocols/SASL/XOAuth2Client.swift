// The client side of XOAUTH2 (Google's; Microsoft's is the same): an access token in one message. A
// failure comes as a challenge in JSON, which is acknowledged with an empty message so that the
// server can say no.

/// The client side of XOAUTH2.
package struct XOAuth2Client: SASLClientMechanism {
  private enum State { case initial, sentToken, acknowledged }

  /// `XOAUTH2`.
  package let name = SASLMechanismName.xoauth2
  /// True from the initial response on, which holds the token.
  package var hasSentProof: Bool { state != .initial }
  /// The server's JSON, untrusted.
  package private(set) var diagnostic: [UInt8]?
  private let context: SASLClientContext
  private var state = State.initial

  /// Throws `authzidUnsupported` when there is an authorization identity.
  package init(context: SASLClientContext) throws(SASLError) {
    try context.requireNoAuthzid()
    self.context = context
  }

  /// `user=...^Aauth=Bearer token^A^A`.
  package mutating func start() throws(SASLError) -> [UInt8]? {
    let user = try context.authcid()
    guard !user.contains(0x01) else { throw .unusableCredentials }
    var token = try context.token()
    defer { SASLSecret.wipe(&token) }
    state = .sentToken
    return Array("user=".utf8) + user + Array("\u{1}auth=Bearer ".utf8) + token + [0x01, 0x01]
  }

  /// Nothing, whatever the error is; throws at a second challenge.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard state == .sentToken else { throw .unexpectedChallenge }
    diagnostic = challenge
    state = .acknowledged
    return []
  }

  /// Throws when the server said OK too early, with data, or after it had named an error.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    guard state == .sentToken else { throw .unfinished }
    guard additionalData == nil else { throw .unexpectedChallenge }
  }
}
