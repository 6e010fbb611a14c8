// What the main thread of smtp-sink does while sessions run: heeds signals, minds COMMAND, waits for
// what was expected, and in the end says how it was.

internal import ArgumentParser
internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Watches over a run.
struct SinkSupervisor: ~Copyable {
  private let sink: Sink
  private let signals: SignalDescriptor
  private let start = ContinuousClock.now

  private var child: ChildProcess?
  /// COMMAND's exit status, when it has ended.
  private var commandStatus: Int32?
  /// The signal that ends the run.
  private var endingSignal: Int32?
  private var isWaitOver = false
  private var wasCutShort = false

  init(sink: Sink, signals: consuming SignalDescriptor) {
    self.sink = sink
    self.signals = signals
  }

  private var settings: SinkSettings { sink.settings }

  // MARK: - COMMAND

  /// Starts COMMAND, if there is one, and tells it where to send. The exit status when it cannot be
  /// started: 127 or 126, as env(1) and timeout(1) have it.
  mutating func startCommand(at address: SocketAddress?) -> ExitCode? {
    guard let address, !settings.command.isEmpty else { return nil }
    do throws(SystemError) {
      child = try ChildProcess(
        settings.command, environment: commandEnvironment(address), group: .ours)
      return nil
    } catch {
      sink.diagnostics.fatal("\(error)")
      return ExitCode(error.commandStatus)
    }
  }

  private func commandEnvironment(_ address: SocketAddress) -> [String] {
    var variables = ProcessEnvironment.variables(without: [
      "SMTP_HOST", "SMTP_PORT", "SMTP_URL", "SMTP_SINK_DIR",
    ])
    let scheme = settings.configuration.dialect == .lmtp ? "lmtp" : "smtp"
    if let port = address.port {
      // Listening everywhere is reached by way of loopback; "::" takes IPv4 too, and is there even
      // where IPv6 is switched off (Docker) and ::1 is not.
      let host = ["0.0.0.0", "::"].contains(address.host) ? "127.0.0.1" : address.host
      let urlHost = host.contains(":") ? "[\(host)]" : host
      variables += [
        "SMTP_HOST=\(host)", "SMTP_PORT=\(port)",
        "SMTP_URL=\(scheme)://\(urlHost):\(port)",
      ]
    } else {
      variables += ["SMTP_HOST=\(address.host)", "SMTP_URL=\(scheme)://\(address.host)"]
    }
    if let directory = settings.maildir { variables.append("SMTP_SINK_DIR=\(directory)") }
    return variables
  }

  /// Looks whether COMMAND has ended.
  private mutating func pollCommand() {
    guard commandStatus == nil, child != nil else { return }
    do throws(SystemError) {
      switch try child?.poll() {
      case .exited(let status): commandStatus = status
      case .signalled(let signal): commandStatus = 128 + signal
      case .timedOut, nil: break
      }
    } catch {
      sink.diagnostics.problem("\(error)")
      commandStatus = ExitStatus.software.rawValue
    }
  }

  // MARK: - Waiting

  /// Waits until the run is to end: a signal, all that was waited for, or the end of the wait.
  mutating func waitForEnd() {
    let hasCommand = !settings.command.isEmpty
    // With COMMAND the wait starts when it has ended, and is none unless asked for.
    var deadline = Deadline.never
    if !hasCommand, let wait = settings.wait { deadline = .after(wait) }
    var isWaitingForCommand = hasCommand
    while endingSignal == nil {
      if isWaitingForCommand, commandStatus != nil {
        isWaitingForCommand = false
        deadline = .after(settings.wait ?? .zero)
      }
      if !isWaitingForCommand {
        if sink.tally.isComplete || sink.printer.failure != nil { return }
        if hasCommand && !settings.hasTarget { return }
        if deadline.hasPassed {
          isWaitOver = true
          return
        }
      }
      waitForChange(until: deadline)
    }
    // COMMAND is told to end as well, and waited for: its status is ours.
    if child != nil, commandStatus == nil, let signal = endingSignal {
      tellCommand(signal)
      let patience = Deadline.after(settings.drain)
      while commandStatus == nil && !patience.hasPassed { waitForChange(until: patience) }
      if commandStatus == nil {
        _ = try? self.child?.terminate()
        commandStatus = 128 + SIGKILL
      }
    }
  }

  private borrowing func tellCommand(_ signal: Int32) {
    switch child {
    case .some(let child): kill(child.identifier, signal)
    case .none: break
    }
  }

  /// Sleeps until something happens, and takes note of it.
  private mutating func waitForChange(until deadline: Deadline) {
    var entries = [
      pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: sink.tally.changed.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&entries, 2, deadline.pollTimeout) > 0 else { return }
    if entries[1].revents != 0 { sink.tally.changed.clear() }
    while let signal = signals.next() { heed(signal) }
  }

  private mutating func heed(_ signal: Int32) {
    switch signal {
    case SIGCHLD: pollCommand()
    case SIGUSR1: summarize()
    case SIGHUP: sink.reload()
    case SIGTERM, SIGINT:
      endingSignal = signal
      // The second one does not wait for anybody, nor for us: we may be stuck in a write.
      SignalDescriptor.endAtOnce(on: [SIGTERM, SIGINT])
    default: break
    }
  }

  // MARK: - The end

  /// Lets transactions end, within `--drain`; then ends those that are left.
  mutating func drain(_ server: ConnectionServer) {
    sink.timing.drain.raise()
    let deadline = Deadline.after(settings.drain)
    while !server.waitUntilIdle(until: min(deadline, .after(.milliseconds(100)))) {
      while let signal = signals.next() { heedWhileDraining(signal) }
      guard deadline.hasPassed else { continue }
      sink.timing.abort.raise()
      // What they do now is to remove what is half done; one that cannot is cut short as well.
      let isIdle = server.waitUntilIdle(until: .after(.seconds(3)))
      wasCutShort = !isIdle || sink.tally.hasCutTransaction
      break
    }
    sink.events.summary(sink.tally.counts, duration: ContinuousClock.now - start)
  }

  private mutating func heedWhileDraining(_ signal: Int32) {
    let isEnding = endingSignal != nil
    heed(signal)
    // The first signal of a run that ends by itself hurries it.
    if !isEnding, endingSignal != nil { sink.timing.abort.raise() }
  }

  private func summarize() {
    sink.events.summary(sink.tally.counts, duration: ContinuousClock.now - start)
  }

  /// The exit status, and the lines on stderr that say why it is not 0.
  consuming func verdict() -> ExitCode {
    let diagnostics = sink.diagnostics
    if let failure = sink.printer.failure, failure.code == EPIPE, sink.settings.command.isEmpty {
      // The reader has gone: a pipeline ends quietly.
      return ExitCode(128 + SIGPIPE)
    }
    var isMet = true
    for expectation in sink.tally.unmet {
      diagnostics.problem(
        "expected '\(expectation.text)': \(expectation.matchCount) messages matched")
      isMet = false
    }
    if isWaitOver, let missing = sink.tally.missing {
      diagnostics.problem(missing)
      isMet = false
    }
    if !isMet { return ExitCode(ExitStatus.no.rawValue) }
    if wasCutShort, let endingSignal { return ExitCode(128 + endingSignal) }
    if let commandStatus, commandStatus != 0 { return ExitCode(commandStatus) }
    if let failure = sink.outputFailure {
      diagnostics.fatal("\(failure)")
      return ExitCode(ExitStatus.ioError.rawValue)
    }
    return ExitCode(
      sink.tally.hasStoreFailed ? ExitStatus.ioError.rawValue : ExitStatus.success.rawValue)
  }
}
