// Runs an SMTP server session over a connection: receives, hands on, sends, until one side ends it.
// The dialogue is SMTPServerSession's, the messages go to an SMTPMessageReceiver.

package import MailProtocols

/// One session on one connection, from the greeting to the close.
///
/// It goes on from wherever it was (`proceed`), so that a session whose client is silent needs no
/// thread: all that it is stands here.
package final class SMTPServerDriver {
  private var session: SMTPServerSession
  private let connection: Connection
  private let receiver: any SMTPMessageReceiver
  private let timing: SMTPServerTiming
  private let tls: SMTPServerTLS?
  private var isGraceGiven = false
  /// What the session asked for last; nil before the greeting.
  private var effect: SMTPServerEffect?
  /// The end of the wait under way.
  private var waitEnd = Deadline.never
  /// The wait for a PROXY header; nil when it has come, and where none is expected.
  private var proxyWait: ProxyHeaderWait?
  /// Octets that came together with the header, and are looked at before any other.
  private var early: [UInt8] = []

  package init(
    setup: SMTPServerSetup, policy: any SMTPServerPolicy,
    receiver: any SMTPMessageReceiver, connection: Connection, timing: SMTPServerTiming,
    tls: SMTPServerTLS? = nil, proxy: SMTPProxyUse = .none
  ) {
    proxyWait = ProxyHeaderWait(proxy)
    session = SMTPServerSession(setup: setup, policy: policy)
    self.connection = connection
    self.receiver = receiver
    self.timing = timing
    self.tls = tls
  }

  /// What the session knows of its client.
  package var state: SMTPSessionState { session.state }

  /// How a turn of the dialogue came out.
  package enum Turn {
    /// The client is silent; nothing is to be done before it says something, or the wait is over.
    case waiting(SessionPause)
    case ended(SMTPSessionEnd)
  }

  /// Talks to the client until either side ends it, and says how that was. It waits as long as it
  /// must on the thread that calls.
  package func run() -> SMTPSessionEnd {
    while true {
      switch proceed() {
      case .waiting(let pause): pause.wait()
      case .ended(let end): return end
      }
    }
  }

  /// Talks to the client until it is silent for a tenth of a second, or the session ends.
  package func proceed() -> Turn {
    let cause: SMTPSessionEnd.Cause
    do throws(ConnectionError) {
      switch try converse() {
      case .some(let end): cause = end
      case .none:
        return .waiting(
          SessionPause(
            descriptor: connection.descriptor, deadline: waitEnd, interrupt: waitInterrupt))
      }
    } catch {
      cause = lose(error)
    }
    return .ended(
      SMTPSessionEnd(
        cause: cause, receivedByteCount: connection.receivedByteCount,
        sentByteCount: connection.sentByteCount))
  }

  /// Nil when the client is silent.
  private func converse() throws(ConnectionError) -> SMTPSessionEnd.Cause? {
    if effect == nil {
      switch awaitProxyHeader() {
      case .silent: return nil
      case .ended(let cause, _): return cause
      case .header, nil: break
      }
      if case .implicit = tls?.start {
        try shakeHands()
        session.tlsPresent()
      }
      effect = session.open()
      waitEnd = .after(timing.silence)
    } else if waitEnd.hasPassed {
      try checkTime()
    }
    while true {
      try flush()
      switch effect {
      case .close(let reason):
        return close(reason)
      case .startTLS:
        try shakeHands()
        session.tlsStarted()
        effect = .needsInput
      case .beginMessage, .carriageReturn, .content, .discardMessage, .endMessage, .flush, .lineEnd,
        .needsInput, nil:
        break
      }
      if !early.isEmpty {
        try digestEarly()
        continue
      }
      try checkInterrupt()
      var failure: ConnectionError?
      let isOpen = try connection.receiveShortly { input in
        do throws(ConnectionError) {
          effect = try digest(input)
        } catch {
          failure = error
        }
      }
      if session.holdsSecretInput {
        connection.wipeInput()
        session.holdsSecretInput = false
      }
      if let failure { throw failure }
      guard let isOpen else {
        try checkInterrupt()
        // Octets that make up nothing, part of a TLS record say, do not stop the clock.
        if waitEnd.hasPassed { throw isGraceGiven ? .interrupted : .timedOut }
        return nil
      }
      guard isOpen else {
        abort(.eof)
        return .eof
      }
      if !isGraceGiven { waitEnd = .after(timing.silence) }
    }
  }

  /// Goes on with the wait for a PROXY header, if there is one.
  private func awaitProxyHeader() -> ProxyHeaderWait.Progress? {
    guard var wait = proxyWait else { return nil }
    let progress = wait.proceed(connection, unless: timing.drain)
    switch progress {
    case .silent:
      proxyWait = wait
      waitEnd = wait.deadline
    case .header(let header, let behind):
      proxyWait = nil
      early = behind
      session.proxyPresent(header)
      receiver.proxied(header)
    case .ended(_, let failure):
      if let failure { receiver.proxyFailed(failure) }
    }
    return progress
  }

  /// Takes the session through what came together with the PROXY header.
  private func digestEarly() throws(ConnectionError) {
    var input = early
    early = []
    defer { if session.holdsSecretInput { SASLSecret.wipe(&input) } }
    effect = try digest(input.span)
  }

  /// What ends the wait of a client that is silent now.
  private var waitInterrupt: Interrupt {
    session.isInTransaction || isGraceGiven ? timing.abort : timing.drain
  }

  /// Ends the dialogue when the server ends; a client that never stops talking cannot put it off.
  private func checkInterrupt() throws(ConnectionError) {
    if isGraceGiven && waitEnd.hasPassed { throw .interrupted }
    guard waitInterrupt.isRaised else { return }
    guard !session.isInTransaction, !isGraceGiven, session.messageCount > 0 else {
      throw .interrupted
    }
    // The last message is in; its client deserves the answer to its QUIT.
    isGraceGiven = true
    waitEnd = .after(timing.quitGrace)
  }

  /// The end of a wait has come: did the client speak up at the last moment?
  private func checkTime() throws(ConnectionError) {
    if isGraceGiven { throw .interrupted }
    guard try connection.hasInput() else { throw .timedOut }
  }

  private func shakeHands() throws(ConnectionError) {
    guard let tls else { preconditionFailure("STARTTLS without a certificate") }
    try connection.startTLS(
      as: .server(tls.context.current), behindProxyHeader: early, until: .after(timing.silence),
      unless: timing.abort)
    early = []
    guard let facts = connection.tls else { preconditionFailure("a handshake without facts") }
    let bindings = SASLChannelBinding.Kind.allCases.compactMap { kind in
      TLSChannelBinding(rawValue: kind.rawValue).flatMap { connection.channelBinding($0) }
        .map { SASLChannelBinding(kind: kind, data: $0) }
    }
    receiver.tlsStarted(facts, bindings: bindings)
  }

  /// Takes the session through all of the input.
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
      case .endMessage:
        let reply = receiver.endMessage(session.state)
        session.finishMessage(reply)
        // RFC 5321 3.8: behind 421 comes nothing more.
        if reply.code == 421 { return .close(.drain) }
      case .discardMessage: receiver.discardMessage()
      case .startTLS: return effect
      }
    }
  }

  private static let crlf: [UInt8] = [.carriageReturn, .lineFeed]

  private func flush() throws(ConnectionError) {
    guard !session.output.isEmpty else { return }
    receiver.sending(session.output.span)
    try connection.send(session.output, until: .after(timing.silence))
    session.output.removeAll(keepingCapacity: session.output.capacity <= Self.maxKeptOutput)
  }

  /// Octets of output buffer that an idle session may keep.
  private static let maxKeptOutput = 512

  // MARK: - The end

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
  private func lose(_ error: ConnectionError) -> SMTPSessionEnd.Cause {
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

  private func abort(_ cause: SMTPSessionEnd.Cause) {
    guard let byteCount = session.abortedByteCount else { return }
    if session.hasUnfinishedMessage { receiver.discardMessage() }
    receiver.messageAborted(stage: session.stageName, byteCount: byteCount, why: cause)
  }
}
