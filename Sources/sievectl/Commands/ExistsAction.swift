// sievectl exists, space: questions whose answer is the status (RFC 5804 2.5, 2.7).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct ExistsAction: SieveAction {
  static let name = "exists"
  static let abstract = "Say by the status whether there is such a script."
  static let operandUsage = "NAME"

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let name = try request.names(1...1, Self.operandUsage)[0]
    return .remote { (session) throws(SieveFailure) in
      let exists = try session.ask { (client) throws(ManageSieveError) in
        try client.scriptExists(name)
      }
      if session.output.form == .json {
        session.output.object { json in
          json.add(name)
          json.add("exists", exists)
        }
      }
      return exists ? .success : .no
    }
  }
}

struct SpaceAction: SieveAction {
  static let name = "space"
  static let abstract = "Say by the status whether the server would take a script of that size."
  static let operandUsage = "NAME SIZE"

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let nameCount = request.urlScript == nil ? 1 : 0
    try request.requireOperands((nameCount + 1)...(nameCount + 1), Self.operandUsage)
    let name: SieveScriptName
    if let script = request.urlScript {
      name = script
    } else {
      name = try request.name(request.all[0])
    }
    guard let size = ByteSize(request.all[nameCount]) else {
      throw SieveFailure(.usage, "space: no size: \(SieveOutput.safe(request.all[nameCount]))")
    }
    return .remote { (session) throws(SieveFailure) in
      do throws(SieveFailure) {
        try session.ask { (client) throws(ManageSieveError) in
          try client.checkSpace(for: name, byteCount: size.byteCount)
        }
        return tell(name, size, nil, session)
      } catch {
        guard let cause = error.cause, cause != .tryLater, cause != .authentication else {
          throw error
        }
        session.diagnostics.problem(error.message(about: name.description))
        return tell(name, size, error, session)
      }
    }
  }

  private func tell(
    _ name: SieveScriptName, _ size: ByteSize, _ refusal: SieveFailure?, _ session: SieveSession
  ) -> ExitStatus {
    if session.output.form == .json {
      session.output.object { json in
        json.add(name)
        json.add("size", size.byteCount)
        json.add("ok", refusal == nil)
        json.add("code", refusal?.code)
      }
    }
    return refusal == nil ? .success : .no
  }
}
