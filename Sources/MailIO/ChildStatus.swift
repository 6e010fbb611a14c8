// How a child process ended.

internal import Glibc

/// How a child process ended.
package enum ChildStatus: Equatable, Sendable {
  /// By itself, with this status (0 to 255).
  case exited(Int32)
  /// By this signal.
  case signalled(Int32)
  /// By us, because its time was over.
  case timedOut

  /// From what `waitpid` tells.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7F
    self = signal == 0 ? .exited(waitStatus >> 8 & 0xFF) : .signalled(signal)
  }
}

extension SystemError {
  /// The status a shell has for a command that could not be started: 127 when it was not found,
  /// else 126.
  package var commandStatus: Int32 { code == ENOENT ? 127 : 126 }
}
