// What the sessions of one run of smtp-sink share, and how each is served.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// What all sessions share.
final class Sink: Sendable {
  let settings: SinkSettings
  let setup: SMTPServerSetup
  let stores: SinkStores
  let tally: SinkTally
  let events: SinkEvents
  let printer: MessagePrinter
  let trace: DialogueTrace
  let diagnostics: Diagnostics
  let interest: SinkMessage.Interest
  let ids = MessageIDs()
  let timing: SMTPServerTiming
  /// The logins for new sessions.
  private let authentication: Guarded<SinkAuthentication?>
  let tls: SMTPServerTLS?
  /// Nil when there are none, and never will be.
  let rules: SinkRules?
  private let outputs: [RecordOutput]

  /// Opens stores and outputs. Throws a `ToolFailure` of status cannotCreate (73).
  init(
    _ settings: SinkSettings, secrets: SinkSecrets, diagnostics: Diagnostics, tally: SinkTally,
    timing: SMTPServerTiming
  ) throws(ToolFailure) {
    self.settings = settings
    setup = SMTPServerSetup(settings.configuration)
    self.diagnostics = diagnostics
    self.tally = tally
    self.timing = timing
    stores = try SinkStores(settings)
    authentication = Guarded(secrets.authentication)
    tls = secrets.tls
    rules = secrets.rules

    // Without stdout the run has no more use: the main thread has to know.
    let standardOutput = RecordOutput(descriptor: STDOUT_FILENO, name: "stdout") {
      tally.changed.raise()
    }
    var eventOutputs: [RecordOutput] = []
    if let target = settings.eventsTarget { eventOutputs.append(try Self.open(target)) }
    var style = PrintStyle.none
    switch settings.standardOutput {
    case .events: eventOutputs.append(standardOutput)
    case .messages(let wanted): style = wanted
    }
    events = SinkEvents(outputs: eventOutputs)
    printer = MessagePrinter(
      style: style, output: standardOutput, endsWithNul: settings.endsRecordsWithNul,
      lineEnds: settings.lineEnds)
    var traceOutputs: [RecordOutput] = []
    if let target = settings.traceTarget { traceOutputs.append(try Self.open(target)) }
    if settings.tracesToStderr { traceOutputs.append(.standardError) }
    trace = DialogueTrace(outputs: traceOutputs)
    outputs = eventOutputs + traceOutputs + [standardOutput]

    interest = SinkMessage.Interest(
      spool: !stores.isEmpty || printer.needsSpool,
      header: printer.needsHeader || events.isWanted || tally.isJudging,
      body: tally.needsBody,
      digest: events.isWanted)
    tellTLSWarnings()
  }

  /// Reads users, certificates and rules again; what is bad stays as it was.
  func reload() {
    do throws(ToolFailure) {
      try rules?.reload()
    } catch {
      diagnostics.problem("rules as before: \(error.message)")
    }
    if let target = settings.authentication.usersTarget, target.hasPrefix("fd:") {
      // It was read to its end and closed; by now its number may be somebody else's.
      diagnostics.problem("users as before: \(target) cannot be read again")
    } else {
      do throws(ToolFailure) {
        let new = try SinkAuthentication(settings.authentication)
        authentication.withLock { $0 = new }
      } catch {
        diagnostics.problem("users as before: \(error.message)")
      }
    }
    do throws(TLSConfigurationError) {
      try tls?.context.reload()
      tellTLSWarnings()
    } catch {
      diagnostics.problem("certificates as before: \(error)")
    }
  }

  /// Says what is odd about the certificates: expired, a stale staple.
  private func tellTLSWarnings() {
    for warning in tls?.context.current.warnings ?? [] { diagnostics.problem(warning) }
  }

  /// The logins for a new session.
  var currentAuthentication: SinkAuthentication? { authentication.withLock { $0 } }

  private static func open(_ target: String) throws(ToolFailure) -> RecordOutput {
    do throws(SystemError) {
      return try RecordOutput.open(target)
    } catch {
      throw ToolFailure(.cannotCreate, error)
    }
  }

  /// What went wrong with stdout, the events or the trace, if anything did.
  var outputFailure: SystemError? { outputs.lazy.compactMap(\.failure).first }
}

/// What is read before the tool becomes another user: keys, who may log in, and rules.
struct SinkSecrets: Sendable {
  let authentication: SinkAuthentication?
  let tls: SMTPServerTLS?
  let rules: SinkRules?

  /// Throws a `ToolFailure` of status dataError (65), noInput (66), ioError (74) or configuration
  /// (78).
  init(_ settings: SinkSettings) throws(ToolFailure) {
    rules = settings.rules.isWanted ? try SinkRules(settings.rules) : nil
    authentication = try SinkAuthentication(settings.authentication)
    tls =
      settings.tls.isOn
      ? SMTPServerTLS(
        context: try settings.tls.open(host: settings.configuration.hostname.text),
        start: settings.tls.implicitTls ? .implicit : .onRequest)
      : nil
  }
}

/// One connection from its start to its end.
final class SinkConnection: ServedSession {
  private let sink: Sink
  private let number: Int
  private let session: SinkSession
  private let driver: SMTPServerDriver

  init(_ sink: Sink, number: Int, socket: AcceptedSocket) {
    self.sink = sink
    self.number = number
    session = SinkSession(sink, number: number, peer: socket.peer)
    driver = SMTPServerDriver(
      setup: sink.setup, policy: session, receiver: session,
      connection: Connection(adopting: socket.descriptor), timing: sink.timing, tls: sink.tls,
      proxy: session.proxyUse)
  }

  var wasSession: Bool { session.isSession }

  func proceed() -> SessionPause? {
    switch driver.proceed() {
    case .waiting(let pause):
      return pause
    case .ended(let end):
      guard session.isSession else { return nil }
      let state = driver.state
      if end.cause == .drain, state.envelope != nil { sink.tally.countCutTransaction() }
      sink.events.disconnect(session: number, state, end)
      sink.diagnostics.info(
        "session \(number): \(state.messageCount) messages, ended: \(end.cause.rawValue)")
      sink.tally.endSession()
      return nil
    }
  }
}
