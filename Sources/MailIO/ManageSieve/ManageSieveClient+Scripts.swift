// The commands on scripts (RFC 5804 2.4 to 2.13), one method each.

package import MailProtocols

extension ManageSieveClient {
  /// The scripts. With `.allowed`, the list of the last time if nothing was changed from here since.
  package func listScripts(cached: CacheUse = .refused) throws(ManageSieveError)
    -> [SieveScriptEntry]
  {
    if case .allowed = cached, let cachedScripts { return cachedScripts }
    let scripts = try require(.listScripts).scripts
    cachedScripts = scripts
    return scripts
  }

  /// Whether an older answer will do.
  package enum CacheUse: Sendable { case allowed, refused }

  /// The script that runs; nil when there is none.
  package func activeScript() throws(ManageSieveError) -> SieveScriptName? {
    try listScripts().first(where: \.isActive)?.name
  }

  /// Whether a script of that name is there.
  package func scriptExists(
    _ name: SieveScriptName, cached: CacheUse = .refused
  ) throws(ManageSieveError) -> Bool {
    try listScripts(cached: cached).contains { $0.name.isMeant(by: name) }
  }

  /// Makes a script the one that runs.
  package func setActive(_ name: SieveScriptName) throws(ManageSieveError) {
    try requireScript(name) { .setActive($0) }
  }

  /// Lets no script run.
  package func unsetActive() throws(ManageSieveError) {
    try require(.setActive(nil))
  }

  /// A script's octets.
  package func getScript(_ name: SieveScriptName) throws(ManageSieveError) -> [UInt8] {
    guard let script = try requireScript(name, { .getScript($0) }).script else { throw .closed }
    return script
  }

  /// Stores a script, in place of one of the same name. Warnings are in `lastWarning`.
  /// - Parameter backups: copies of what is replaced; nil for `ManageSieveOptions.backupCount`.
  package func putScript(
    _ script: [UInt8], as name: SieveScriptName, backups: Int? = nil
  ) throws(ManageSieveError) {
    guard script.count <= options.maxScriptByteCount else {
      throw .scriptTooLong(byteCount: script.count)
    }
    if let threshold = options.spaceCheckByteCount, script.count > threshold {
      try checkSpace(for: name, byteCount: script.count)
    }
    let keep = backups ?? options.backupCount
    if keep > 0 { try backUpScript(name, keep: keep) }
    lastWarning = nil
    lastWarning = try require(.putScript(name, script)).warning
  }

  /// Whether a script is valid; throws `refused` when it is not. Warnings are in `lastWarning`.
  package func checkScript(_ script: [UInt8]) throws(ManageSieveError) {
    guard capabilities.offers(.checkScript) else {
      throw .capabilityMissing(.command(.checkScript))
    }
    guard script.count <= options.maxScriptByteCount else {
      throw .scriptTooLong(byteCount: script.count)
    }
    lastWarning = nil
    lastWarning = try require(.checkScript(script)).warning
  }

  /// Deletes a script; the server refuses to delete the one that runs.
  package func deleteScript(_ name: SieveScriptName) throws(ManageSieveError) {
    try requireScript(name) { .deleteScript($0) }
  }

  /// Whether a script of that size would be taken; throws `refused` when not.
  package func checkSpace(
    for name: SieveScriptName, byteCount: Int
  ) throws(ManageSieveError) {
    try require(.haveSpace(name, byteCount: byteCount))
  }

  /// Nothing; the tag comes back as the server echoes it.
  @discardableResult
  package func noOperation(tag: [UInt8]? = nil) throws(ManageSieveError) -> [UInt8]? {
    guard capabilities.offers(.noOperation) else {
      throw .capabilityMissing(.command(.noOperation))
    }
    return try require(.noOperation(tag: tag)).response.tag
  }

  /// Asks for the capabilities.
  @discardableResult
  package func readCapabilities() throws(ManageSieveError) -> SieveCapabilities {
    try require(.capability)
    return capabilities
  }

  /// Sends a line as it is; the reply may be NO.
  package func performRaw(_ command: SieveRawCommand) throws(ManageSieveError) -> SieveReply {
    try perform(.raw(command))
  }

  // MARK: - Which script is meant

  /// A command about a script that should be there. When the server does not know it, the list
  /// tells whether it goes by another name on the wire (Cyrus), and why else it was refused.
  @discardableResult
  func requireScript(
    _ name: SieveScriptName, _ command: (SieveScriptName) -> SieveCommand
  ) throws(ManageSieveError) -> SieveReply {
    let reply = try perform(command(name))
    if reply.isOK { return reply }
    let verb = command(name).verb
    let cause = SieveRefusalCause(reply.response, to: verb)
    guard cause == .nonexistent || cause == .undecided else {
      throw refusal(reply, verb: verb, cause: cause)
    }
    guard let entry = try listScripts().first(where: { $0.name.isMeant(by: name) }) else {
      throw refusal(reply, verb: verb, cause: .nonexistent)
    }
    if entry.name != name {
      let second = try perform(command(entry.name))
      if second.isOK { return second }
      throw refusal(second, verb: verb)
    }
    let isActive = verb == .deleteScript && entry.isActive
    throw refusal(reply, verb: verb, cause: isActive ? .active : .refused)
  }
}
