// A run of each: hands users to workers, prints what comes back, and knows when it is enough.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// A command for many users on its way.
struct EachRun {
  /// How far it goes.
  struct Limits: Sendable {
    let jobCount: Int
    let maxAuthFailureCount: Int
    /// Whether a failure for one user lets the others be.
    let keepsGoing: Bool
  }

  /// A thread has TLS, and the parser of the command line, on its stack.
  private static let stackByteCount = 2 << 20

  private let users: [String]
  private let command: EachCommand
  private let limits: Limits
  private let session: SieveSession
  private var tally = StatusTally()
  private var authFailureCount = 0
  /// The status that ended the run before its time.
  private var verdict: ExitStatus?

  init(
    _ users: [String], _ command: EachCommand, _ limits: Limits, on session: SieveSession
  ) {
    self.users = users
    self.command = command
    self.limits = limits
    self.session = session
  }

  /// Runs all.
  mutating func run() throws(SieveFailure) -> ExitStatus {
    if limits.jobCount == 1 {
      let worker = EachWorker(session, command)
      for user in users where verdict == nil && session.signals.received == nil {
        try take(worker.work(for: user), of: user)
      }
    } else {
      try runThreads()
    }
    if session.signals.received != nil { throw SieveFailure(.temporary, "interrupted") }
    return verdict ?? tally.status
  }

  private mutating func runThreads() throws(SieveFailure) {
    let queue = try EachQueue(users)
    var liveCount = 0
    for _ in 0..<limits.jobCount {
      let worker = EachWorker(session.another(), command)
      do throws(SystemError) {
        try SessionThread.start(stackByteCount: Self.stackByteCount) { worker.run(queue) }
        liveCount += 1
      } catch {
        guard liveCount == 0 else { break }
        throw SieveFailure(.software, "\(error)")
      }
    }
    var failure: SieveFailure?
    while liveCount > 0 {
      for event in queue.events() {
        switch event {
        case .ended: liveCount -= 1
        case .done(let user, let report):
          do throws(SieveFailure) {
            try take(report, of: user)
          } catch {
            failure = failure ?? error
          }
          if verdict != nil || failure != nil { queue.close() }
        }
      }
    }
    if let failure { throw failure }
  }

  // MARK: - What came of one

  private mutating func take(_ report: LineReport, of user: String) throws(SieveFailure) {
    try print(report, of: user)
    tally.add(report.status)
    authFailureCount = report.status == .authentication ? authFailureCount + 1 : 0
    if authFailureCount >= limits.maxAuthFailureCount {
      verdict = verdict ?? .authentication
    } else if !limits.keepsGoing, report.status != .success, report.status != .no {
      verdict = verdict ?? report.status
    }
  }

  private func print(_ report: LineReport, of user: String) throws(SieveFailure) {
    let output = session.output
    if output.form == .json {
      output.object { json in
        json.add("user", user)
        report.add(to: &json)
      }
    } else {
      output.append(Self.records(in: report.output, of: user, form: output.form))
    }
    try output.flush()
  }

  /// Each record with the user's name and a tab before it, and its end behind.
  static func records(in output: [UInt8], of user: String, form: SieveOutput.Form) -> [UInt8] {
    let end: UInt8 =
      switch form {
      case .nul: .nul
      case .lines, .json: .lineFeed
      }
    var result: [UInt8] = []
    var rest = output[...]
    while !rest.isEmpty {
      let record = rest.prefix { $0 != end }
      result += user.utf8
      result.append(.tab)
      result += record
      result.append(end)
      rest = rest.dropFirst(record.count + 1)
    }
    return result
  }
}
