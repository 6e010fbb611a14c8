// What takes several commands: copies, backups, and renaming where the server cannot. None of them
// loses a script, wherever the connection breaks: what is there is deleted last.

package import MailProtocols

extension ManageSieveClient {
  /// What to do when the new name is taken.
  package enum Collision: Sendable { case refuse, replace }

  /// How to rename.
  package enum Renaming: Sendable {
    /// By RENAMESCRIPT, or step by step where the server has none.
    case asPossible
    /// By RENAMESCRIPT alone.
    case byServer
  }

  /// Copies a script. Throws `refused` with `alreadyExists` when the new name is taken and that was
  /// not to be.
  package func copyScript(
    _ name: SieveScriptName, to newName: SieveScriptName, collision: Collision = .replace,
    backups: Int? = nil
  ) throws(ManageSieveError) {
    if case .refuse = collision { try requireFree(newName, for: .putScript) }
    try putScript(try getScript(name), as: newName, backups: backups)
  }

  /// Renames a script; the active one stays active.
  ///
  /// Without RENAMESCRIPT, and over a script of the new name: get, put, read back, activate, delete.
  /// When that fails after the new script was written, throws `renameUnfinished`.
  /// - Returns: whether it went step by step.
  @discardableResult
  package func renameScript(
    _ name: SieveScriptName, to newName: SieveScriptName, _ renaming: Renaming = .asPossible,
    collision: Collision = .refuse
  ) throws(ManageSieveError) -> RenameWay {
    guard name != newName else {
      _ = try getScript(name)
      return .byServer
    }
    let isOffered = capabilities.offers(.renameScript)
    if !isOffered, case .byServer = renaming { throw .capabilityMissing(.command(.renameScript)) }
    switch collision {
    case .refuse:
      guard !isOffered else {
        try renameByServer(name, to: newName)
        return .byServer
      }
      try requireFree(newName, for: .renameScript)
    case .replace:
      if isOffered, try !scriptExists(newName) {
        try renameByServer(name, to: newName)
        return .byServer
      }
      if case .byServer = renaming { throw taken(newName, for: .renameScript) }
    }
    try renameStepByStep(name, to: newName)
    return .stepByStep
  }

  /// How a script was renamed.
  package enum RenameWay: Sendable { case byServer, stepByStep }

  private func renameByServer(
    _ name: SieveScriptName, to newName: SieveScriptName
  ) throws(ManageSieveError) {
    do throws(ManageSieveError) {
      try requireScript(name) { .renameScript($0, to: newName) }
    } catch .refused(let refusal) where refusal.cause == .refused && refusal.response.code == nil {
      guard try scriptExists(newName, cached: .allowed) else { throw .refused(refusal) }
      throw .refused(
        SieveRefusal(
          verb: refusal.verb, response: refusal.response, cause: .alreadyExists))
    }
  }

  private func renameStepByStep(
    _ name: SieveScriptName, to newName: SieveScriptName
  ) throws(ManageSieveError) {
    let entry = try listScripts().first { $0.name.isMeant(by: name) }
    let script = try getScript(entry?.name ?? name)
    try putScript(script, as: newName, backups: 0)
    do throws(ManageSieveError) {
      guard try getScript(newName) == script else { throw .contentChanged(newName) }
      if entry?.isActive ?? false { try setActive(newName) }
      try deleteScript(entry?.name ?? name)
    } catch {
      throw .renameUnfinished(name, newName, error)
    }
  }

  /// Copies a script beside itself, as `SieveBackupPlan` says.
  /// - Returns: the copy's name; nil when there is nothing to back up.
  @discardableResult
  package func backUpScript(
    _ name: SieveScriptName, keep: Int = 1
  ) throws(ManageSieveError) -> SieveScriptName? {
    let scripts = try listScripts()
    guard let entry = scripts.first(where: { $0.name.isMeant(by: name) }),
      let plan = SieveBackupPlan(of: entry.name, keep: keep, existing: scripts.map(\.name))
    else { return nil }
    try putScript(try getScript(entry.name), as: plan.name, backups: 0)
    for surplus in plan.surplus { try deleteScript(surplus) }
    return plan.name
  }

  private func requireFree(
    _ name: SieveScriptName, for verb: SieveVerb
  ) throws(ManageSieveError) {
    if try scriptExists(name) { throw taken(name, for: verb) }
  }

  private func taken(_ name: SieveScriptName, for verb: SieveVerb) -> ManageSieveError {
    let text = Array("\(name): there is such a script".utf8)
    return .refused(
      SieveRefusal(
        verb: verb, response: SieveResponse(status: .no, text: text), cause: .alreadyExists))
  }
}
