// Runs an SMTP server session over a connection: receives, hands on, sends, until one side ends it.
// The dialogue is SMTPServerSession's, the messages go to an SMTPMessageReceiver. How it ends is in
// SMTPServerDriver+End.

package import MailProtocols

/// One session on one connection, from the greeting to the close.
///
/// It goes on from wherever it was (`proceed`), so that a session whose client is silent needs no
/// thread: all that it is stands here.
package final class SMTPServerDriver {
  var session: SMTPServerSession
  let connection: Connection
  let receiver: any SMTPMessageReceiver
  let timing: SMTPServerTiming
  private let tls: SMTPServerTLS?
  private var isGraceGiven = false
  /// What the session asked for last; nil before the greeting.
  private var effect: SMTPServerEffect?
  /// What is waited for between two turns, and until when.
  private var wait = Wait.input
  private var waitEnd = Deadline.never
  /// The wait for a PROXY header; nil when it has come, and where none is expected.
  private var proxyWait: ProxyHeaderWait?
  /// What came and was not looked at yet: behind a PROXY header, or behind a command whose reply has
  /// to wait.
  private var unheard: [UInt8] = []
  /// How slowly the content of the message is read; nil for as fast as it comes.
  private var pace: ContentPace?

  private enum Wait {
    case input
    /// Before a reply that a policy wants to come late.
    case delay
    /// Behind content that is read slowly.
    case pace
    /// Silent until the time-out.
    case stall
  }

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

  deinit { SASLSecret.wipe(&unheard) }

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

  /// Talks to the client until it is silent for a tenth of a second, we are to be silent ourselves, or
  /// the session ends.
  package func proceed() -> Turn {
    let cause: SMTPSessionEnd.Cause
    do throws(ConnectionError) {
      switch try converse() {
      case .some(let end): cause = end
      case .none:
        connection.releaseBuffer()
        return .waiting(pause)
      }
    } catch {
      cause = lose(error)
    }
    return .ended(
      SMTPSessionEnd(
        cause: cause, receivedByteCount: connection.receivedByteCount,
        sentByteCount: connection.sentByteCount))
  }

  /// What is waited for now. A wait of our own making ends when the server does.
  private var pause: SessionPause {
    let (event, interrupt): (SessionPause.Event, Interrupt) =
      switch wait {
      case .input: (.input, waitInterrupt)
      case .delay, .pace: (.nothing, timing.drain)
      case .stall: (.hangUp, timing.drain)
      }
    return SessionPause(
      descriptor: connection.descriptor, deadline: waitEnd, interrupt: interrupt, event: event)
  }

  /// Nil when there is something to wait for.
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
    } else if let cause = try endWait() {
      return cause
    }
    while true {
      // Content that came too fast is waited for before anything is said to it.
      if let pause = pace?.takePause(), !timing.drain.isRaised {
        begin(.pace, for: pause)
        return nil
      }
      try flush()
      switch effect {
      case .close(let reason):
        return close(reason)
      case .startTLS:
        try shakeHands()
        session.tlsStarted()
        effect = .needsInput
      case .delay(let duration):
        if timing.drain.isRaised {
          try goOn()
          continue
        }
        begin(.delay, for: duration)
        return nil
      case .stall:
        begin(.stall, for: timing.silence)
        return nil
      case .beginMessage, .carriageReturn, .content, .discardMessage, .endMessage, .flush, .lineEnd,
        .needsInput, nil:
        break
      }
      if !unheard.isEmpty {
        try hearRest()
        continue
      }
      try checkInterrupt()
      var failure: ConnectionError?
      let isOpen = try connection.receiveShortly(atMost: maxReadCount) { input in
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
      unheard = behind
      session.proxyPresent(header)
      receiver.proxied(header)
    case .ended(_, let failure):
      if let failure { receiver.proxyFailed(failure) }
    }
    return progress
  }

  /// Takes the session through what came and was not looked at yet.
  private func hearRest() throws(ConnectionError) {
    var input = unheard
    unheard = []
    defer { SASLSecret.wipe(&input) }
    effect = try digest(input.span)
    session.holdsSecretInput = false
  }

  private var maxReadCount: Int {
    guard session.isReceivingContent, !timing.drain.isRaised, let rate = session.contentByteRate
    else { return .max }
    return ContentPace(byteRate: rate).maxReadCount
  }

  /// Content has come that is to be read so slowly.
  private func keepPace(_ rate: Int, _ byteCount: Int) {
    if pace?.byteRate != rate {
      pace = ContentPace(byteRate: rate)
      connection.narrowInput(to: rate)
    }
    pace?.count(byteCount)
  }

  private func begin(_ wait: Wait, for duration: Duration) {
    self.wait = wait
    waitEnd = .after(duration)
  }

  /// The wait is over, for whatever reason. How the session ended, when it has.
  private func endWait() throws(ConnectionError) -> SMTPSessionEnd.Cause? {
    let over = wait
    wait = .input
    switch over {
    case .input:
      if waitEnd.hasPassed { try checkTime() }
    case .delay:
      waitEnd = .after(timing.silence)
      try goOn()
    case .pace:
      waitEnd = .after(timing.silence)
      if timing.drain.isRaised { connection.widenInput() }
    case .stall:
      if timing.drain.isRaised { throw .interrupted }
      if waitEnd.hasPassed { return close(.rule) }
      abort(.eof)
      return .eof
    }
    return nil
  }

  /// A delay is over: what was held back is said, and what came behind it is heard.
  private func goOn() throws(ConnectionError) {
    session.endDelay()
    try hearRest()
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
      as: .server(tls.context.current), behindProxyHeader: unheard, until: .after(timing.silence),
      unless: timing.abort)
    unheard = []
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
      case .needsInput, .close, .stall: return effect
      case .delay:
        if position < input.count {
          unheard = input.copy(position..<input.count)
          // It has not been looked at, and may hold a secret.
          session.holdsSecretInput = true
        }
        return effect
      case .flush: try flush()
      case .beginMessage:
        pace = nil
        receiver.beginMessage(session.state)
      case .content(let range):
        if let rate = session.contentByteRate { keepPace(rate, range.count) }
        receiver.append(input.extracting(range))
      case .carriageReturn: receiver.append(Self.crlf.span.extracting(0..<1))
      case .lineEnd: receiver.append(Self.crlf.span)
      case .endMessage:
        session.finishMessage(
          receiver.endMessage(session.state), closing: timing.drain.isRaised ? .drain : .limit)
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
}
