// A question on the terminal whose answer is not shown. However it ends, by an answer or a signal,
// the terminal is left as it was found; but for SIGKILL.

internal import Glibc
internal import MailIO
package import MailProtocols

/// Asks for secrets on a terminal.
package struct TerminalPrompt: Sendable {
  /// The terminal of this process.
  package static let ownTerminal = "/dev/tty"

  private let path: String

  /// Asks on this terminal.
  package init(path: String = Self.ownTerminal) { self.path = path }

  /// Those that would end or stop us with the terminal silent.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

  private enum Answer {
    case line([UInt8])
    case signal(Int32)
  }

  /// Writes the question and reads a line.
  ///
  /// A signal that comes meanwhile does what it does without us, once the terminal is as it was;
  /// after SIGTSTP the question is asked again. Throws status configuration (78) when there is no
  /// terminal, no answer, an empty one, and when the signal did not end the process.
  package func secret(_ question: String) throws(ToolFailure) -> SASLSecret {
    let terminal: FileDescriptor
    do throws(SystemError) {
      terminal = try .open(path, flags: O_RDWR | O_NOCTTY, target: path)
    } catch {
      throw ToolFailure(.configuration, "no password: \(error)")
    }
    while true {
      var formerMask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &formerMask)
      defer { pthread_sigmask(SIG_SETMASK, &formerMask, nil) }
      switch try ask(question, on: terminal.rawValue) {
      case .line(var octets):
        return try SecretInput.secret(&octets, from: "password")
      case .signal(let number):
        pthread_sigmask(SIG_SETMASK, &formerMask, nil)
        raise(number)
        guard number == SIGTSTP, sigismember(&formerMask, SIGTSTP) == 0 else {
          throw ToolFailure(.configuration, "no password: interrupted by signal \(number)")
        }
      }
    }
  }

  /// With the signals blocked, and the echo off.
  private func ask(_ question: String, on terminal: Int32) throws(ToolFailure) -> Answer {
    let signals = try SignalDescriptor(Self.signals)
    var former = termios()
    guard tcgetattr(terminal, &former) == 0 else { throw failed("tcgetattr") }
    var silent = former
    silent.c_lflag &= ~tcflag_t(ECHO | ECHONL)
    silent.c_lflag |= tcflag_t(ICANON | ISIG)
    guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw failed("tcsetattr") }
    defer {
      // What else was typed blindly is not for the shell.
      tcsetattr(terminal, TCSAFLUSH, &former)
      show("\n", on: terminal)
    }
    show(question, on: terminal)
    // Of its full size at once: growing would leave copies behind.
    var room = [UInt8](repeating: 0, count: SecretInput.maxByteCount + 2)
    defer { SASLSecret.wipe(&room) }
    var count = 0
    while count < room.count {
      var entries = [
        pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard retryingInterrupted({ poll(&entries, 2, -1) }) > 0 else { throw failed("poll") }
      if let number = signals.next() { return .signal(number) }
      guard entries[0].revents != 0 else { continue }
      let got = room.withUnsafeMutableBytes { room in
        retryingInterrupted { read(terminal, room.baseAddress! + count, room.count - count) }
      }
      guard got >= 0 else { throw failed("read") }
      count += got
      if got == 0 || room[count - 1] == .lineFeed { return .line([UInt8](room[..<count])) }
    }
    return .line([UInt8](room))
  }

  private func show(_ text: String, on terminal: Int32) {
    let octets = [UInt8](text.utf8)
    _ = octets.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
  }

  private func failed(_ call: String) -> ToolFailure {
    ToolFailure(.configuration, "no password: \(SystemError(call, path))")
  }
}
