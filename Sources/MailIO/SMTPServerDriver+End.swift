// How a dialogue ends: by the session's own word, by a connection that gave no more, by the server's
// end; and what is told of a message that is cut short by it.

internal import MailProtocols

extension SMTPServerDriver {
  func close(_ reason: SMTPCloseReason) -> SMTPSessionEnd.Cause {
    let cause: SMTPSessionEnd.Cause =
      switch reason {
      case .rule, .reset: .closed
      case .quit: .quit
      case .timeout: .timeout
      case .limit: .limit
      case .drain: .drain
      }
    abort(cause)
    switch reason {
    case .quit, .timeout: break
    case .reset: connection.resetAtEnd()
    case .rule, .limit, .drain: connection.finish(until: .after(timing.finish))
    }
    return cause
  }

  /// The connection gave no more: says so where it can be said.
  func lose(_ error: ConnectionError) -> SMTPSessionEnd.Cause {
    switch error {
    case .timedOut where session.isStartingTLS, .interrupted where session.isStartingTLS:
      // Plain text in the middle of a handshake would be noise.
      receiver.connectionFailed(error)
      return error == .timedOut ? .timeout : .drain
    case .broken, .tlsFailed, .untrusted:
      abort(.error)
      receiver.connectionFailed(error)
      return .error
    case .truncated, .closedInHandshake:
      abort(.eof)
      receiver.connectionFailed(error)
      return .eof
    case .timedOut:
      abort(.timeout)
      // A client that did not read the last replies would find this one in the middle of them.
      let hasReadAll = session.output.isEmpty
      session.end(.timeout)
      if hasReadAll { farewell() }
      return .timeout
    case .interrupted:
      abort(.drain)
      session.end(.drain)
      farewell()
      connection.finish(until: .after(timing.finish))
      return .drain
    }
  }

  /// Sends the last reply if the client takes it at once.
  private func farewell() {
    receiver.sending(session.output.span)
    do {
      try connection.send(session.output, until: .after(.zero))
    } catch {
      // It does not read: there is nobody to tell.
    }
  }

  func abort(_ cause: SMTPSessionEnd.Cause) {
    guard let byteCount = session.abortedByteCount else { return }
    if session.hasUnfinishedMessage { receiver.discardMessage() }
    receiver.messageAborted(stage: session.stageName, byteCount: byteCount, why: cause)
  }
}
