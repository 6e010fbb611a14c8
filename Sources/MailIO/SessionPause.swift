// What a session waits for while it has nothing to do, so that someone else can do the waiting.

internal import CLinux
internal import Glibc

/// The end of a wait: something of the client's, a deadline, or an interrupt, whichever comes first.
package struct SessionPause: Sendable {
  /// What of the client's ends the wait. Its going away altogether always does.
  package enum Event: Sendable {
    /// Octets, or its end.
    case input
    /// Its end; octets stay where they are.
    case hangUp
    /// Neither: it may have sent all that it will, and wait for the answer.
    case nothing

    /// As poll(2) and epoll(7) take it.
    var mask: UInt32 {
      switch self {
      case .input: UInt32(POSTROOM_POLLIN | POSTROOM_POLLRDHUP)
      case .hangUp: UInt32(POSTROOM_POLLRDHUP)
      case .nothing: 0
      }
    }
  }

  /// The connection's descriptor.
  let descriptor: Int32
  let deadline: Deadline
  let interrupt: Interrupt
  var event = Event.input

  /// Waits on this thread.
  func wait() {
    var entries = (
      pollfd(fd: descriptor, events: Int16(event.mask), revents: 0),
      pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0)
    )
    _ = withUnsafeMutableBytes(of: &entries) {
      // Whatever ends the wait, the session looks for itself what it was.
      poll($0.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, deadline.pollTimeout)
    }
  }
}
