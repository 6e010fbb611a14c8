// A flag that threads can wait for beside a socket: raised, it wakes them all, and stays up until
// it is cleared.

internal import CLinux
internal import Glibc
internal import Synchronization

/// Wakes every wait that names it.
package final class Interrupt: Sendable {
  /// Readable when the interrupt is raised.
  package let descriptor: Int32
  private let flag = Atomic(false)

  /// Makes one; throws `SystemError` when there is no descriptor left.
  package init() throws(SystemError) {
    descriptor = postroom_eventfd(0, Int32(POSTROOM_CLOEXEC | POSTROOM_NONBLOCK))
    guard descriptor >= 0 else { throw SystemError("eventfd") }
  }

  deinit { close(descriptor) }

  /// Wakes all who wait, and all who will. May be called by anyone, any number of times.
  package func raise() {
    flag.store(true, ordering: .releasing)
    var one: UInt64 = 1
    // A full counter is as raised as can be.
    _ = write(descriptor, &one, 8)
  }

  /// Takes it down again, for a single thread that waits for one thing after another.
  package func clear() {
    var count: UInt64 = 0
    flag.store(false, ordering: .releasing)
    _ = read(descriptor, &count, 8)
  }

  /// Whether it is up; asking costs no system call.
  package var isRaised: Bool { flag.load(ordering: .acquiring) }

  /// Waits until it is raised; false when the deadline came first.
  package func wait(until deadline: Deadline) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let count = poll(&entry, 1, deadline.pollTimeout)
      if count > 0 { return true }
      if count == 0 && deadline.hasPassed { return false }
    }
  }
}
