// The server side of PLAIN (RFC 4616). When to offer it, which is under TLS, is for the protocol
// around it.

/// The server side of PLAIN.
package struct PlainServer: SASLServerMechanism {
  private enum State { case initial, prompted, done }

  /// `PLAIN`.
  package let name = SASLMechanismName.plain
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
    let fields = message.split(separator: .nul, omittingEmptySubsequences: false)
    guard fields.count == 3, !fields[1].isEmpty, !fields[2].isEmpty else {
      return .failure(.malformed)
    }
    guard let authcid = context.name(fields[1]), let password = context.password(fields[2]) else {
      return .failure(.credentials)
    }
    var authzid: String?
    if !fields[0].isEmpty {
      guard let name = context.name(fields[0]) else { return .failure(.authorization) }
      authzid = name
    }
    switch context.authority.check(password: password, of: authcid) {
    case .accepted: return context.authority.conclude(authcid: authcid, authzid: authzid)
    case .refused: return .failure(.credentials)
    case .unavailable: return .failure(.unavailable)
    }
  }
}
