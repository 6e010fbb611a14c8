// A blocking ManageSieve client (RFC 5804) on a connection that is there: the greeting, TLS, the
// end, and the way of a command to its reply. Logging in and scripts are in the extensions. Finds
// no address, follows no referral: it says where the server refers to.

internal import Glibc
package import MailProtocols

/// A client of one server, for one thread.
package final class ManageSieveClient {
  /// The most that a whole reply may take, in time-outs.
  static let maxReplyTimeouts = 20
  /// How long a server may take to say goodbye.
  static let logoutPatience = Duration.seconds(5)
  /// How much is sent within one time-out.
  static let sendByteCount = 256 << 10

  /// What the client was told.
  package let options: ManageSieveOptions
  /// The connection below; not to be read from or written to.
  package let connection: Connection
  /// Where this is connected to, and once that is so, who is logged in.
  package internal(set) var url: SieveURL
  /// The text of the last `OK (WARNINGS)` to PUTSCRIPT or CHECKSCRIPT; nil when the last of those
  /// had none. Untrusted.
  package internal(set) var lastWarning: [UInt8]?
  /// How the login was done; nil before.
  package internal(set) var login: SASLAttempt?
  /// The last list of scripts, until something changes them.
  var cachedScripts: [SieveScriptEntry]?
  /// What was sent before somebody asked for it (`sendAhead`).
  var ahead: [Ahead] = []

  var session: SieveClientSession
  private var events: [SieveClientSession.Event] = []
  private var failure: SieveProtocolError?
  private var isOpen = true
  private let interrupt: Interrupt?
  private let trace: ((SieveClientSession.TraceLine) -> Void)?

  /// Takes a connection over before the greeting, for `sieves` after its handshake.
  /// - Parameter interrupt: raised, it ends every wait for the server with
  ///   `connection(.interrupted)`; what is being sent is sent to its end.
  /// - Parameter trace: is told each line of the dialogue, secrets masked, scripts left out.
  package init(
    _ connection: Connection, url: SieveURL, options: ManageSieveOptions = ManageSieveOptions(),
    interrupt: Interrupt? = nil, trace: ((SieveClientSession.TraceLine) -> Void)? = nil
  ) {
    self.connection = connection
    self.url = url
    self.options = options
    self.interrupt = interrupt
    self.trace = trace
    session = SieveClientSession(
      limits: options.limits, pipelineDepth: options.pipelineDepth, isTraced: trace != nil)
  }

  /// What the server can do, as it last said; nothing before the greeting.
  package var capabilities: SieveCapabilities { session.capabilities ?? SieveCapabilities() }

  /// Whether nothing can be asked any more.
  package var isOver: Bool { session.isOver }

  // MARK: - The beginning

  /// Waits for the greeting. Throws `bye`, `referral` or `refused` when the server does not want us.
  package func readGreeting() throws(ManageSieveError) {
    guard case .greeting(let reply) = try nextEvent() else { throw unexpected() }
    guard reply.isOK else { throw refusal(reply, verb: .capability) }
  }

  /// Goes over to TLS and learns the capabilities anew.
  ///
  /// Throws `capabilityMissing(.startTLS)` when the server does not offer it, `refused` when it
  /// does not want to, `peerNotTrusted` for its certificate, and `protocolViolation` when octets
  /// came behind the OK.
  /// - Parameter timeout: for the handshake.
  package func startTLS(
    _ context: TLSClientContext, host: TLSHost, timeout: Duration
  ) throws(ManageSieveError) {
    guard capabilities.startTLS else { throw .capabilityMissing(.startTLS) }
    try submit(.startTLS)
    switch try nextEvent() {
    case .startTLS: break
    case .reply(let reply): throw refusal(reply, verb: .startTLS)
    default: throw unexpected()
    }
    do throws(ConnectionError) {
      try connection.startTLS(
        as: .client(context, host: host), until: .after(timeout), unless: interrupt)
    } catch {
      throw fail(error)
    }
    session.tlsStarted()
    if try nextEvent(within: options.capabilitiesPatience) == nil {
      session.askForCapabilities()
      try awaitCapabilities()
    }
  }

  // MARK: - Commands

  /// Sends a command and waits for its reply, be it OK or NO.
  package func perform(_ command: SieveCommand) throws(ManageSieveError) -> SieveReply {
    if let reply = try replySentAhead(to: command) { return reply }
    try submit(command)
    return try awaitReply()
  }

  /// Sends commands, up to `ManageSieveOptions.pipelineDepth` ahead of their replies, and hands each
  /// reply over, in order, with the index of its command. A NO stops nothing.
  package func perform(
    _ commands: [SieveCommand], _ body: (Int, SieveReply) -> Void
  ) throws(ManageSieveError) {
    try settleAhead()
    var sent = 0
    var answered = 0
    while answered < commands.count {
      while sent < commands.count, !session.isOver, session.canSend(commands[sent].verb) {
        session.send(commands[sent])
        forget(commands[sent].verb)
        sent += 1
      }
      guard sent > answered else { throw ending }
      try transmit()
      body(answered, try awaitReply())
      answered += 1
    }
  }

  /// A command that must succeed: throws `refused` when it does not.
  @discardableResult
  func require(_ command: SieveCommand) throws(ManageSieveError) -> SieveReply {
    let reply = try perform(command)
    guard reply.isOK else { throw refusal(reply, verb: command.verb) }
    return reply
  }

  /// A NO, or a BYE to the greeting, as an error.
  func refusal(
    _ reply: SieveReply, verb: SieveVerb, cause: SieveRefusalCause? = nil
  ) -> ManageSieveError {
    var cause = cause ?? SieveRefusalCause(reply.response, to: verb)
    if cause == .undecided { cause = .refused }
    return .refused(SieveRefusal(verb: verb, response: reply.response, cause: cause))
  }

  func submit(_ command: SieveCommand) throws(ManageSieveError) {
    try settleAhead()
    // After an interrupt, replies are outstanding that nobody waits for any more.
    guard session.canSend(command.verb) else { throw ending }
    session.send(command)
    forget(command.verb)
    try transmit()
  }

  /// Why nothing can be sent any more.
  var ending: ManageSieveError {
    session.end()
    for case .bye(let response, let verb) in events {
      if let error = response.asError(to: verb ?? .capability) { return error }
    }
    return failure.map { .protocolViolation($0) } ?? .closed
  }

  /// What was known of the scripts is not any more.
  func forget(_ verb: SieveVerb) {
    switch verb {
    case .putScript, .setActive, .deleteScript, .renameScript, .raw, .authenticate,
      .unauthenticate:
      cachedScripts = nil
    case .startTLS, .logout, .capability, .haveSpace, .listScripts, .getScript, .checkScript,
      .noOperation:
      break
    }
  }

  func awaitReply() throws(ManageSieveError) -> SieveReply {
    guard case .reply(let reply) = try nextEvent() else { throw unexpected() }
    return reply
  }

  /// Learns the capabilities anew, after a login or its end.
  func refreshCapabilities() throws(ManageSieveError) {
    guard !session.isOver else { throw ending }
    session.refreshCapabilities()
    try awaitCapabilities()
  }

  private func awaitCapabilities() throws(ManageSieveError) {
    try transmit()
    guard try nextEvent() == .capabilities else { throw unexpected() }
  }

  /// The session hands out no other event than the one that is due.
  private func unexpected() -> ManageSieveError {
    session.end()
    return .closed
  }

  // MARK: - Octets

  /// Sends what the session has written, and takes what comes meanwhile.
  func transmit() throws(ManageSieveError) {
    var output = session.takeOutput()
    // It may hold a password.
    defer { SASLSecret.wipe(&output) }
    report()
    do throws(ConnectionError) {
      for start in stride(from: 0, to: output.count, by: Self.sendByteCount) {
        // A server that has said BYE, or broke the protocol, is told nothing more.
        if session.isOver { return }
        var piece = Array(output[start..<min(output.count, start + Self.sendByteCount)])
        defer { SASLSecret.wipe(&piece) }
        isOpen = try connection.exchange(
          piece, until: .after(options.timeout), unless: nil, take)
      }
    } catch {
      throw lastWords(error)
    }
  }

  /// The next event that the session has for us; nil after `patience` without one.
  private func nextEvent(
    within patience: Duration
  ) throws(ManageSieveError) -> SieveClientSession.Event? {
    let waited = session.stepCount
    do throws(ManageSieveError) {
      return try nextEvent(timeout: min(patience, options.timeout), mayTimeOut: true)
    } catch .connection(.timedOut) where session.stepCount == waited {
      return nil
    }
  }

  func nextEvent() throws(ManageSieveError) -> SieveClientSession.Event {
    try nextEvent(timeout: options.timeout, mayTimeOut: false)
  }

  private func nextEvent(
    timeout: Duration, mayTimeOut: Bool
  ) throws(ManageSieveError) -> SieveClientSession.Event {
    let end = Deadline.after(options.timeout * Self.maxReplyTimeouts)
    var deadline = Deadline.after(timeout)
    var stepCount = session.stepCount
    while true {
      if !events.isEmpty {
        let event = events.removeFirst()
        if case .bye(let response, let verb) = event {
          throw response.asError(to: verb ?? .capability) ?? .closed
        }
        return event
      }
      if let failure { throw .protocolViolation(failure) }
      guard isOpen else {
        session.end()
        throw .closed
      }
      if session.stepCount != stepCount {
        stepCount = session.stepCount
        deadline = .after(options.timeout)
      }
      do throws(ConnectionError) {
        isOpen = try connection.receive(until: min(deadline, end), unless: interrupt, take)
        report()
      } catch {
        if error == .timedOut, mayTimeOut { throw .connection(error) }
        throw fail(error)
      }
    }
  }

  private func take(_ input: Span<UInt8>) {
    var position = 0
    guard failure == nil else { return }
    do throws(SieveProtocolError) {
      while let event = try session.receive(input, at: &position) { events.append(event) }
    } catch {
      failure = error
    }
  }

  private func report() {
    guard let trace else { return }
    for line in session.takeTrace() { trace(line) }
  }

  /// The connection's error as ours. An interrupt leaves the dialogue as it is.
  private func fail(_ error: ConnectionError) -> ManageSieveError {
    switch error {
    case .interrupted: return .connection(error)
    case .untrusted(let reason):
      session.end()
      return .peerNotTrusted(.certificate(reason))
    case .truncated:
      session.end()
      return .closed
    case .timedOut, .broken, .closedInHandshake, .tlsFailed:
      session.end()
      return .connection(error)
    }
  }

  /// Sending failed: a server that hangs up often has said why.
  private func lastWords(_ error: ConnectionError) -> ManageSieveError {
    if case .broken = error {
      do throws(ConnectionError) {
        let deadline = Deadline.after(.seconds(1))
        while isOpen, !session.isOver {
          isOpen = try connection.receive(until: deadline, unless: nil, take)
        }
      } catch {
        // There is no more to hear.
      }
      report()
      if session.isOver { return ending }
    }
    return fail(error)
  }

  // MARK: - The end

  /// Says LOGOUT and waits for the answer a little; errors are of no interest any more. After an
  /// error of the protocol, and in the middle of a login, nothing is said.
  package func logout() {
    guard !session.isOver, session.canSend(.logout) else { return shutdown() }
    do throws(ManageSieveError) {
      session.send(.logout)
      try transmit()
      while !session.isOver {
        _ = try nextEvent(timeout: min(Self.logoutPatience, options.timeout), mayTimeOut: false)
      }
    } catch {
      // The connection ends either way.
    }
    shutdown()
  }

  /// Ends the connection without a word to the server.
  package func shutdown() {
    session.end()
    isOpen = false
    connection.endOutput()
  }

  /// `logout`, where that is safe, and `shutdown`.
  package func disconnect() { logout() }
}
