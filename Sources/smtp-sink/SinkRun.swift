// A run of smtp-sink from the first socket to the exit status: open, announce, serve, wait, drain,
// judge. Sessions run on threads of their own; this is the main thread.

internal import ArgumentParser
internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// One run of the tool.
struct SinkRun: ~Copyable {
  private let settings: SinkSettings
  private let diagnostics: Diagnostics

  init(settings: SinkSettings, diagnostics: Diagnostics) {
    self.settings = settings
    self.diagnostics = diagnostics
  }

  /// Runs to the end. Throws what ends it before it has served.
  func run() throws(ToolFailure) -> ExitCode {
    // A reader that goes away is an error of write(2), not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    // Whoever ignores it when starting us would keep the ends of our children from us.
    signal(SIGCHLD, SIG_DFL)
    try SinkListeners.checkDescriptors(settings)
    let signals = try SignalDescriptor([SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD])
    OpenFiles.raiseLimit()

    let account = try settings.runAs.map { (name) throws(ToolFailure) in try Account(name) }
    let sources = try SinkListeners.open(settings)
    let listeners = sources.listeners
    var settings = settings
    if listeners.isEmpty {
      settings.maxSessionCount = min(settings.maxSessionCount ?? .max, sources.connections.count)
    }
    // Keys are root's to read, and stay so.
    let secrets = try SinkSecrets(settings)
    if let directory = settings.rootDirectory { try Account.changeRoot(directory) }
    try account?.become()

    let stop: Interrupt
    let tally: SinkTally
    let timing: SMTPServerTiming
    let server: ConnectionServer
    do throws(SystemError) {
      stop = try Interrupt()
      tally = try SinkTally(settings)
      timing = SMTPServerTiming(
        silence: settings.timeout, drain: try Interrupt(), abort: try Interrupt())
      server = try ConnectionServer(
        listeners: listeners, maxConnectionCount: settings.maxConnectionCount,
        // A command may connect as often as it likes: for it the number is waited for, and no bound.
        maxAcceptedCount: settings.command.isEmpty ? settings.maxSessionCount : nil, stop: stop)
    } catch {
      throw ToolFailure(.software, error)
    }
    let sink = try Sink(
      settings, secrets: secrets, diagnostics: diagnostics, tally: tally, timing: timing)
    for listener in listeners {
      sink.events.listening(listener.address)
      diagnostics.info("listening on \(listener.address.text)")
    }
    try SinkListeners.announce(listeners, settings)

    do throws(SystemError) {
      try server.start(with: sources.connections) {
        SinkConnection(sink, number: sink.tally.beginSession(), socket: $0)
      } complain: { error in
        sink.diagnostics.problem("\(error)")
        sink.tally.countError()
        sink.events.error(session: nil, what: "accept", error)
      }
    } catch {
      throw ToolFailure(.temporary, error)
    }

    var supervisor = SinkSupervisor(sink: sink, signals: signals)
    if let status = supervisor.startCommand(at: listeners.first?.address) { return status }
    supervisor.waitForEnd()
    stop.raise()
    supervisor.drain(server)
    return supervisor.verdict()
  }
}
