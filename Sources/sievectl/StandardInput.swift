// Standard input, which can be read once: by the command lines of batch, the users of each, or a
// script, which is then the same for all users and lines.

internal import Glibc
internal import MailIO

/// Who reads standard input.
enum StandardInput {
  private enum State: Sendable {
    case unread
    /// A script.
    case read([UInt8])
    /// No script: commands or users.
    case taken
  }

  private static let state = Guarded(State.unread)

  /// What is in it, as a script. Throws EBUSY when it is no script.
  static func read(
    _ body: (Int32) throws(SystemError) -> [UInt8]
  ) throws(SystemError) -> [UInt8] {
    try state.withLock { state throws(SystemError) in
      switch state {
      case .taken: throw SystemError("read", "stdin", code: EBUSY)
      case .read(let octets): return octets
      case .unread:
        let octets = try body(STDIN_FILENO)
        state = .read(octets)
        return octets
      }
    }
  }

  /// From now on no script can be read from it.
  static func take() { state.withLock { $0 = .taken } }
}
