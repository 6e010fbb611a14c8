// What has come so far, and whether that is what was waited for.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Counts for the whole run, shared by all sessions.
final class SinkTally: Sendable {
  /// The figures of the `summary` event.
  struct Counts: Sendable {
    var messages = 0
    var sessions = 0
    var rejected = 0
    var aborted = 0
    var errors = 0
  }

  private struct State {
    var counts = Counts()
    var expectations: [SMTPExpectation]
    /// Messages that are being stored now.
    var storing = 0
    var begunSessions = 0
    var hasStoreFailed = false
    var hasCutTransaction = false
  }

  /// Raised when something changed that may end the run.
  let changed: Interrupt
  private let state: Guarded<State>
  private let maxMessageCount: Int?
  private let maxSessionCount: Int?

  init(_ settings: SinkSettings) throws(SystemError) {
    changed = try Interrupt()
    state = Guarded(State(expectations: settings.expectations))
    // A command may send as much as it likes: for it the number is waited for, and no bound.
    maxMessageCount = settings.command.isEmpty ? settings.maxMessageCount : nil
    maxSessionCount = settings.maxSessionCount
    target = settings.maxMessageCount
    needsBody = settings.expectations.contains(where: \.needsBody)
    isJudging = !settings.expectations.isEmpty
  }

  private let target: Int?
  /// Whether an expectation looks at bodies.
  let needsBody: Bool
  /// Whether there are expectations at all.
  let isJudging: Bool

  var counts: Counts { state.withLock { $0.counts } }

  // MARK: - Messages

  /// Takes one of the places that `--count` leaves; false when all are taken. While messages that
  /// are being stored may still fail and give their place back, it waits for them.
  func reserve() -> Bool {
    guard let maxMessageCount else { return true }
    while true {
      let answer: Bool? = state.withLock { state in
        if state.counts.messages >= maxMessageCount { return false }
        if state.counts.messages + state.storing >= maxMessageCount { return nil }
        state.storing += 1
        return true
      }
      if let answer { return answer }
      usleep(2000)
    }
  }

  /// Whether all the messages that `--count` asks for are stored.
  var isFull: Bool {
    guard let maxMessageCount else { return false }
    return state.withLock { $0.counts.messages >= maxMessageCount }
  }

  /// The message could not be stored after all.
  func giveBack() {
    state.withLock { $0.storing -= maxMessageCount == nil ? 0 : 1 }
  }

  /// The message is stored: counts it, and holds it against the expectations. Its number.
  func count(_ message: some SMTPMessageFacts) -> Int {
    let (number, isTelling) = state.withLock { state in
      if maxMessageCount != nil { state.storing -= 1 }
      state.counts.messages += 1
      for index in state.expectations.indices where state.expectations[index].matches(message) {
        state.expectations[index].countMatch()
      }
      let isTelling = target != nil || isJudging
      return (state.counts.messages, isTelling)
    }
    if isTelling { changed.raise() }
    return number
  }

  // MARK: - Everything else

  /// A session starts; its number, from 1.
  func beginSession() -> Int {
    state.withLock {
      $0.begunSessions += 1
      return $0.begunSessions
    }
  }

  func endSession() {
    state.withLock { $0.counts.sessions += 1 }
    if maxSessionCount != nil { changed.raise() }
  }

  func countRejection() { state.withLock { $0.counts.rejected += 1 } }
  func countAbort() { state.withLock { $0.counts.aborted += 1 } }
  func countError() { state.withLock { $0.counts.errors += 1 } }

  /// A message was not stored for a fault of ours: the run ends with a status that says so.
  func countStoreFailure() {
    state.withLock {
      $0.counts.errors += 1
      $0.hasStoreFailed = true
    }
  }

  /// A transaction was ended because there was no more time for it.
  func countCutTransaction() { state.withLock { $0.hasCutTransaction = true } }

  var hasCutTransaction: Bool { state.withLock { $0.hasCutTransaction } }
  var hasStoreFailed: Bool { state.withLock { $0.hasStoreFailed } }

  // MARK: - The verdict

  /// Whether nothing more is waited for.
  var isComplete: Bool {
    state.withLock { state in
      if let maxSessionCount, state.counts.sessions >= maxSessionCount { return true }
      if let target {
        guard state.counts.messages >= target else { return false }
        if maxMessageCount != nil { return true }
      }
      guard target != nil || !state.expectations.isEmpty else { return false }
      return state.expectations.allSatisfy(\.holdsForGood)
    }
  }

  /// The expectations that do not hold, and how many messages matched each.
  var unmet: [SMTPExpectation] {
    state.withLock { $0.expectations.filter { !$0.holds } }
  }

  /// What is missing of `--count` and `--sessions`, in words; nil when nothing is.
  var missing: String? {
    state.withLock { state in
      if let target, state.counts.messages < target {
        return
          "\(state.counts.messages) messages came, \(target - state.counts.messages) are missing"
      }
      if let maxSessionCount, state.counts.sessions < maxSessionCount {
        return
          "\(state.counts.sessions) sessions ended, \(maxSessionCount - state.counts.sessions) are missing"
      }
      return nil
    }
  }
}
