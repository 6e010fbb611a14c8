// The server side of CRAM-MD5 (RFC 2195). It needs the users' passwords in clear, which is why it
// is not for new set-ups.

/// The server side of CRAM-MD5.
package struct CRAMMD5Server: SASLServerMechanism {
  private enum State {
    case initial
    case challenged([UInt8])
    case done
  }

  /// `CRAM-MD5`.
  package let name = SASLMechanismName.cramMD5
  private let context: SASLServerContext
  private var state = State.initial

  /// For one exchange.
  package init(context: SASLServerContext) { self.context = context }

  /// The challenge; then the end. An initial response is malformed.
  package mutating func next(_ response: [UInt8]?) -> SASLServerStep {
    switch (state, response) {
    case (.initial, nil):
      let challenge = context.cramChallenge()
      state = .challenged(challenge)
      return .challenge(challenge)
    case (.challenged(let challenge), .some(let message)):
      state = .done
      return judge(message, challenge)
    case (.initial, .some), (.challenged, nil), (.done, _):
      // The server speaks first: an initial response answers nothing (RFC 4954 4).
      state = .done
      return .failure(.malformed)
    }
  }

  private func judge(_ message: [UInt8], _ challenge: [UInt8]) -> SASLServerStep {
    guard
      let claim = CRAMMD5Claim(response: message, challenge: challenge, digest: context.digest)
    else { return .failure(.malformed) }
    switch context.authority.check(claim) {
    case .accepted: return context.authority.conclude(authcid: claim.user, authzid: nil)
    case .refused: return .failure(.credentials)
    case .unavailable: return .failure(.unavailable)
    }
  }
}
