// sievectl diff: how a script of the server differs from a file or another script, or all of them
// from a folder, as a unified diff whose old side is the server.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct DiffAction: SieveAction {
  static let name = "diff"
  static let abstract = "Compare scripts with files; status 1 when they differ."
  static let operandUsage = "NAME FILE|NAME1 NAME2 --remote|DIR"

  /// Unchanged lines around a change at most.
  static let maxContextLineCount = 1_000_000

  @Option(
    name: [.customShort("U"), .customLong("unified")],
    help: ArgumentHelp("Unchanged lines around a change.", valueName: "number"))
  var contextLineCount = 3

  @Flag(name: .long, help: "Both are scripts of the server.")
  var remote = false

  @Flag(name: .long, help: "Print no diff, as -q.")
  var brief = false

  @Option(
    name: .long, help: ArgumentHelp("What the names of DIR's files end with.", valueName: "text"))
  var suffix = ScriptFolder.defaultSuffix

  /// One side of a comparison.
  private struct Side {
    /// Octets for the head of the diff.
    let label: [UInt8]
    /// Nil when there is no such script.
    let octets: [UInt8]?
  }

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    guard 0...Self.maxContextLineCount ~= contextLineCount else {
      throw SieveFailure(.usage, "-U: not from 0 to \(Self.maxContextLineCount)")
    }
    let limit = request.settings.maxScriptByteCount
    if remote {
      let names = try request.names(2...2, "NAME1 NAME2 --remote")
      return .remote { (session) throws(SieveFailure) in
        try compare(names[0], names[1], session)
      }
    }
    if request.urlScript == nil, request.all.count == 1 {
      let folder = try ScriptFolder(request.all[0], suffix: suffix)
      let scripts = try folder.scripts(maxByteCount: limit)
      return .remote { (session) throws(SieveFailure) in try compare(scripts, folder, session) }
    }
    let count = request.urlScript == nil ? 2 : 1
    try request.requireOperands(count...count, Self.operandUsage)
    let name: SieveScriptName
    if let script = request.urlScript {
      name = script
    } else {
      name = try request.name(request.all[0])
    }
    let input = try SieveInput(request.all[count - 1], maxByteCount: limit)
    let file = Side(label: Array(input.file.utf8), octets: input.octets)
    return .remote { (session) throws(SieveFailure) in
      var differs = false
      var loop = ItemLoop(session)
      try loop.run(name.description) { () throws(SieveFailure) in
        differs = compare(name, try side(name, session), file, session)
      }
      return loop.status == .success && differs ? .no : loop.status
    }
  }

  private func compare(
    _ name: SieveScriptName, _ other: SieveScriptName, _ session: SieveSession
  ) throws(SieveFailure) -> ExitStatus {
    var sides: [Side] = []
    var loop = ItemLoop(session)
    for name in [name, other] {
      try loop.run(name.description) { () throws(SieveFailure) in
        sides.append(try side(name, session))
      }
    }
    guard sides.count == 2 else { return loop.status == .partial ? .noInput : loop.status }
    return compare(name, sides[0], sides[1], session) ? .no : .success
  }

  private func side(
    _ name: SieveScriptName, _ session: SieveSession
  ) throws(SieveFailure) -> Side {
    let octets = try session.ask { (client) throws(ManageSieveError) in
      try client.getScript(name)
    }
    return Side(label: SieveOutput.octets(of: name), octets: octets)
  }

  // MARK: - A folder

  private func compare(
    _ scripts: [ScriptFolder.Script], _ folder: ScriptFolder, _ session: SieveSession
  ) throws(SieveFailure) -> ExitStatus {
    let index = ScriptIndex(
      try session.ask { (client) throws(ManageSieveError) in try client.listScripts() })
    var isDifferent = false
    let nothing = Side(label: Array("/dev/null".utf8), octets: nil)
    var files: [SieveScriptName: ScriptFolder.Script] = [:]
    for script in scripts {
      if let entry = index[script.name] {
        files[entry.name] = script
      } else {
        let file = Side(label: Array(script.input.file.utf8), octets: script.octets)
        isDifferent = compare(script.name, nothing, file, session) || isDifferent
      }
    }
    // What pull refuses and push leaves alone is no difference.
    let names = index.entries.map(\.name).filter {
      files[$0] != nil || !SieveBackupPlan.isBackup($0) && folder.file(of: $0) != nil
    }
    var loop = ItemLoop(session)
    try session.getEach(names) { (position, outcome) throws(SieveFailure) in
      let name = names[position]
      try loop.run(name.description) { () throws(SieveFailure) in
        let old = Side(label: SieveOutput.octets(of: name), octets: try outcome.get())
        let new = files[name].map { script in
          Side(label: Array(script.input.file.utf8), octets: script.octets)
        }
        isDifferent = compare(name, old, new ?? nothing, session) || isDifferent
      }
    }
    return loop.status == .success && isDifferent ? .no : loop.status
  }

  // MARK: - Two texts

  /// Prints what is to be said; whether they differ.
  private func compare(
    _ name: SieveScriptName, _ old: Side, _ new: Side, _ session: SieveSession
  ) -> Bool {
    let differs = old.octets != new.octets
    if session.output.form == .json {
      session.output.object { json in
        json.add(name)
        json.add("same", !differs)
      }
    } else if differs, !brief, session.settings.shared.output.quiet == 0 {
      session.output.content(
        UnifiedDiff(contextLineCount: contextLineCount).text(
          from: old.octets ?? [], named: old.label, to: new.octets ?? [], named: new.label))
    }
    return differs
  }
}
