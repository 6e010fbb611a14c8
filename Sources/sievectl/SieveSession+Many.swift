// Many scripts at once, over one connection, pipelined. When the server refers to another in the
// middle, the rest is done there; when somebody has had enough, the answers under way are waited for.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

extension SieveSession {
  /// What came of one of several scripts.
  typealias Outcome<Answer> = Result<Answer, SieveFailure>
  /// Is told what came of each, in order, by its index.
  typealias Listener<Answer> = (Int, Outcome<Answer>) throws(SieveFailure) -> Void

  /// Gets scripts, by the names that the server lists.
  func getEach(
    _ names: [SieveScriptName], _ body: Listener<[UInt8]>
  ) throws(SieveFailure) {
    var progress = Progress()
    try ask { (client) throws(ManageSieveError) in
      try client.getScripts(Array(names[progress.count...])) {
        progress.take($0, host: host, body)
      }
    }
    try progress.end()
  }

  /// Checks scripts, and gives the warnings about each.
  func checkEach(_ scripts: [[UInt8]], _ body: Listener<[UInt8]?>) throws(SieveFailure) {
    var progress = Progress()
    try ask { (client) throws(ManageSieveError) in
      try client.checkScripts(Array(scripts[progress.count...])) {
        progress.take($0, host: host, body)
      }
    }
    try progress.end()
  }

  /// Stores scripts, and gives the warnings about each.
  func putEach(
    _ scripts: [(name: SieveScriptName, octets: [UInt8])], _ body: Listener<[UInt8]?>
  ) throws(SieveFailure) {
    guard !scripts.isEmpty else { return }
    var progress = Progress()
    try change { (client) throws(ManageSieveError) in
      try client.putScripts(Array(scripts[progress.count...])) {
        progress.take($0, host: host, body)
      }
    }
    try progress.end()
  }

  /// Deletes scripts, by the names that the server lists.
  func deleteEach(_ names: [SieveScriptName], _ body: Listener<Void>) throws(SieveFailure) {
    guard !names.isEmpty else { return }
    var progress = Progress()
    try change { (client) throws(ManageSieveError) in
      try client.deleteScripts(Array(names[progress.count...])) {
        progress.take($0, host: host, body)
      }
    }
    try progress.end()
  }

  /// How many answers have come, and why nobody wants more.
  private struct Progress {
    private(set) var count = 0
    private var reason: SieveFailure?

    mutating func take<Answer>(
      _ outcome: ManageSieveClient.Outcome<Answer>, host: String, _ body: Listener<Answer>
    ) {
      defer { count += 1 }
      guard reason == nil else { return }
      do throws(SieveFailure) {
        try body(count, outcome.mapError { SieveFailure($0, host: host) })
      } catch {
        reason = error
      }
    }

    func end() throws(SieveFailure) {
      if let reason { throw reason }
    }
  }
}
