// sievectl activate, deactivate: which script runs (RFC 5804 2.8).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct ActivateAction: SieveAction {
  static let name = "activate"
  static let abstract = "Make a script the one that runs."
  static let operandUsage = "NAME"

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let name = try request.names(1...1, Self.operandUsage)[0]
    return .remote { (session) throws(SieveFailure) in
      var loop = ItemLoop(session)
      try loop.run(name.description) { () throws(SieveFailure) in
        guard !session.settings.isDryRun else {
          try session.requireScript(name)
          return session.plan(.activate, name)
        }
        try session.change { (client) throws(ManageSieveError) in try client.setActive(name) }
        guard session.output.form == .json else { return }
        session.output.object { json in
          json.add(name)
          json.add("active", true)
        }
      }
      return loop.status
    }
  }
}

struct DeactivateAction: SieveAction {
  static let name = "deactivate"
  static let abstract = "Let no script run."
  static let operandUsage = ""

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...0, Self.operandUsage)
    return .remote { (session) throws(SieveFailure) in
      let isJSON = session.output.form == .json
      var name: SieveScriptName?
      if isJSON || session.settings.isDryRun {
        name = try session.ask { (client) throws(ManageSieveError) in try client.activeScript() }
      }
      guard !session.settings.isDryRun else {
        if let name { session.plan(.deactivate, name) }
        return .success
      }
      try session.change { (client) throws(ManageSieveError) in try client.unsetActive() }
      guard isJSON else { return .success }
      session.output.object { json in
        if let name { json.add(name) }
        json.add("active", false)
      }
      return .success
    }
  }
}

extension SieveSession {
  /// Throws 66 when there is no such script.
  func requireScript(_ name: SieveScriptName) throws(SieveFailure) {
    let exists = try ask { (client) throws(ManageSieveError) in try client.scriptExists(name) }
    guard exists else { throw SieveFailure(.noInput, "no such script") }
  }
}
