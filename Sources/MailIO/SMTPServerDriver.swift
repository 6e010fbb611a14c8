// Runs an SMTP server session over a connection: receives, hands on, sends, until one side ends it.
// The dialogue is SMTPServerSession's, the messages go to an SMTPMessageReceiver.

package import MailProtocols

/// Takes the messages of a session. Called on the session's thread.
package protocol SMTPMessageReceiver: AnyObject {
  /// A message starts; its envelope is in `state`.
  func beginMessage(_ state: SMTPSessionState)
  /// A piece of its content, 64 KiB at most.
  func append(_ content: Span<UInt8>)
  /// It is whole. The answer says whether it is stored: that is what the client is told.
  func endMessage(_ state: SMTPSessionState) -> SMTPReply
  /// It was refused or given up; nothing of it may stay.
  func discardMessage()
  /// The connection was lost inside it, after so many octets. `discardMessage` has been called.
  func messageAborted(stage: String, byteCount: Int, why: SMTPSessionEnd.Cause)
  /// Output that is about to be sent, for traces.
  func sending(_ output: Span<UInt8>)
}

/// How a session ended.
package struct SMTPSessionEnd: Equatable, Sendable {
  /// Who or what ended it; the raw value is its name in events.
  package enum Cause: String, Sendable {
    case quit
    /// The client closed the connection.
    case eof
    case timeout
    /// A policy closed it.
    case closed
    case limit
    case drain
    /// The connection broke.
    case error
  }

  package let cause: Cause
  package let receivedByteCount: Int
  package let sentByteCount: Int
}

/// How long a server waits, and what tells it to stop.
package struct SMTPServerTiming: Sendable {
  /// The longest silence of a client, and the longest it may take to read a reply.
  package var silence: Duration
  /// Raised when the server stops: sessions outside a transaction end.
  package var drain: Interrupt
  /// Raised when the server has no more time: every session ends.
  package var abort: Interrupt
  /// How long a draining server lets a client that has delivered say QUIT.
  package var quitGrace = Duration.seconds(1)
  /// How long the end of a connection may take after our last reply.
  package var finish = Duration.seconds(1)

  package init(silence: Duration, drain: Interrupt, abort: Interrupt) {
    self.silence = silence
    self.drain = drain
    self.abort = abort
  }
}

/// One session on one connection, from the greeting to the close.
///
/// A class so that the state of an idle session is on the heap, and its stack next to empty.
package final class SMTPServerDriver {
  private var session: SMTPServerSession
  private let connection: Connection
  private let receiver: any SMTPMessageReceiver
  private let timing: SMTPServerTiming
  private var isGraceGiven = false

  package init(
    setup: SMTPServerSetup, policy: any SMTPServerPolicy,
    receiver: any SMTPMessageReceiver, connection: Connection, timing: SMTPServerTiming
  ) {
    session = SMTPServerSession(setup: setup, policy: policy)
    self.connection = connection
    self.receiver = receiver
    self.timing = timing
  }

  /// What the session knows of its client.
  package var state: SMTPSessionState { session.state }

  /// Talks to the client until either side ends it, and says how that was.
  package func run() -> SMTPSessionEnd {
    let cause: SMTPSessionEnd.Cause
    do throws(ConnectionError) {
      cause = try converse()
    } catch {
      cause = lose(error)
    }
    return SMTPSessionEnd(
      cause: cause, receivedByteCount: connection.receivedByteCount,
      sentByteCount: connection.sentByteCount)
  }

  @inline(never)
  private func greet() -> SMTPServerEffect { session.open() }

  private func converse() throws(ConnectionError) -> SMTPSessionEnd.Cause {
    var effect = greet()
    while true {
      try flush()
      if case .close(let reason) = effect { return close(reason) }
      var failure: ConnectionError?
      var next = SMTPServerEffect.needsInput
      let isOpen = try receive { input in
        do throws(ConnectionError) {
          next = try digest(input)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      guard isOpen else {
        abort(.eof)
        return .eof
      }
      effect = next
    }
  }

  // A look into the session is a copy of it on the stack, which an idle thread must not keep.
  @inline(never)
  private var isInTransaction: Bool { session.isInTransaction }
  @inline(never)
  private var hasDelivered: Bool { session.messageCount > 0 }

  /// Waits for input as the state of the dialogue asks for, and has it digested.
  private func receive(
    _ body: (Span<UInt8>) -> Void
  ) throws(ConnectionError) -> Bool {
    let isBusy = isInTransaction
    do throws(ConnectionError) {
      return try connection.receive(
        until: .after(timing.silence), unless: isBusy ? timing.abort : timing.drain, body)
    } catch .interrupted where !isBusy && !isGraceGiven && hasDelivered {
      // The last message is in; its client deserves the answer to its QUIT.
      isGraceGiven = true
      do throws(ConnectionError) {
        return try connection.receive(
          until: .after(timing.quitGrace), unless: timing.abort, body)
      } catch .timedOut {
        throw .interrupted
      }
    }
  }

  /// Takes the session through all of the input.
  @inline(never)
  private func digest(_ input: Span<UInt8>) throws(ConnectionError) -> SMTPServerEffect {
    var position = 0
    while true {
      let effect = session.receive(input, at: &position)
      switch effect {
      case .needsInput, .close: return effect
      case .flush: try flush()
      case .beginMessage: receiver.beginMessage(session.state)
      case .content(let range): receiver.append(input.extracting(range))
      case .carriageReturn: receiver.append(Self.crlf.span.extracting(0..<1))
      case .lineEnd: receiver.append(Self.crlf.span)
      case .endMessage: session.finishMessage(receiver.endMessage(session.state))
      case .discardMessage: receiver.discardMessage()
      }
    }
  }

  private static let crlf: [UInt8] = [.carriageReturn, .lineFeed]

  @inline(never)
  private func flush() throws(ConnectionError) {
    guard !session.output.isEmpty else { return }
    receiver.sending(session.output.span)
    try connection.send(session.output, until: .after(timing.silence))
    session.output.removeAll(keepingCapacity: session.output.capacity <= Self.maxKeptOutput)
  }

  /// Octets of output buffer that an idle session may keep.
  private static let maxKeptOutput = 512

  // MARK: - The end

  @inline(never)
  private func close(_ reason: SMTPCloseReason) -> SMTPSessionEnd.Cause {
    if session.hasUnfinishedMessage { receiver.discardMessage() }
    switch reason {
    case .quit: return .quit
    case .timeout: return .timeout
    case .limit, .drain:
      connection.finish(until: .after(timing.finish))
      return reason == .limit ? .limit : .drain
    }
  }

  /// The connection gave no more: says so where it can be said.
  @inline(never)
  private func lose(_ error: ConnectionError) -> SMTPSessionEnd.Cause {
    switch error {
    case .broken:
      abort(.error)
      return .error
    case .timedOut:
      abort(.timeout)
      session.end(.timeout)
      farewell()
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
  @inline(never)
  private func farewell() {
    receiver.sending(session.output.span)
    do {
      try connection.send(session.output, until: .after(.zero))
    } catch {
      // It does not read: there is nobody to tell.
    }
  }

  @inline(never)
  private func abort(_ cause: SMTPSessionEnd.Cause) {
    guard let byteCount = session.abortedByteCount else { return }
    receiver.discardMessage()
    receiver.messageAborted(stage: session.stageName, byteCount: byteCount, why: cause)
  }
}
