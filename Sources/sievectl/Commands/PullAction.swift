// sievectl pull: every script of the server into a folder, a plain file each.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct PullAction: SieveAction {
  static let name = "pull"
  static let abstract = "Get every script into a folder."
  static let operandUsage = "DIR"

  @Option(name: .long, help: ArgumentHelp("What the files' names end with.", valueName: "text"))
  var suffix = ScriptFolder.defaultSuffix

  /// A script and its file.
  private struct Item {
    let entry: SieveScriptEntry
    let file: String
  }

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(1...1, Self.operandUsage)
    let folder = try ScriptFolder(request.all[0], suffix: suffix)
    return .remote { (session) throws(SieveFailure) in try run(folder, session) }
  }

  private func run(
    _ folder: ScriptFolder, _ session: SieveSession
  ) throws(SieveFailure) -> ExitStatus {
    let isDryRun = session.settings.isDryRun
    let entries = try session.ask { (client) throws(ManageSieveError) in
      try client.listScripts()
    }
    if !isDryRun { try folder.make() }
    var loop = ItemLoop(session)
    let items = try items(entries, folder, &loop)
    try session.getEach(items.map(\.entry.name)) { (index, outcome) throws(SieveFailure) in
      let item = items[index]
      try loop.run(item.entry.name.description) { () throws(SieveFailure) in
        let script = try outcome.get()
        if !isDryRun { try WholeFile.write(script, to: item.file) }
        tell(item, script, session)
      }
    }
    if !isDryRun { try folder.setActive(entries.first(where: \.isActive)?.name) }
    return loop.status
  }

  /// The scripts that can be files; the others are told.
  private func items(
    _ entries: [SieveScriptEntry], _ folder: ScriptFolder, _ loop: inout ItemLoop
  ) throws(SieveFailure) -> [Item] {
    var items: [Item] = []
    var taken: Set<String> = []
    for entry in entries {
      let file = folder.file(of: entry.name)
      if let file, taken.insert(file).inserted {
        items.append(Item(entry: entry, file: file))
        continue
      }
      try loop.run(entry.name.description) { () throws(SieveFailure) in
        throw SieveFailure(
          .dataError, file == nil ? "no name for a file" : "another script has this file's name")
      }
    }
    return items
  }

  private func tell(_ item: Item, _ script: [UInt8], _ session: SieveSession) {
    if session.output.form == .json {
      session.output.object { json in
        json.add(item.entry.name)
        json.add("file", item.file)
        json.add("active", item.entry.isActive)
        json.add(sizeOf: script)
      }
    } else {
      session.output.line(octets: Array(item.file.utf8))
    }
  }
}
