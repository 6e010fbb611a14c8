// Which mechanism a client tries, which one after a refusal, and when it stops: a pure value, asked
// before each attempt. The rules: strongest first; nothing that exposes the secret on an open line;
// no silent step down from channel binding; never a second try with credentials that a server has
// refused, because tries are counted and end in lockouts.

/// Chooses mechanisms for one login.
package struct SASLNegotiation: Sendable {
  /// What to do next.
  package enum Step: Sendable {
    case attempt(SASLAttempt)
    case stop(SASLNegotiationEnd)
  }

  /// SCRAM attempts that a server refused before it saw a proof: the third hash will not please it
  /// more, PLAIN may.
  static let maxEarlyRefusalCount = 2

  /// Mechanisms that were listed and are not tried, and why.
  package let exclusions: [SASLExclusion]

  private let maxAttemptCount: Int
  private var candidates: [SASLAttempt]
  private var current: SASLAttempt?
  private var retryBinding: SASLChannelBinding?
  private var attemptCount = 0
  private var earlyRefusalCount = 0
  private var lastError: SASLError?
  private var lastWasRefusal = false

  /// Looks through what the server lists, in any order, on the line as it is now (after STARTTLS).
  package init(
    offered: [SASLMechanismName], credentials: SASLCredentials, policy: SASLPolicy,
    registry: SASLClientRegistry = .standard
  ) {
    let selection = SASLSelection(
      offered: offered, credentials: credentials, policy: policy, registry: registry)
    candidates = selection.attempts
    exclusions = selection.exclusions
    maxAttemptCount = policy.maxAttemptCount
    if case .automatic(_, let retry) = policy.binding { retryBinding = retry }
  }

  /// The first attempt, or why there is none.
  package mutating func begin() -> Step { advance() }

  /// What comes after the attempt that was last handed out and came to this.
  package mutating func next(after outcome: SASLAttemptOutcome) -> Step {
    guard let current else { return advance() }
    switch outcome {
    case .refused(let code, let proof):
      return afterRefusal(of: current, code, proof)
    case .failed(let error, let proof):
      switch error.category {
      case .credentials, .unsupported:
        // Found on this side, and but for a missing digest before the server heard of it: no
        // attempt was used up.
        if error != .digestUnavailable { attemptCount -= 1 }
        lastError = error
        return advance()
      case .refused:
        return afterRefusal(of: current, nil, proof)
      case .protocolViolation, .untrustedPeer:
        return .stop(.failed(error))
      }
    }
  }

  private mutating func afterRefusal(
    of attempt: SASLAttempt, _ code: SASLRefusalCode?, _ proof: SASLAttemptOutcome.Proof
  ) -> Step {
    lastWasRefusal = true
    lastError = nil
    if case .bound = attempt.binding, let binding = retryBinding, code == nil {
      retryBinding = nil
      return begin(SASLAttempt(entry: attempt.entry, binding: .bound(binding)))
    }
    switch (code, proof) {
    case (.transitionNeeded, _):
      // PLAIN gives the server what it needs to make the keys it lacks (RFC 5804 1.3).
      if let plain = candidates.firstIndex(where: { $0.entry.name == .plain }) {
        candidates.removeFirst(plain)
      }
    case (.authTooWeak, _), (.encryptNeeded, _):
      break
    case (nil, .sent):
      return .stop(.refused)
    case (nil, .notSent):
      guard attempt.entry.name.isSCRAM else { break }
      earlyRefusalCount += 1
      if earlyRefusalCount >= Self.maxEarlyRefusalCount {
        candidates.removeAll { $0.entry.name.isSCRAM }
      }
    }
    return advance()
  }

  private mutating func advance() -> Step {
    guard let attempt = candidates.first else {
      if let lastError { return .stop(.failed(lastError)) }
      return .stop(lastWasRefusal ? .refused : .noMechanism)
    }
    candidates.removeFirst()
    return begin(attempt)
  }

  private mutating func begin(_ attempt: SASLAttempt) -> Step {
    guard attemptCount < maxAttemptCount else { return .stop(.refused) }
    attemptCount += 1
    current = attempt
    return .attempt(attempt)
  }
}
