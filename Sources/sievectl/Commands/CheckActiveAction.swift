// sievectl check-active: whether a script runs, and is still valid: servers are updated, and lose
// extensions.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct CheckActiveAction: SieveAction {
  static let name = "check-active"
  static let abstract = "Say whether there is an active script that is still valid."
  static let operandUsage = ""

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...0, Self.operandUsage)
    return .remote { (session) throws(SieveFailure) in
      let name = try session.ask { (client) throws(ManageSieveError) in
        try client.activeScript()
      }
      guard let name else {
        session.diagnostics.problem("no script is active")
        return tell(nil, false, session)
      }
      do throws(SieveFailure) {
        let warning = try session.ask { (client) throws(ManageSieveError) in
          try client.checkScript(try client.getScript(name))
          return client.lastWarning
        }
        session.diagnostics.complain(
          ScriptComplaint.warnings(warning), about: name.description)
        return tell(name, true, session)
      } catch {
        guard case .invalidScript? = error.cause else { throw error }
        session.diagnostics.complain(error.complaints, about: name.description)
        return tell(name, false, session)
      }
    }
  }

  private func tell(
    _ name: SieveScriptName?, _ isValid: Bool, _ session: SieveSession
  ) -> ExitStatus {
    if session.output.form == .json {
      session.output.object { json in
        if let name { json.add(name) }
        json.add("active", name != nil)
        json.add("ok", isValid)
      }
    }
    return isValid ? .success : .no
  }
}
