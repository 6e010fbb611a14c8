// sievectl delete: scripts go; the one that runs only when that is spelled out (RFC 5804 2.10).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct DeleteAction: SieveAction {
  static let name = "delete"
  static let abstract = "Delete scripts."
  static let operandUsage = "NAME..."

  @Flag(name: .long, help: "Be content when there is no such script.")
  var missingOk = false

  @Flag(name: .long, help: "Delete the active script, too, after it was deactivated.")
  var force = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let names = try request.names(1...Int.max, Self.operandUsage)
    let task = { (session: SieveSession) throws(SieveFailure) -> ExitStatus in
      var loop = ItemLoop(session)
      for name in names {
        try loop.run(name.description) { () throws(SieveFailure) in
          if session.settings.isDryRun {
            try plan(name, session)
          } else if try delete(name, session), session.output.form == .json {
            session.output.object { $0.add(name) }
          }
        }
      }
      return loop.status
    }
    return names.count == 1 && !request.settings.isDryRun
      ? .pipelined(.deleteScript(names[0]), task) : .remote(task)
  }

  /// Whether there was something to delete.
  private func delete(
    _ name: SieveScriptName, _ session: SieveSession
  ) throws(SieveFailure) -> Bool {
    do throws(SieveFailure) {
      try session.change { (client) throws(ManageSieveError) in try client.deleteScript(name) }
      return true
    } catch {
      if missingOk, error.cause == .nonexistent { return false }
      guard force, error.cause == .active else { throw error }
      try session.change { (client) throws(ManageSieveError) in
        try client.unsetActive()
        try client.deleteScript(name)
      }
      return true
    }
  }

  private func plan(_ name: SieveScriptName, _ session: SieveSession) throws(SieveFailure) {
    let entry = try session.ask { (client) throws(ManageSieveError) in
      try client.listScripts(cached: .allowed).first { $0.name.isMeant(by: name) }
    }
    guard let entry else {
      if missingOk { return }
      throw SieveFailure(.noInput, "no such script")
    }
    if entry.isActive {
      guard force else { throw SieveFailure(.refused, "it is the active script") }
      session.plan(.deactivate, entry.name)
    }
    session.plan(.delete, entry.name)
  }
}
