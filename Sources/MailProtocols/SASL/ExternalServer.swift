// The server side of EXTERNAL (RFC 4422 A): the authority knows who the client is, from its TLS
// certificate say.

/// The server side of EXTERNAL.
package struct ExternalServer: SASLServerMechanism {
  private enum State { case initial, prompted, done }

  /// `EXTERNAL`.
  package let name = SASLMechanismName.external
  private let context: SASLServerContext
  private var state = State.initial

  /// For one exchange.
  package init(context: SASLServerContext) { self.context = context }

  /// An empty challenge when there is no initial response; then the end.
  package mutating func next(_ response: [UInt8]?) -> SASLServerStep {
    switch (state, response) {
    case (.initial, nil):
      state = .prompted
      return .challenge([])
    case (.initial, .some(let message)), (.prompted, .some(let message)):
      state = .done
      return judge(message)
    case (.prompted, nil), (.done, _):
      return .failure(.malformed)
    }
  }

  private func judge(_ message: [UInt8]) -> SASLServerStep {
    if message.contains(.nul) { return .failure(.malformed) }
    var authzid: String?
    if !message.isEmpty {
      guard let name = context.name(message) else { return .failure(.authorization) }
      authzid = name
    }
    switch context.authority.externalUser() {
    case .found(let user): return context.authority.conclude(authcid: user, authzid: authzid)
    case .unknown: return .failure(.credentials)
    case .unavailable: return .failure(.unavailable)
    }
  }
}
