// What the sessions of one run of smtp-sink share, and how each is served.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// What all sessions share.
final class Sink: Sendable {
  let settings: SinkSettings
  private let setup: SMTPServerSetup
  let stores: SinkStores
  let tally: SinkTally
  let events: SinkEvents
  let printer: MessagePrinter
  let trace: DialogueTrace
  let diagnostics: Diagnostics
  let interest: SinkMessage.Interest
  let ids = MessageIDs()
  let timing: SMTPServerTiming
  private let outputs: [RecordOutput]

  /// Opens stores and outputs. Throws a `ToolFailure` of status cannotCreate (73).
  init(
    _ settings: SinkSettings, diagnostics: Diagnostics, tally: SinkTally, timing: SMTPServerTiming
  ) throws(ToolFailure) {
    self.settings = settings
    setup = SMTPServerSetup(settings.configuration)
    self.diagnostics = diagnostics
    self.tally = tally
    self.timing = timing
    stores = try SinkStores(settings)

    var eventOutputs: [RecordOutput] = []
    if let target = settings.eventsTarget { eventOutputs.append(try Self.open(target)) }
    var style = PrintStyle.none
    switch settings.standardOutput {
    case .events: eventOutputs.append(.standardOutput)
    case .messages(let wanted): style = wanted
    }
    events = SinkEvents(outputs: eventOutputs)
    printer = MessagePrinter(
      style: style, output: .standardOutput, endsWithNul: settings.endsRecordsWithNul,
      lineEnds: settings.lineEnds)
    var traceOutputs: [RecordOutput] = []
    if let target = settings.traceTarget { traceOutputs.append(try Self.open(target)) }
    if settings.tracesToStderr { traceOutputs.append(.standardError) }
    trace = DialogueTrace(outputs: traceOutputs)
    outputs = eventOutputs + traceOutputs + [.standardOutput]

    interest = SinkMessage.Interest(
      spool: !stores.isEmpty || printer.needsSpool,
      header: printer.needsHeader || events.isWanted || tally.isJudging,
      body: tally.needsBody,
      digest: events.isWanted)
  }

  private static func open(_ target: String) throws(ToolFailure) -> RecordOutput {
    do throws(SystemError) {
      return try RecordOutput.open(target)
    } catch {
      throw ToolFailure(.cannotCreate, error)
    }
  }

  /// What went wrong with stdout, the events or the trace, if anything did.
  var outputFailure: SystemError? { outputs.lazy.compactMap(\.failure).first }

  /// Serves one connection to its end; called on its thread.
  func serve(_ socket: AcceptedSocket, number: Int) {
    let session = SinkSession(self, number: number, peer: socket.peer)
    events.connect(session: number, peer: socket.peer)
    diagnostics.info("session \(number): \(socket.peer.text) connected")
    let driver = SMTPServerDriver(
      setup: setup, policy: session, receiver: session,
      connection: Connection(adopting: socket.descriptor, stack: socket.stack), timing: timing)
    let end = driver.run()
    conclude(driver.state, end, number: number)
  }

  // Apart, so that `serve` has next to nothing on the stack while a client is idle.
  @inline(never)
  private func conclude(_ state: SMTPSessionState, _ end: SMTPSessionEnd, number: Int) {
    events.disconnect(session: number, state, end)
    diagnostics.info(
      "session \(number): \(state.messageCount) messages, ended: \(end.cause.rawValue)")
    tally.endSession()
  }
}
