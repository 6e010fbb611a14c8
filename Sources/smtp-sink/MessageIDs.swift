// Names for messages, in replies, events and `--print line`: unique over all sinks.

internal import Synchronization

/// Gives each message an id: random for the process, counted within it.
final class MessageIDs: Sendable {
  private let prefix: String
  private let counter = Atomic<Int>(0)

  init() {
    prefix = String(UInt64.random(in: 1 << 60...UInt64.max), radix: 36)
  }

  func next() -> String {
    "\(prefix).\(counter.add(1, ordering: .relaxed).newValue)"
  }
}
