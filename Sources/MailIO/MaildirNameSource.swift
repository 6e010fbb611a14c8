// Where unique names come from: the clock, the process, a counter, and a random number that is
// drawn once. MaildirNaming (MailProtocols) puts the name together.

internal import Glibc
internal import MailProtocols
internal import Synchronization

/// Makes names that no other message in a shared Maildir has.
package final class MaildirNameSource: Sendable {
  private let next: @Sendable () -> [UInt8]

  /// Names for this process on `host`.
  ///
  /// One source a process is enough; each has a random number of its own.
  package convenience init(host: String) {
    let naming = MaildirNaming(
      host: host, process: getpid(), random: .random(in: .min ... .max))
    let counter = NameCounter()
    self.init {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      return naming.name(
        seconds: Int64(now.tv_sec), microseconds: now.tv_nsec / 1000, counter: counter.next())
    }
  }

  /// Names that `next` makes; it is called from many threads.
  package init(next: @escaping @Sendable () -> [UInt8]) {
    self.next = next
  }

  /// A name that was not given out before.
  package func name() -> [UInt8] { next() }
}

private final class NameCounter: Sendable {
  private let value = Atomic<UInt64>(0)

  func next() -> UInt64 { value.add(1, ordering: .relaxed).newValue }
}
