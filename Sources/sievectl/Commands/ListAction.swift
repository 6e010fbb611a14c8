// sievectl list: the names of the scripts, or of the active one (RFC 5804 2.7).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct ListAction: SieveAction {
  static let name = "list"
  static let abstract = "Print the names of the scripts."
  static let operandUsage = ""

  @Flag(
    name: .customShort("l"), help: "Put \"* \" before the active one, two spaces before others.")
  var long = false

  @Flag(name: .long, help: "The active one alone; status 1 when there is none.")
  var active = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...0, Self.operandUsage)
    return .remote { (session) throws(SieveFailure) in
      let scripts = try session.ask { (client) throws(ManageSieveError) in
        try client.listScripts()
      }
      for script in scripts where script.isActive || !active {
        if session.output.form == .json {
          session.output.object { json in
            json.add(script.name)
            json.add("active", script.isActive)
          }
        } else {
          session.output.name(script.name, behind: long ? (script.isActive ? "* " : "  ") : "")
        }
      }
      return active && !scripts.contains(where: \.isActive) ? .no : .success
    }
  }
}
