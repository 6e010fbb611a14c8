// A server mechanism inside a protocol: what SMTP, IMAP and ManageSieve have in common. Some of
// them cannot put data beside their OK; then it goes out as a last challenge that the client
// answers with nothing (RFC 4422 3.6).

/// One exchange on the server's side; ends with the first success, failure or abort.
package struct SASLServerExchange: Sendable {
  /// Where data that belong to a success go.
  package enum SuccessData: Sendable {
    /// Beside the OK (ManageSieve: `OK (SASL "...")`).
    case besideSuccess
    /// In a challenge before it (SMTP, IMAP).
    case asChallenge
  }

  /// The most responses a client may send.
  package static let maxResponseCount = 8

  private enum State {
    case initial
    case running
    case owesData(SASLIdentity)
    case ended
  }

  private var mechanism: any SASLServerMechanism
  private let successData: SuccessData
  private var state = State.initial
  private var responseCount = 0

  /// Wraps a mechanism that has not been started.
  package init(_ mechanism: any SASLServerMechanism, successData: SuccessData) {
    self.mechanism = mechanism
    self.successData = successData
  }

  /// The mechanism's name.
  package var name: SASLMechanismName { mechanism.name }

  /// The first step; nil when the client sent no initial response. A success has no data left when
  /// they go as a challenge.
  package mutating func start(_ initialResponse: [UInt8]?) -> SASLServerStep {
    switch state {
    case .initial:
      state = .running
      return advance(initialResponse)
    case .running, .owesData, .ended:
      return end(.failure(.malformed))
    }
  }

  /// The step after a response.
  package mutating func respond(_ response: [UInt8]) -> SASLServerStep {
    switch state {
    case .running:
      return advance(response)
    case .owesData(let identity):
      return end(
        response.isEmpty ? .success(identity, additionalData: nil) : .failure(.malformed))
    case .initial, .ended:
      return end(.failure(.malformed))
    }
  }

  /// The client called it off (`*`).
  package mutating func abort() -> SASLServerStep { end(.aborted) }

  private mutating func advance(_ response: [UInt8]?) -> SASLServerStep {
    responseCount += response == nil ? 0 : 1
    guard responseCount <= Self.maxResponseCount else { return end(.failure(.malformed)) }
    let step = mechanism.next(response)
    switch (step, successData) {
    case (.challenge, _):
      return step
    case (.success(let identity, .some(let data)), .asChallenge):
      state = .owesData(identity)
      return .challenge(data)
    case (.success, _), (.failure, _), (.aborted, _):
      return end(step)
    }
  }

  private mutating func end(_ step: SASLServerStep) -> SASLServerStep {
    state = .ended
    return step
  }
}
