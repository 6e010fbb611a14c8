// A terminal for tests: what is typed and what is shown is on its master's side.

import Glibc
import Testing

final class PseudoTerminal: Sendable {
  /// What a program opens.
  let path: String
  private let master: Int32

  init() throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0)
    // TIOCSPTLCK and TIOCGPTN, macros that Swift cannot import: what unlockpt and ptsname do.
    var isLocked: Int32 = 0
    try #require(ioctl(master, 0x4004_5431, &isLocked) == 0)
    var number: UInt32 = 0
    try #require(ioctl(master, 0x8004_5430, &number) == 0)
    path = "/dev/pts/\(number)"
  }

  deinit { close(master) }

  /// Whether what is typed is shown.
  var isEchoing: Bool {
    var settings = termios()
    precondition(tcgetattr(master, &settings) == 0)
    return settings.c_lflag & tcflag_t(ECHO) != 0
  }

  func type(_ text: String) { write(master, text, text.utf8.count) }

  /// What is shown from now on, up to `end`; all there is when it does not come.
  func shown(upTo end: String) -> String { shown { $0.hasSuffix(end) } }

  /// What is shown from now on, until it is as it should be; all there is when it is never so.
  func shown(until isThere: (String) -> Bool) -> String {
    var octets: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1024)
    while !isThere(String(decoding: octets, as: UTF8.self)) {
      var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, RunningTool.patience) > 0 else { break }
      let count = read(master, &piece, piece.count)
      guard count > 0 else { break }
      octets += piece[..<count]
    }
    return String(decoding: octets, as: UTF8.self)
  }

  /// Waits until keys are read one by one. libedit shows its prompt a little before: what is typed in
  /// between is still the terminal's to interpret, ^C and ^D for two.
  func waitUntilKeysAreRead() {
    _ = eventually {
      var modes = termios()
      return tcgetattr(master, &modes) == 0 && modes.c_lflag & tcflag_t(ICANON) == 0
    }
  }
}
