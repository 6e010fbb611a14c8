// Between the threads that work for users and the one that prints: who is next, and what came of
// those that are done.

internal import MailIO
internal import ToolSupport

/// Hands out users, and takes reports.
final class EachQueue: Sendable {
  /// What a worker has to say.
  enum Event: Sendable {
    case done(user: String, LineReport)
    /// There is nothing more from this worker.
    case ended
  }

  private struct State: Sendable {
    var position = 0
    var isClosed = false
    var events: [Event] = []
  }

  private let users: [String]
  private let state = Guarded(State())
  private let news: Interrupt

  /// Throws status software (70).
  init(_ users: [String]) throws(SieveFailure) {
    self.users = users
    do throws(SystemError) {
      news = try Interrupt()
    } catch {
      throw SieveFailure(.software, "\(error)")
    }
  }

  /// The next user; nil when there is none, or enough is done.
  func next() -> String? {
    state.withLock { state in
      guard !state.isClosed, state.position < users.count else { return nil }
      defer { state.position += 1 }
      return users[state.position]
    }
  }

  /// No more users from now on.
  func close() { state.withLock { $0.isClosed = true } }

  /// Says something.
  func post(_ event: Event) {
    state.withLock { $0.events.append(event) }
    news.raise()
  }

  /// Waits until somebody says something.
  func events() -> [Event] {
    while true {
      let events = state.withLock { state in
        defer { state.events = [] }
        return state.events
      }
      guard events.isEmpty else { return events }
      _ = news.wait(until: .never)
      news.clear()
    }
  }
}
