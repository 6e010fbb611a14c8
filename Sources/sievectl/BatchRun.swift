// The lines of a batch, one after another. Lines in a row that send the same command are sent ahead
// of the replies, so that the way to the server is gone once for many; which also means that when one
// of them fails, some behind it are done already.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// A batch on its way.
struct BatchRun {
  /// When it ends.
  enum Ending { case atFirstFailure, atTheEnd }

  /// How many octets of scripts go ahead, unless a single one is longer.
  static let maxAheadByteCount = 1 << 20

  private let lines: [BatchLine]
  private let source: String
  private let ends: Ending
  private let session: SieveSession
  private var tally = StatusTally()
  /// The lines from `position` on that were looked at.
  private var ready: [Result<SieveTask, SieveFailure>] = []
  private var position = 0

  /// - Parameter source: where the lines are from, for messages.
  init(_ lines: [BatchLine], source: String, ends: Ending, on session: SieveSession) {
    self.lines = lines
    self.source = source
    self.ends = ends
    self.session = session
  }

  /// Runs all; the status is that of the line that ended the batch, or what they all come to.
  mutating func run() throws(SieveFailure) -> ExitStatus {
    // Without a line there is still somebody to be logged in.
    _ = try session.client()
    while position < lines.count {
      try lookAhead()
      let status = try run(lines[position], ready.removeFirst())
      position += 1
      tally.add(status)
      if status != .success, case .atFirstFailure = ends {
        try finishAhead()
        return status
      }
    }
    return tally.status
  }

  // MARK: - One line

  private func run(
    _ line: BatchLine, _ task: Result<SieveTask, SieveFailure>
  ) throws(SieveFailure) -> ExitStatus {
    let isJSON = session.output.form == .json
    let diagnostics = diagnostics(of: line)
    let (report, failure) = LineReport.run(on: session, keeps: isJSON, diagnostics) {
      () throws(SieveFailure) in try task.get().run(on: session)
    }
    if let failure, failure.status == .temporary, session.mayTryAgain { throw failure }
    if isJSON {
      session.output.object { json in
        json.add("line", line.number)
        report.add(to: &json)
      }
      try session.output.flush()
    }
    if let failure {
      guard !failure.isFatal else { throw failure }
      diagnostics.fatal(failure.message(about: nil))
    }
    return report.status
  }

  private func diagnostics(of line: BatchLine) -> Diagnostics {
    let voice = session.diagnostics
    return Diagnostics(tool: "\(voice.tool): \(source):\(line.number)", level: voice.level)
  }

  // MARK: - Ahead

  private func prepare(_ line: BatchLine) -> Result<SieveTask, SieveFailure> {
    do throws(SieveFailure) {
      return .success(
        try CommandTable.task(
          line.words, settings: session.settings, diagnostics: diagnostics(of: line)))
    } catch {
      return .failure(error)
    }
  }

  /// Has the line at `position` ready, and sends what stands behind it and is like it.
  private mutating func lookAhead() throws(SieveFailure) {
    if ready.isEmpty {
      ready.append(prepare(lines[position]))
      guard case .success(.pipelined(let command, _)) = ready[0] else { return }
      _ = try session.sendAhead(command)
    }
    var byteCount = ready.reduce(0) { $0 + $1.aheadByteCount }
    while position + ready.count < lines.count, byteCount < Self.maxAheadByteCount,
      ready.count < session.settings.client.pipelineDepth,
      case .success(.pipelined(let last, _))? = ready.last, session.wasSentAhead(last)
    {
      let next = lines[position + ready.count]
      // What is not alike may want files that the lines before it write.
      guard next.words[0] == lines[position].words[0] else { return }
      let task = prepare(next)
      ready.append(task)
      guard case .success(.pipelined(let command, _)) = task, try session.sendAhead(command)
      else { return }
      byteCount += task.aheadByteCount
    }
  }

  /// What was sent is done, or not, although nobody wants it any more: that is told, too.
  private mutating func finishAhead() throws(SieveFailure) {
    for task in ready {
      guard case .success(.pipelined(let command, _)) = task, session.wasSentAhead(command)
      else { return }
      _ = try run(lines[position], task)
      position += 1
    }
  }
}

extension Result<SieveTask, SieveFailure> {
  /// The octets of the script that a line sends ahead.
  fileprivate var aheadByteCount: Int {
    switch self {
    case .success(.pipelined(.putScript(_, let script), _)),
      .success(.pipelined(.checkScript(let script), _)):
      script.count
    case .success, .failure: 0
    }
  }
}
