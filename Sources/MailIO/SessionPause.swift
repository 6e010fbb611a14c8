// What a session waits for while its client is silent, so that someone else can do the waiting.

internal import Glibc

/// The end of a silence: octets, a deadline, or an interrupt, whichever comes first.
package struct SessionPause: Sendable {
  /// The connection's descriptor.
  let descriptor: Int32
  let deadline: Deadline
  let interrupt: Interrupt

  /// Waits on this thread.
  func wait() {
    var entries = (
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0)
    )
    _ = withUnsafeMutableBytes(of: &entries) {
      // Whatever ends the wait, the session looks for itself what it was.
      poll($0.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, deadline.pollTimeout)
    }
  }
}
