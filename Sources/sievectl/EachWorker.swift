// What does the work of each: user after user over one connection where the server lets users change
// (UNAUTHENTICATE, RFC 5804 2.14), else over one for each.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Works for one user after another.
///
/// Made by one thread and handed to another, after which nobody else touches it.
final class EachWorker: @unchecked Sendable {
  private let session: SieveSession
  private let command: EachCommand
  /// What is the same for all users.
  private var common: SieveTask?

  init(_ session: SieveSession, _ command: EachCommand) {
    self.session = session
    self.command = command
  }

  /// Works until there is nobody left.
  func run(_ queue: EachQueue) {
    while session.signals.received == nil, let user = queue.next() {
      queue.post(.done(user: user, work(for: user)))
    }
    session.disconnect()
    queue.post(.ended)
  }

  /// Runs the command for a user.
  func work(for user: String) -> LineReport {
    let voice = session.diagnostics
    let diagnostics = Diagnostics(
      tool: "\(voice.tool): \(SieveOutput.safe(user))", level: voice.level)
    let (report, failure) = LineReport.run(on: session, keeps: true, diagnostics) {
      () throws(SieveFailure) in
      let task = try task(for: user, diagnostics)
      try session.become(.user(user))
      return try task.run(on: session)
    }
    if let failure {
      if session.signals.received == nil { diagnostics.fatal(failure.message(about: nil)) }
      if failure.isFatal { session.disconnect() }
    }
    return report
  }

  private func task(
    for user: String, _ diagnostics: Diagnostics
  ) throws(SieveFailure) -> SieveTask {
    if let common { return common }
    let task = try command.task(for: user, session.settings, diagnostics)
    if !command.dependsOnUser { common = task }
    return task
  }
}
