// A login over any transport: mechanism after mechanism as SASLNegotiation says, message after
// message as the mechanism says.

package import MailProtocols

/// Drives a login.
package enum SASLExchange {
  /// What came of it.
  package enum Outcome: Sendable {
    /// Logged in, by this mechanism and binding.
    case loggedIn(SASLAttempt)
    /// Not logged in. `SASLNegotiationEnd.failed` may mean that the server said yes and is not
    /// believed: the connection is then of no use.
    case stopped(SASLNegotiationEnd)
  }

  /// Logs in with what `negotiation` chooses. Throws when the transport does.
  package static func logIn<Transport: SASLTransport>(
    over transport: inout Transport, _ negotiation: inout SASLNegotiation,
    _ context: SASLClientContext
  ) throws(Transport.Failure) -> Outcome {
    var step = negotiation.begin()
    while true {
      switch step {
      case .stop(let end): return .stopped(end)
      case .attempt(let attempt):
        switch try run(attempt, over: &transport, context) {
        case .loggedIn: return .loggedIn(attempt)
        case .disbelieved(let error): return .stopped(.failed(error))
        case .failed(let outcome): step = negotiation.next(after: outcome)
        }
      }
    }
  }

  private enum Result {
    case loggedIn
    /// The server said yes, and must not be believed; or it broke the mechanism and the connection.
    case disbelieved(SASLError)
    case failed(SASLAttemptOutcome)
  }

  private static func run<Transport: SASLTransport>(
    _ attempt: SASLAttempt, over transport: inout Transport, _ context: SASLClientContext
  ) throws(Transport.Failure) -> Result {
    var exchange: SASLClientExchange
    var initial: [UInt8]?
    do throws(SASLError) {
      exchange = SASLClientExchange(try attempt.makeMechanism(context))
      initial = try exchange.start(transport.initialResponse)
    } catch {
      return .failed(.failed(error, .notSent))
    }
    try transport.begin(attempt.entry.name, initial: initial)
    if initial != nil { SASLSecret.wipe(&initial!) }
    while true {
      switch try transport.receive() {
      case .challenge(let challenge):
        var response: [UInt8]
        do throws(SASLError) {
          response = try exchange.respond(to: challenge)
        } catch let mechanismError {
          do throws(Transport.Failure) {
            try transport.abort()
          } catch {
            // Where it cannot even be ended, there is nothing else to try.
            return .disbelieved(mechanismError)
          }
          return .failed(.failed(mechanismError, exchange.hasSentProof ? .sent : .notSent))
        }
        try transport.send(response)
        SASLSecret.wipe(&response)
      case .success(let data):
        do throws(SASLError) {
          try exchange.finish(with: data)
        } catch {
          return .disbelieved(error)
        }
        try transport.end()
        return .loggedIn
      case .refused(let code):
        return .failed(.refused(code, exchange.hasSentProof ? .sent : .notSent))
      }
    }
  }
}
