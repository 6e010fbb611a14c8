// The client side of OAUTHBEARER (RFC 7628): an access token (RFC 6750) in one message. A failure
// comes as a challenge in JSON, which is acknowledged with a single ^A so that the server can say
// no.

/// The client side of OAUTHBEARER.
package struct OAuthBearerClient: SASLClientMechanism {
  private enum State { case initial, sentToken, acknowledged }

  /// `OAUTHBEARER`.
  package let name = SASLMechanismName.oauthBearer
  /// True from the initial response on, which holds the token.
  package var hasSentProof: Bool { state != .initial }
  /// The server's JSON, untrusted.
  package private(set) var diagnostic: [UInt8]?
  private let context: SASLClientContext
  private var state = State.initial

  /// Nothing is checked before `start`.
  package init(context: SASLClientContext) { self.context = context }

  /// `n,a=user,^Ahost=...^Aport=...^Aauth=Bearer token^A^A`; the user is whom to act as, and whose
  /// token it is.
  package mutating func start() throws(SASLError) -> [UInt8]? {
    let authcid = try context.authcid()
    let authzid = try context.authzid()
    var message = GS2Header(flag: .unavailable, authzid: authzid ?? authcid).wire
    if let service = context.service {
      guard service.host.utf8.allSatisfy({ $0 > .space && $0 < 0x7F }) else {
        throw .unusableCredentials
      }
      message += Array("\u{1}host=\(service.host)\u{1}port=\(service.port)".utf8)
    }
    var token = try context.token()
    defer { SASLSecret.wipe(&token) }
    message += Array("\u{1}auth=Bearer ".utf8) + token + [0x01, 0x01]
    state = .sentToken
    return message
  }

  /// `^A`, whatever the error is (RFC 7628 3.2.3); throws at a second challenge.
  package mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard state == .sentToken else { throw .unexpectedChallenge }
    diagnostic = challenge
    state = .acknowledged
    return [0x01]
  }

  /// Throws when the server said OK too early, with data, or after it had named an error.
  package mutating func finish(with additionalData: [UInt8]?) throws(SASLError) {
    // A server that named an error and then says OK has lost count of somebody.
    guard state == .sentToken else { throw .unfinished }
    guard additionalData == nil else { throw .unexpectedChallenge }
  }
}
