// sievectl put: stores a script, and makes it the active one if asked to (RFC 5804 2.6, 2.8).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct PutAction: SieveAction {
  static let name = "put"
  static let abstract = "Store a script."
  static let operandUsage = "FILE [NAME]"

  @Flag(name: .long, help: "Make it the active script.")
  var activate = false

  @Flag(name: .long, help: "Refuse to replace a script.")
  var noClobber = false

  @Flag(name: .long, help: "Send it only when it differs from what the server has.")
  var ifChanged = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let names = request.urlScript == nil ? 1...2 : 1...1
    try request.requireOperands(names, Self.operandUsage)
    let file = request.all[0]
    let name: SieveScriptName
    if let script = request.urlScript {
      name = script
    } else if request.all.count > 1 {
      name = try request.name(request.all[1])
    } else {
      guard file != "-" else { throw SieveFailure(.usage, "put: stdin needs a NAME") }
      name = try request.name(Self.scriptName(of: file))
    }
    let input = try SieveInput(file, maxByteCount: request.settings.maxScriptByteCount)
    let task = { (session: SieveSession) throws(SieveFailure) -> ExitStatus in
      var loop = ItemLoop(session)
      try loop.run(name.description, file: input.shownFile) { () throws(SieveFailure) in
        try run(input, name, session)
      }
      return loop.status
    }
    // All else looks at what is there before.
    let (settings, isPlain) = (request.settings, !activate && !noClobber && !ifChanged)
    guard isPlain, settings.form != .json, !settings.isDryRun, settings.client.backupCount == 0,
      settings.client.spaceCheckByteCount == nil
    else { return .remote(task) }
    return .pipelined(.putScript(name, input.octets), task)
  }

  /// The file's name without its folder and `.sieve`.
  static func scriptName(of file: String) -> String {
    let base = file.split(separator: "/").last.map(String.init) ?? file
    return base.hasSuffix(".sieve") && base != ".sieve" ? String(base.dropLast(6)) : base
  }

  private func run(
    _ input: SieveInput, _ name: SieveScriptName, _ session: SieveSession
  ) throws(SieveFailure) {
    let isJSON = session.output.form == .json
    // What is there is looked at only where somebody wants to know.
    let isDryRun = session.settings.isDryRun
    var exists: Bool?
    if noClobber || ifChanged || isJSON || isDryRun {
      exists = try session.ask { (client) throws(ManageSieveError) in
        try client.scriptExists(name)
      }
    }
    if noClobber, exists ?? false {
      throw SieveFailure(.cannotCreate, "there is such a script")
    }
    var isChanged = true
    if ifChanged, exists ?? false {
      isChanged = try session.ask { (client) throws(ManageSieveError) in
        try client.getScript(name) != input.octets
      }
    }
    if isDryRun { return plan(name, exists ?? false, isChanged, session) }
    var warnings: [ScriptComplaint] = []
    if isChanged {
      let warning = try session.change { (client) throws(ManageSieveError) in
        try client.putScript(input.octets, as: name)
        return client.lastWarning
      }
      warnings = ScriptComplaint.warnings(warning)
      session.diagnostics.complain(warnings, about: input.shownFile)
    }
    if activate { try activate(name, session, isStored: isChanged) }
    if isJSON {
      session.output.object { json in
        json.add(name)
        json.add("created", exists == false)
        json.add("changed", isChanged)
        json.add("activated", activate)
        json.add("warnings", warnings.map(\.described))
      }
    }
  }

  private func activate(
    _ name: SieveScriptName, _ session: SieveSession, isStored: Bool
  ) throws(SieveFailure) {
    do throws(SieveFailure) {
      try session.change { (client) throws(ManageSieveError) in try client.setActive(name) }
    } catch {
      guard isStored else { throw error }
      var failure = SieveFailure(
        error.status, "stored, but not active: \(error.message(about: nil))")
      (failure.code, failure.isFatal) = (error.code, error.isFatal)
      failure.subject = name.description
      throw failure
    }
  }

  private func plan(
    _ name: SieveScriptName, _ exists: Bool, _ isChanged: Bool, _ session: SieveSession
  ) {
    if isChanged { session.plan(exists ? .update : .create, name) }
    if activate { session.plan(.activate, name) }
  }
}
