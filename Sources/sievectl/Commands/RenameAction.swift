// sievectl rename, copy: scripts under another name (RFC 5804 2.11).

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct RenameAction: SieveAction {
  static let name = "rename"
  static let abstract = "Rename a script."
  static let operandUsage = "NAME NEWNAME"

  @Flag(name: .long, help: "Replace a script of the new name.")
  var force = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let names = try request.names(2...2, Self.operandUsage)
    let collision: ManageSieveClient.Collision = force ? .replace : .refuse
    return .remote { (session) throws(SieveFailure) in
      var loop = ItemLoop(session)
      try loop.run(names[0].description) { () throws(SieveFailure) in
        guard !session.settings.isDryRun else {
          return try session.plan(.rename, names, collision)
        }
        let way = try session.change { (client) throws(ManageSieveError) in
          try client.renameScript(names[0], to: names[1], collision: collision)
        }
        guard session.output.form == .json else { return }
        session.output.object { json in
          json.add("from", names[0].text)
          json.add("to", names[1].text)
          json.add("emulated", way == .stepByStep)
        }
      }
      return loop.status
    }
  }
}

struct CopyAction: SieveAction {
  static let name = "copy"
  static let abstract = "Store a script under another name, too."
  static let operandUsage = "NAME NEWNAME"

  @Flag(name: .long, help: "Replace a script of the new name.")
  var force = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let names = try request.names(2...2, Self.operandUsage)
    let collision: ManageSieveClient.Collision = force ? .replace : .refuse
    return .remote { (session) throws(SieveFailure) in
      var loop = ItemLoop(session)
      try loop.run(names[0].description) { () throws(SieveFailure) in
        guard !session.settings.isDryRun else {
          return try session.plan(.copy, names, collision)
        }
        if case .refuse = collision { try session.requireFree(names[1]) }
        try session.change { (client) throws(ManageSieveError) in
          try client.copyScript(names[0], to: names[1])
        }
        guard session.output.form == .json else { return }
        session.output.object { json in
          json.add("from", names[0].text)
          json.add("to", names[1].text)
        }
      }
      return loop.status
    }
  }
}

extension SieveSession {
  /// What rename and copy would do. Throws 66 without the one script, 73 for the other.
  fileprivate func plan(
    _ action: PlannedAction, _ names: [SieveScriptName],
    _ collision: ManageSieveClient.Collision
  ) throws(SieveFailure) {
    try requireScript(names[0])
    if case .refuse = collision { try requireFree(names[1]) }
    plan(action, names[0], to: names[1])
  }

  /// Throws 73 when there is a script of that name.
  fileprivate func requireFree(_ name: SieveScriptName) throws(SieveFailure) {
    let isTaken = try ask { (client) throws(ManageSieveError) in try client.scriptExists(name) }
    guard !isTaken else {
      throw SieveFailure(.cannotCreate, "there is such a script", subject: name.description)
    }
  }
}
