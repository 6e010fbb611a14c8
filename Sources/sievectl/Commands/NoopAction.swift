// sievectl noop: a question that asks for nothing (RFC 5804 2.13).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct NoopAction: SieveAction {
  static let name = "noop"
  static let abstract = "Do nothing, and print the tag that the server echoes."
  static let operandUsage = "[TAG]"

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...1, Self.operandUsage)
    let tag = request.all.first.map { Array($0.utf8) }
    return .remote { (session) throws(SieveFailure) in
      let echo = try session.ask { (client) throws(ManageSieveError) in
        try client.noOperation(tag: tag)
      }
      if session.output.form == .json {
        session.output.object { json in
          json.add("tag", echo.map { String(decoding: $0, as: UTF8.self) })
        }
      } else if let echo {
        session.output.line(octets: echo)
      }
      return .success
    }
  }
}
