// The server side of OAUTHBEARER (RFC 7628). A refused token is told of in JSON first, as 3.2.2
// asks; then comes the failure.

/// The server side of OAUTHBEARER.
package struct OAuthBearerServer: SASLServerMechanism {
  private enum State { case initial, prompted, refused, done }

  /// The challenge for a token that is not accepted (RFC 7628 3.2.2).
  package static let refusal = Array(#"{"status":"invalid_token"}"#.utf8)

  /// `OAUTHBEARER`.
  package let name = SASLMechanismName.oauthBearer
  private let context: SASLServerContext
  private var state = State.initial

  /// For one exchange.
  package init(context: SASLServerContext) { self.context = context }

  /// An empty challenge when there is no initial response; `refusal` before a token is refused;
  /// then the end.
  package mutating func next(_ response: [UInt8]?) -> SASLServerStep {
    switch (state, response) {
    case (.initial, nil):
      state = .prompted
      return .challenge([])
    case (.initial, .some(let message)), (.prompted, .some(let message)):
      state = .done
      return judge(message)
    case (.refused, .some):
      // ^A is what belongs here; whatever it is, the answer was no.
      state = .done
      return .failure(.credentials)
    case (.prompted, nil), (.refused, nil), (.done, _):
      return .failure(.malformed)
    }
  }

  private mutating func judge(_ message: [UInt8]) -> SASLServerStep {
    guard let (header, rest) = try? GS2Header.parse(message), let token = Self.token(in: rest)
    else { return .failure(.malformed) }
    switch header.flag {
    case .unavailable, .unadvertised: break
    // RFC 7628 defines no -PLUS mechanism.
    case .bound: return .failure(.channelBinding(.channelBindingNotSupported))
    }
    var authzid: String?
    if let bytes = header.authzid {
      guard let name = context.name(bytes) else { return .failure(.authorization) }
      authzid = name
    }
    switch context.authority.user(ofToken: token, claimed: authzid) {
    case .found(let user): return context.authority.conclude(authcid: user, authzid: authzid)
    case .unknown:
      state = .refused
      return .challenge(Self.refusal)
    case .unavailable: return .failure(.unavailable)
    }
  }

  /// The bearer token among `^Akey=value` pairs that end with `^A^A`; other keys are allowed, and
  /// ignored.
  private static func token(in rest: ArraySlice<UInt8>) -> SASLSecret? {
    guard rest.first == 0x01, rest.count > 2, rest.suffix(2).elementsEqual([0x01, 0x01]) else {
      return nil
    }
    let pairs = rest.dropFirst().dropLast(2)
      .split(separator: 0x01, omittingEmptySubsequences: false)
    var token: SASLSecret?
    for pair in pairs {
      guard let equals = pair.firstIndex(of: .ascii("=")), equals > pair.startIndex,
        pair[..<equals].allSatisfy(\.isAlpha)
      else { return nil }
      guard pair[..<equals].elementsEqual("auth".utf8) else { continue }
      guard token == nil, let found = BearerToken.parse(pair[(equals + 1)...]) else { return nil }
      token = found
    }
    return token
  }
}
