// What has to be done so that a server has the scripts of a folder, in an order in which nothing is
// lost wherever it ends: scripts are stored, then one is made active, then others are deleted.

internal import MailProtocols
internal import ToolSupport

/// The steps of a push.
struct PushPlan {
  /// A script to be stored.
  struct Put {
    let action: PlannedAction
    let script: ScriptFolder.Script
  }

  /// What to do about scripts that only the server has.
  enum Surplus { case keep, delete }

  /// What to store: the new, and the changed.
  let puts: [Put]
  /// What to make active; nil when that is so, or nobody cares.
  let activation: SieveScriptName?
  /// What to delete, as the server lists it.
  let deletions: [SieveScriptName]
  /// The active script when it would have to be deleted, but for its being active.
  let spared: SieveScriptName?

  /// A plan.
  ///
  /// Backups (`*~`), and scripts that cannot be files of their name, are never deleted, nor is the
  /// one that is, or will be, active. Throws 66 when the script to be active is nowhere.
  /// - Parameters:
  ///   - stored: what the server has of a script, as it is listed.
  ///   - active: the script to be active; nil leaves that as it is.
  init(
    _ scripts: [ScriptFolder.Script], in folder: ScriptFolder, over index: ScriptIndex,
    stored: [SieveScriptName: [UInt8]], active: SieveScriptName?, surplus: Surplus
  ) throws(SieveFailure) {
    puts = scripts.compactMap { script in
      guard let entry = index[script.name] else { return Put(action: .create, script: script) }
      let isSame = stored[entry.name] == script.octets
      return isSame ? nil : Put(action: .update, script: script)
    }
    if let active, index[active] == nil, !scripts.contains(where: { $0.name == active }) {
      throw SieveFailure(.noInput, "\(active): to be active, and no such script")
    }
    if let active, index[active]?.isActive != true {
      activation = active
    } else {
      activation = nil
    }
    let kept = Set(scripts.map { index[$0.name]?.name ?? $0.name })
    let running = activation.map { index[$0]?.name ?? $0 } ?? index.active?.name
    var deletions: [SieveScriptName] = []
    var spared: SieveScriptName?
    if case .delete = surplus {
      for entry in index.entries where !kept.contains(entry.name) {
        if SieveBackupPlan.isBackup(entry.name) || folder.file(of: entry.name) == nil { continue }
        if entry.name == running {
          spared = entry.name
        } else {
          deletions.append(entry.name)
        }
      }
    }
    (self.deletions, self.spared) = (deletions, spared)
  }

  /// Whether there is nothing to do.
  var isEmpty: Bool { puts.isEmpty && activation == nil && deletions.isEmpty }

  /// Prints all steps.
  func tell(_ session: SieveSession) {
    for put in puts { session.tell(put) }
    if let activation { session.plan(.activate, activation) }
    for name in deletions { session.plan(.delete, name) }
  }
}

extension SieveSession {
  /// Prints a step: `create NAME`, or `action name size sha256`.
  func tell(_ put: PushPlan.Put) {
    guard output.form == .json else { return plan(put.action, put.script.name) }
    output.object { json in
      json.add("action", put.action.rawValue)
      json.add(put.script.name)
      json.add(sizeOf: put.script.octets)
    }
  }
}
