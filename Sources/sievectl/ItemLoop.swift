// Commands about several scripts: each item's failure is told and the rest is done, unless the
// connection is lost.

internal import MailProtocols
internal import ToolSupport

/// Does something for each of several items, and says what that comes to.
struct ItemLoop {
  /// What the JSON key of an item is.
  enum Key { case name, file }

  private let output: SieveOutput
  private let diagnostics: Diagnostics
  private let key: Key
  private weak var session: SieveSession?
  private var doneCount = 0
  private var firstFailure: ExitStatus?

  init(_ session: SieveSession, key: Key = .name) {
    self.init(session.output, session.diagnostics, key: key)
    self.session = session
  }

  /// Without a server.
  init(_ output: SieveOutput, _ diagnostics: Diagnostics, key: Key) {
    self.output = output
    self.diagnostics = diagnostics
    self.key = key
  }

  /// Success, partial (2), or the first failure's status when nothing was done.
  var status: ExitStatus {
    guard let firstFailure else { return .success }
    return doneCount > 0 ? .partial : firstFailure
  }

  /// Does one item; throws when no other can be done after it.
  /// - Parameters:
  ///   - item: for messages, safe for a terminal.
  ///   - file: for messages about lines of a script: `FILE:N: text`.
  mutating func run(
    _ item: String, file: String? = nil, _ body: () throws(SieveFailure) -> Void
  ) throws(SieveFailure) {
    do throws(SieveFailure) {
      try body()
      doneCount += 1
    } catch {
      // Later it may work, and later is when all is tried again.
      let isRetried = error.status == .temporary && session?.mayTryAgain ?? false
      guard !error.isFatal, !isRetried else { throw error }
      firstFailure = firstFailure ?? error.status
      tell(error, item, file)
    }
    try output.flush()
  }

  private func tell(_ failure: SieveFailure, _ item: String, _ file: String?) {
    if output.form == .json {
      output.object { json in
        switch key {
        case .name: json.add("name", item)
        case .file: json.add("file", item)
        }
        json.add(failure)
      }
    }
    // What names no line is then a summary: "validation failed".
    let places = failure.complaints.filter { $0.line != nil }
    if !places.isEmpty {
      diagnostics.complain(places, about: file ?? item)
    } else {
      diagnostics.fatal(failure.message(about: item))
    }
  }
}
