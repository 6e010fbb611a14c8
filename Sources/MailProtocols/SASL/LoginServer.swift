// The server side of LOGIN (draft-murchison-sasl-login-00). An initial response is the name, as
// many clients send it.

/// The server side of LOGIN.
package struct LoginServer: SASLServerMechanism {
  private enum State {
    case initial
    case askedName
    case askedPassword(name: [UInt8])
    case done
  }

  /// `LOGIN`.
  package let name = SASLMechanismName.login
  private let context: SASLServerContext
  private var state = State.initial

  /// For one exchange.
  package init(context: SASLServerContext) { self.context = context }

  /// The prompts in turn; then the end.
  package mutating func next(_ response: [UInt8]?) -> SASLServerStep {
    switch (state, response) {
    case (.initial, nil):
      state = .askedName
      return .challenge(context.loginPrompts.user)
    case (.initial, .some(let name)), (.askedName, .some(let name)):
      guard !name.isEmpty, !name.contains(.nul), name.count <= SASLprep.maxByteCount else {
        state = .done
        return .failure(.malformed)
      }
      state = .askedPassword(name: name)
      return .challenge(context.loginPrompts.password)
    case (.askedPassword(let name), .some(let password)):
      state = .done
      return judge(name: name, password: password)
    case (.askedName, nil), (.askedPassword, nil), (.done, _):
      return .failure(.malformed)
    }
  }

  private func judge(name: [UInt8], password: [UInt8]) -> SASLServerStep {
    if password.isEmpty || password.contains(.nul) { return .failure(.malformed) }
    guard let user = context.name(name), let secret = context.password(password) else {
      return .failure(.credentials)
    }
    switch context.authority.check(password: secret, of: user) {
    case .accepted: return context.authority.conclude(authcid: user, authzid: nil)
    case .refused: return .failure(.credentials)
    case .unavailable: return .failure(.unavailable)
    }
  }
}
