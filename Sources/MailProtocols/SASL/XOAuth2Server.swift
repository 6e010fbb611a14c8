// The server side of XOAUTH2 (Google's). A refused token is told of in JSON first; then comes the
// failure.

/// The server side of XOAUTH2.
package struct XOAuth2Server: SASLServerMechanism {
  private enum State { case initial, prompted, refused, done }

  /// The challenge for a token that is not accepted.
  package static let refusal = Array(#"{"status":"401","schemes":"bearer","scope":"mail"}"#.utf8)

  /// `XOAUTH2`.
  package let name = SASLMechanismName.xoauth2
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
      // An empty message is what belongs here; whatever it is, the answer was no.
      state = .done
      return .failure(.credentials)
    case (.prompted, nil), (.refused, nil), (.done, _):
      return .failure(.malformed)
    }
  }

  private mutating func judge(_ message: [UInt8]) -> SASLServerStep {
    let fields = message.split(separator: 0x01, omittingEmptySubsequences: false)
    guard fields.count == 4, fields[2].isEmpty, fields[3].isEmpty,
      fields[0].starts(with: "user=".utf8), fields[1].starts(with: "auth=".utf8),
      let token = BearerToken.parse(fields[1].dropFirst(5)), fields[0].count > 5
    else { return .failure(.malformed) }
    guard let user = context.name(fields[0].dropFirst(5)) else { return .failure(.credentials) }
    switch context.authority.user(ofToken: token, claimed: user) {
    case .found(let owner): return context.authority.conclude(authcid: owner, authzid: user)
    case .unknown:
      state = .refused
      return .challenge(Self.refusal)
    case .unavailable: return .failure(.unavailable)
    }
  }
}
