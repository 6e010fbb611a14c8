// sievectl raw: lines to the server as they are, and what it answers.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct RawAction: SieveAction {
  static let name = "raw"
  static let abstract = "Send lines as they are, and print the responses."
  static let operandUsage = "LINE..."

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(1...Int.max, Self.operandUsage)
    var commands: [(line: String, command: SieveRawCommand)] = []
    for line in request.all {
      guard let command = SieveRawCommand(Array(line.utf8)) else {
        throw SieveFailure(
          .usage, "raw: not a line that can be sent as it is: \(SieveOutput.safe(line))")
      }
      commands.append((line, command))
    }
    return .remote { (session) throws(SieveFailure) in
      var status = ExitStatus.success
      for (line, command) in commands {
        guard !session.settings.isDryRun else {
          session.output.line(line)
          continue
        }
        let reply = try session.change { (client) throws(ManageSieveError) in
          try client.performRaw(command)
        }
        Self.tell(reply, session.output)
        try session.output.flush()
        // The answer is printed; the first that is not OK makes the status.
        guard status == .success, let error = reply.response.asError(to: .raw) else { continue }
        status = SieveFailure(error, host: session.host).status
      }
      return status
    }
  }

  private static func tell(_ reply: SieveReply, _ output: SieveOutput) {
    let response = reply.response
    guard output.form == .json else {
      for line in reply.lines {
        output.line(octets: line.text)
        guard let literal = literal(of: line) else { continue }
        output.content(literal)
        output.line("")
      }
      var text = response.status.rawValue
      if let code = response.code {
        text += " (\(([code.name] + code.data.map(shown)).joined(separator: " ")))"
      }
      output.line(octets: Array(text.utf8) + (response.text.map { [.space] + quoted($0) } ?? []))
      return
    }
    output.object { json in
      json.add(
        "lines",
        reply.lines.map { line in
          let octets = literal(of: line).map { line.text + [.carriageReturn, .lineFeed] + $0 }
          return String(decoding: octets ?? line.text, as: UTF8.self)
        })
      json.add("status", response.status.rawValue)
      json.add("code", response.code?.name)
      json.add("text", response.text.map { String(decoding: $0, as: UTF8.self) })
    }
  }

  /// What a line that ends in `{N}` announces, as a script does.
  private static func literal(of line: SieveLine) -> [UInt8]? {
    line.text.last == .ascii("}") ? line.tokens.last?.string : nil
  }

  private static func shown(_ token: SieveToken) -> String {
    switch token {
    case .atom(let octets): String(decoding: octets, as: UTF8.self)
    case .string(let octets): String(decoding: quoted(octets), as: UTF8.self)
    case .list(let tokens): "(\(tokens.map(shown).joined(separator: " ")))"
    }
  }

  private static func quoted(_ octets: [UInt8]) -> [UInt8] {
    var quoted: [UInt8] = [.ascii("\"")]
    for octet in octets {
      if octet == .ascii("\"") || octet == .ascii("\\") { quoted.append(.ascii("\\")) }
      quoted.append(octet)
    }
    return quoted + [.ascii("\"")]
  }
}
