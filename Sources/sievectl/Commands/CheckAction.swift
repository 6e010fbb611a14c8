// sievectl check: whether scripts are valid, as the server says (RFC 5804 2.12), or as our own syntax
// check does where there is no server to ask.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct CheckAction: SieveAction {
  static let name = "check"
  static let abstract = "Say whether scripts are valid."
  static let operandUsage = "[FILE]..."

  @Flag(name: .long, help: "Check syntax and \"require\" here, and ask no server.")
  var local = false

  func needsServer(isNamed: Bool) -> Bool { isNamed && !local }

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    let files = request.all.isEmpty ? ["-"] : request.all
    guard files.filter({ $0 == "-" }).count < 2 else {
      throw SieveFailure(.usage, "check: stdin can be read once")
    }
    let limit = request.settings.maxScriptByteCount
    let diagnostics = request.diagnostics
    // One that cannot be read is an item that failed like any other, but it is known by now.
    let inputs = files.map { file in (file, Self.read(file, limit)) }
    if inputs.count == 1, case .failure(let failure) = inputs[0].1 { throw failure }
    if local || !request.isConnected {
      return .local { (output) throws(SieveFailure) in
        try Self.check(inputs, ItemLoop(output, diagnostics, key: .file), output) {
          (input) throws(SieveFailure) in try Self.checkHere(input, diagnostics)
        }
      }
    }
    let task = { (session: SieveSession) throws(SieveFailure) -> ExitStatus in
      try Self.check(inputs, ItemLoop(session, key: .file), session.output) {
        (input) throws(SieveFailure) in
        let warning = try session.ask { (client) throws(ManageSieveError) in
          try client.checkScript(input.octets)
          return client.lastWarning
        }
        let warnings = ScriptComplaint.warnings(warning)
        diagnostics.complain(warnings, about: input.shownFile)
        return warnings
      }
    }
    guard inputs.count == 1, case .success(let input) = inputs[0].1 else { return .remote(task) }
    return .pipelined(.checkScript(input.octets), task)
  }

  private static func read(_ file: String, _ limit: Int) -> Result<SieveInput, SieveFailure> {
    do throws(SieveFailure) {
      return .success(try SieveInput(file, maxByteCount: limit))
    } catch {
      return .failure(error)
    }
  }

  private static func check(
    _ inputs: [(String, Result<SieveInput, SieveFailure>)], _ loop: ItemLoop,
    _ output: SieveOutput, _ judge: (SieveInput) throws(SieveFailure) -> [ScriptComplaint]
  ) throws(SieveFailure) -> ExitStatus {
    var loop = loop
    for (file, input) in inputs {
      let shown = SieveOutput.safe(file)
      try loop.run(shown, file: shown) { () throws(SieveFailure) in
        let warnings = try judge(try input.get())
        guard output.form == .json else { return }
        output.object { json in
          json.add("file", file)
          json.add("ok", true)
          json.add("warnings", warnings.map(\.described))
        }
      }
    }
    return loop.status
  }

  private static func checkHere(
    _ input: SieveInput, _ diagnostics: Diagnostics
  ) throws(SieveFailure) -> [ScriptComplaint] {
    let report = SieveSyntax.check(input.octets)
    let warnings = report.warnings.map { ScriptComplaint($0) }
    guard report.isValid else {
      let errors = report.errors.map { ScriptComplaint($0) }
      var failure = SieveFailure(
        .dataError, errors.first.map(\.described) ?? "the script is not valid")
      failure.complaints = report.findings.map { ScriptComplaint($0) }
      throw failure
    }
    diagnostics.complain(warnings, about: input.shownFile)
    return warnings
  }
}
