// sievectl push: makes the server have what a folder has. Checks all before it changes anything, and
// keeps an order in which no script is lost, and the active one runs, wherever it ends.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct PushAction: SieveAction {
  static let name = "push"
  static let abstract = "Store the scripts of a folder."
  static let operandUsage = "DIR"

  @Option(name: .long, help: ArgumentHelp("What the files' names end with.", valueName: "text"))
  var suffix = ScriptFolder.defaultSuffix

  @Flag(name: .long, help: "Delete what is not in the folder; never the active one, or backups.")
  var delete = false

  @Option(
    name: .long,
    help: ArgumentHelp("Make it the active script, whatever DIR/.active says.", valueName: "name"))
  var activate: String?

  @Flag(name: .long, help: "Leave the active script what it is, whatever DIR/.active says.")
  var keepActive = false

  /// All that was read.
  private struct Source {
    let folder: ScriptFolder
    let scripts: [ScriptFolder.Script]
    let active: SieveScriptName?
  }

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(1...1, Self.operandUsage)
    guard activate == nil || !keepActive else {
      throw SieveFailure(.usage, "push: --activate and --keep-active exclude each other")
    }
    let folder = try ScriptFolder(request.all[0], suffix: suffix)
    let scripts = try folder.scripts(maxByteCount: request.settings.maxScriptByteCount)
    var active: SieveScriptName?
    if let activate {
      active = try request.name(activate)
    } else if !keepActive {
      active = try folder.activeName()
    }
    let source = Source(folder: folder, scripts: scripts, active: active)
    return .remote { (session) throws(SieveFailure) in
      let plan = try plan(source, session)
      if let spared = plan.spared {
        session.diagnostics.problem("\(spared): not in the folder, but active; not deleted")
      }
      guard session.settings.isDryRun else { return try carryOut(plan, session) }
      plan.tell(session)
      return plan.isEmpty ? .success : .no
    }
  }

  private func plan(_ source: Source, _ session: SieveSession) throws(SieveFailure) -> PushPlan {
    let index = ScriptIndex(
      try session.ask { (client) throws(ManageSieveError) in try client.listScripts() })
    let names = source.scripts.compactMap { index[$0.name]?.name }
    var stored: [SieveScriptName: [UInt8]] = [:]
    try session.getEach(names) { (position, outcome) throws(SieveFailure) in
      do throws(SieveFailure) {
        stored[names[position]] = try outcome.get()
      } catch {
        var failure = error
        failure.subject = failure.subject ?? names[position].description
        throw failure
      }
    }
    return try PushPlan(
      source.scripts, in: source.folder, over: index, stored: stored, active: source.active,
      surplus: delete ? .delete : .keep)
  }

  private func carryOut(
    _ plan: PushPlan, _ session: SieveSession
  ) throws(SieveFailure) -> ExitStatus {
    if let status = try failedCheck(plan.puts, session) {
      session.diagnostics.problem("nothing was changed")
      return status
    }
    var loop = ItemLoop(session)
    let scripts = plan.puts.map { (name: $0.script.name, octets: $0.script.octets) }
    try session.putEach(scripts) { (position, outcome) throws(SieveFailure) in
      let put = plan.puts[position]
      let file = put.script.input.shownFile
      try loop.run(put.script.name.description, file: file) { () throws(SieveFailure) in
        let warnings = ScriptComplaint.warnings(try outcome.get())
        session.diagnostics.complain(warnings, about: file)
        session.tell(put)
      }
    }
    if loop.status == .success, let activation = plan.activation {
      try loop.run(activation.description) { () throws(SieveFailure) in
        try session.change { (client) throws(ManageSieveError) in
          try client.setActive(activation)
        }
        session.plan(.activate, activation)
      }
    }
    guard loop.status == .success else {
      if plan.activation != nil || !plan.deletions.isEmpty {
        session.diagnostics.problem("what was still to be activated or deleted was left")
      }
      return loop.status
    }
    try session.deleteEach(plan.deletions) { (position, outcome) throws(SieveFailure) in
      let name = plan.deletions[position]
      try loop.run(name.description) { () throws(SieveFailure) in
        try outcome.get()
        session.plan(.delete, name)
      }
    }
    return loop.status
  }

  /// Has the server check all scripts; the status of the first that fails. A server that cannot
  /// check says so when they are stored.
  private func failedCheck(
    _ puts: [PushPlan.Put], _ session: SieveSession
  ) throws(SieveFailure) -> ExitStatus? {
    guard !puts.isEmpty, try session.client().capabilities.offers(.checkScript) else { return nil }
    var loop = ItemLoop(session)
    var status: ExitStatus?
    try session.checkEach(puts.map(\.script.octets)) { (position, outcome) throws(SieveFailure) in
      let script = puts[position].script
      let file = script.input.shownFile
      try loop.run(script.name.description, file: file) { () throws(SieveFailure) in
        do throws(SieveFailure) {
          _ = try outcome.get()
        } catch {
          status = status ?? error.status
          throw error
        }
      }
    }
    return status
  }
}
