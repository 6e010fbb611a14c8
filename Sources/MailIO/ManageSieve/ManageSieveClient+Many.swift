// The same command about many scripts, up to `ManageSieveOptions.pipelineDepth` ahead of the replies:
// one round trip for many. What the server refuses is told script by script and stops nothing.

package import MailProtocols

extension ManageSieveClient {
  /// How many octets of scripts are put into one pipeline, unless a single one is longer.
  static let pipelinedByteCount = 1 << 20

  /// What came of one script.
  package typealias Outcome<Answer> = Result<Answer, ManageSieveError>

  /// Gets scripts, by the names that the server lists; hands each over, in order.
  package func getScripts(
    _ names: [SieveScriptName], _ body: (Outcome<[UInt8]>) -> Void
  ) throws(ManageSieveError) {
    try performEach(names.map { .getScript($0) }, reading: \.script, body)
  }

  /// Checks scripts; hands over the warnings about each, in order. Throws `capabilityMissing` where
  /// the server has no CHECKSCRIPT.
  package func checkScripts(
    _ scripts: [[UInt8]], _ body: (Outcome<[UInt8]?>) -> Void
  ) throws(ManageSieveError) {
    guard capabilities.offers(.checkScript) else {
      throw .capabilityMissing(.command(.checkScript))
    }
    try performEach(scripts.map { .checkScript($0) }, reading: { .some($0.warning) }, body)
  }

  /// Stores scripts; hands over the warnings about each, in order.
  ///
  /// With backups, and for scripts that HAVESPACE is asked about first, one after another.
  package func putScripts(
    _ scripts: [(name: SieveScriptName, octets: [UInt8])], _ body: (Outcome<[UInt8]?>) -> Void
  ) throws(ManageSieveError) {
    let isAsked = options.spaceCheckByteCount.map { limit in
      scripts.contains { $0.octets.count > limit }
    }
    guard options.backupCount > 0 || isAsked ?? false else {
      let commands = scripts.map { SieveCommand.putScript($0.name, $0.octets) }
      return try performEach(commands, reading: { .some($0.warning) }, body)
    }
    for script in scripts {
      do throws(ManageSieveError) {
        try putScript(script.octets, as: script.name)
        body(.success(lastWarning))
      } catch {
        guard !isOver, case .refused = error else { throw error }
        body(.failure(error))
      }
    }
  }

  /// Deletes scripts, by the names that the server lists; says of each, in order, how it went.
  package func deleteScripts(
    _ names: [SieveScriptName], _ body: (Outcome<Void>) -> Void
  ) throws(ManageSieveError) {
    try performEach(names.map { .deleteScript($0) }, reading: { _ in () }, body)
  }

  private func performEach<Answer>(
    _ commands: [SieveCommand], reading answer: (SieveReply) -> Answer?,
    _ body: (Outcome<Answer>) -> Void
  ) throws(ManageSieveError) {
    var rest = commands[...]
    while !rest.isEmpty {
      var byteCount = 0
      let group = Array(
        rest.prefix { command in
          defer { byteCount += command.scriptByteCount }
          return byteCount == 0 || byteCount + command.scriptByteCount <= Self.pipelinedByteCount
        })
      rest = rest.dropFirst(group.count)
      try perform(group) { index, reply in
        if !reply.isOK {
          body(.failure(refusal(reply, verb: group[index].verb)))
        } else if let answer = answer(reply) {
          body(.success(answer))
        } else {
          body(.failure(.closed))
        }
      }
    }
  }
}

extension SieveCommand {
  /// How long the script is that goes along.
  fileprivate var scriptByteCount: Int {
    switch self {
    case .putScript(_, let script), .checkScript(let script): script.count
    case .authenticate, .startTLS, .logout, .capability, .haveSpace, .listScripts, .setActive,
      .getScript, .deleteScript, .renameScript, .noOperation, .unauthenticate, .raw:
      0
    }
  }
}
