// A run of one command: what is on this machine first, then the credentials, then the server, with
// retries; and what it comes to.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Runs a command to its end.
struct SieveRun {
  let settings: SieveSettings
  let diagnostics: Diagnostics

  /// The exit status. Throws what ends the run.
  func run(
    _ request: SieveRequest, _ action: some SieveAction
  ) throws(ToolFailure) -> ExitStatus {
    let output = SieveOutput(settings.form)
    do throws(SieveFailure) {
      let task = try action.prepare(request)
      if case .local(let local) = task {
        let status = try local(output)
        try output.flush()
        return status
      }
      guard let target = settings.target else {
        throw SieveFailure(.usage, "\(request.command): no server to ask")
      }
      return try run(task, target, output)
    } catch {
      throw error.toolFailure(about: settings.target?.url.host)
    }
  }

  private func run(
    _ task: SieveTask, _ target: SieveTarget, _ output: SieveOutput
  ) throws(SieveFailure) -> ExitStatus {
    let session: SieveSession
    let signals: SignalWatch
    do throws(ToolFailure) {
      let login = try SieveLogin(settings, target, diagnostics)
      // While the terminal is asked, signals do what they always do.
      if task.needsLogin, !login.mayUseCertificate { _ = try login.credentials() }
      signals = try SignalWatch()
      try signals.start()
      session = SieveSession(login, signals: signals, output: output, diagnostics)
    } catch {
      throw SieveFailure(error)
    }
    defer { session.disconnect() }
    let policy = settings.shared.timing.retryPolicy(default: 0)
    session.triesLeft = policy.count + 1
    do throws(ToolFailure) {
      return try policy.run(
        unless: signals.interrupt,
        isRepeatable: { !session.hasChanged && !output.hasWritten },
        notice: { failure, delay in
          diagnostics.info("\(failure.message); again in \(delay)")
        },
        { () throws(ToolFailure) in
          do throws(SieveFailure) {
            session.triesLeft -= 1
            let status = try task.run(on: session)
            try output.flush()
            return status
          } catch {
            throw error.toolFailure(about: session.host)
          }
        })
    } catch {
      if let number = signals.received {
        session.disconnect()
        exit(128 + number)
      }
      throw SieveFailure(error)
    }
  }
}
