// sievectl edit: a script in the user's editor, and back. What the user has typed is never lost: when
// it cannot be stored, the copy is kept and named.

internal import ArgumentParser
internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct EditAction: SieveAction {
  static let name = "edit"
  static let abstract = "Edit a script."
  static let operandUsage = "[NAME|--active]"

  /// What the copy's name ends with: editors go by that.
  private static let suffix = ".sieve"

  @Flag(name: .long, help: "The active script, as without a NAME.")
  var active = false

  @Flag(name: .long, help: "Start with an empty script when there is none of that name.")
  var create = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    let names = try request.names(0...1, Self.operandUsage)
    guard !active || names.isEmpty else {
      throw SieveFailure(.usage, "edit: --active and a NAME exclude each other")
    }
    let editor = try Editor()
    return .remote { (session) throws(SieveFailure) in
      if let name = names.first { return try run(name, editor, session) }
      return try run(try activeName(session), editor, session)
    }
  }

  private func activeName(_ session: SieveSession) throws(SieveFailure) -> SieveScriptName {
    let name = try session.ask { (client) throws(ManageSieveError) in try client.activeScript() }
    guard let name else { throw SieveFailure(.noInput, "no script is active") }
    return name
  }

  private func run(
    _ name: SieveScriptName, _ editor: Editor, _ session: SieveSession
  ) throws(SieveFailure) -> ExitStatus {
    guard name.fileName(suffix: Self.suffix) != nil else {
      throw SieveFailure(.dataError, "\(name): no name for a file")
    }
    let missing: LocalScripts.Missing = create ? .create : .refuse
    let local: LocalScripts
    do throws(SieveFailure) {
      local = try session.ask { (client) throws(ManageSieveError) in
        try LocalScripts([name], from: client, missing: missing, suffix: Self.suffix)
      }
    } catch {
      throw error.about(name)
    }
    guard let script = local.scripts.first else { return .success }
    while true {
      do throws(SieveFailure) {
        try session.signals.holding { () throws(SieveFailure) in try editor.edit(script.path) }
        try store(script, session)
        return .success
      } catch {
        let complaints = error.complaints.filter { $0.line != nil }
        session.diagnostics.complain(complaints, about: SieveOutput.safe(script.path))
        if !complaints.isEmpty, wantsToGoOn(session) { continue }
        if isKeepsake(script, session) {
          local.keep()
          session.diagnostics.fatal(
            "\(name): not stored; the copy is \(SieveOutput.safe(script.path))")
        }
        guard !complaints.isEmpty, session.signals.received == nil else { throw error.about(name) }
        return .partial
      }
    }
  }

  /// Whether somebody may want what is in the copy now.
  private func isKeepsake(_ script: LocalScripts.Script, _ session: SieveSession) -> Bool {
    do throws(SieveFailure) {
      return try content(script, session) != script.original ?? []
    } catch {
      return error.status != .noInput
    }
  }

  private func content(
    _ script: LocalScripts.Script, _ session: SieveSession
  ) throws(SieveFailure) -> [UInt8] {
    try SieveInput(script.path, maxByteCount: session.settings.maxScriptByteCount).octets
  }

  /// Puts the script back if it was changed. Throws when it is not valid, when the server's was
  /// changed meanwhile, and when it cannot be stored.
  private func store(
    _ script: LocalScripts.Script, _ session: SieveSession
  ) throws(SieveFailure) {
    let octets = try content(script, session)
    guard octets != script.original ?? [] else { return }
    guard try stored(script.name, session) == script.original else {
      throw SieveFailure(.refused, "changed on the server meanwhile")
    }
    // Before a backup makes way for another.
    let warning = try session.ask { (client) throws(ManageSieveError) -> [UInt8]? in
      guard client.capabilities.offers(.checkScript) else { return nil }
      try client.checkScript(octets)
      return client.lastWarning
    }
    if session.settings.isDryRun {
      session.diagnostics.complain(
        ScriptComplaint.warnings(warning), about: script.name.description)
      return session.plan(script.original == nil ? .create : .update, script.name)
    }
    let warnings = try session.change { (client) throws(ManageSieveError) in
      try client.putScript(octets, as: script.name)
      return client.lastWarning
    }
    session.diagnostics.complain(
      ScriptComplaint.warnings(warnings), about: script.name.description)
  }

  /// What the server has now; nil for no such script. Where an editor was open for long, the server
  /// has often hung up: then over a new connection.
  private func stored(
    _ name: SieveScriptName, _ session: SieveSession
  ) throws(SieveFailure) -> [UInt8]? {
    do throws(SieveFailure) {
      return try get(name, session)
    } catch {
      guard error.isFatal, error.status == .temporary, session.signals.received == nil else {
        throw error
      }
      session.diagnostics.info("\(error.message(about: nil)); once more")
      session.disconnect()
      return try get(name, session)
    }
  }

  private func get(
    _ name: SieveScriptName, _ session: SieveSession
  ) throws(SieveFailure) -> [UInt8]? {
    do throws(SieveFailure) {
      return try session.ask { (client) throws(ManageSieveError) in try client.getScript(name) }
    } catch {
      guard error.cause == .nonexistent else { throw error }
      return nil
    }
  }

  /// Asks on the terminal whether to edit again; where there is none, no.
  private func wantsToGoOn(_ session: SieveSession) -> Bool {
    guard !session.settings.shared.credentials.batch, isatty(STDIN_FILENO) == 1,
      isatty(STDERR_FILENO) == 1
    else { return false }
    RecordOutput.standardError.write(Array("Edit again? [Y/n] ".utf8))
    var answer: [UInt8] = []
    while true {
      var entries = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: session.signals.interrupt.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard retryingInterrupted({ poll(&entries, 2, -1) }) > 0, entries[1].revents == 0 else {
        return false
      }
      var octet: UInt8 = 0
      // The end of the input is no yes.
      guard retryingInterrupted({ read(STDIN_FILENO, &octet, 1) }) == 1 else { return false }
      if octet == .lineFeed { break }
      if answer.count < 64 { answer.append(octet) }
    }
    let word = answer.drop { $0.isBlank }
    return word.isEmpty || word.first == .ascii("y") || word.first == .ascii("Y")
  }
}

extension SieveFailure {
  /// The same, with the script's name.
  fileprivate func about(_ name: SieveScriptName) -> SieveFailure {
    var failure = self
    failure.subject = subject ?? name.description
    return failure
  }
}
