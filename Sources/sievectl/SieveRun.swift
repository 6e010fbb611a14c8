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
      switch try action.prepare(request) {
      case .local(let task):
        let status = try task(output)
        try output.flush()
        return status
      case .remote(let task):
        guard let target = settings.target else {
          throw SieveFailure(.usage, "\(request.command): no server to ask")
        }
        return try run(task, target, output)
      }
    } catch {
      throw error.toolFailure
    }
  }

  private func run(
    _ task: (SieveSession) throws(SieveFailure) -> ExitStatus, _ target: SieveTarget,
    _ output: SieveOutput
  ) throws(SieveFailure) -> ExitStatus {
    let session: SieveSession
    let signals: SignalWatch
    do throws(ToolFailure) {
      let login = try SieveLogin(settings, target, diagnostics)
      // While the terminal is asked, signals do what they always do.
      if !login.mayUseCertificate { _ = try login.credentials() }
      signals = try SignalWatch()
      try signals.start()
      session = SieveSession(login, signals: signals, output: output, diagnostics)
    } catch {
      throw SieveFailure(error)
    }
    defer { session.disconnect() }
    do throws(ToolFailure) {
      return try settings.shared.timing.retryPolicy(default: 0).run(
        unless: signals.interrupt,
        isRepeatable: { !session.hasChanged && !output.hasWritten },
        notice: { failure, delay in
          diagnostics.info("\(failure.message); again in \(delay)")
        },
        { () throws(ToolFailure) in
          do throws(SieveFailure) {
            let status = try task(session)
            try output.flush()
            return status
          } catch {
            throw error.toolFailure
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
