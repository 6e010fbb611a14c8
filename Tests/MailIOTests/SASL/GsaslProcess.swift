// A dialogue over pipes with Debian's `gsasl` (2.2.0), one line of base64 a message, an empty line
// for an empty message.

import Glibc
import MailProtocols

/// A running gsasl.
final class GsaslProcess {
  private let process: pid_t
  private let toGsasl: Int32
  private let fromGsasl: Int32
  private let errors: Int32
  private var buffered: [UInt8] = []

  /// How long gsasl may think before a test fails, in milliseconds.
  private static let patience: Int32 = 20_000

  /// Starts `gsasl ARGUMENTS` for a mechanism, and reads the line in which it names it.
  init(_ mechanism: SASLMechanismName, _ arguments: [String]) {
    let input = Self.makePipe()
    let output = Self.makePipe()
    let errors = Self.makePipe()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.read, 0)
    posix_spawn_file_actions_adddup2(&actions, output.write, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
    let words = ["gsasl", "--quiet", "-m", mechanism.text] + arguments
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let status = posix_spawnp(&process, "gsasl", &actions, nil, &pointers, environ)
    guard status == 0 else { fatalError("cannot start gsasl (apt install gsasl)") }
    self.process = process
    toGsasl = input.write
    fromGsasl = output.read
    self.errors = errors.read
    close(input.read)
    close(output.write)
    close(errors.write)
    _ = readLine()
  }

  deinit {
    close(fromGsasl)
    close(errors)
  }

  /// Sends a message.
  func send(_ message: [UInt8]) {
    let line = Base64.encode(message.span) + [.lineFeed]
    // A gsasl that has given up is no reason to die.
    signal(SIGPIPE, SIG_IGN)
    _ = line.withUnsafeBytes { write(toGsasl, $0.baseAddress, $0.count) }
  }

  /// The next message, or nil when gsasl has ended.
  func receive() -> [UInt8]? {
    guard var line = readLine() else { return nil }
    // It asks for channel binding data on the same line.
    if line.starts(with: Array("Enter ".utf8)), let end = line.lastIndex(of: .space) {
      line.removeFirst(end + 1)
    }
    return Base64.decode(line.span)
  }

  /// Ends the dialogue; what gsasl has to complain of, empty when it is content.
  func finish() -> String {
    close(toGsasl)
    while readLine() != nil {}
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(errors, &chunk, chunk.count)
      if count <= 0 { break }
      text += chunk[..<count]
    }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    // It warns of properties that it has no value for, which is no failure.
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    return lines.filter { $0.contains("error") }.joined(separator: "; ")
  }

  private func readLine() -> [UInt8]? {
    while true {
      if let end = buffered.firstIndex(of: .lineFeed) {
        let line = Array(buffered[..<end])
        buffered.removeFirst(end + 1)
        return line
      }
      var descriptor = pollfd(fd: fromGsasl, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, Self.patience) == 1 else { return nil }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = read(fromGsasl, &chunk, chunk.count)
      if count <= 0 { return nil }
      buffered += chunk[..<count]
    }
  }

  private static func makePipe() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { fatalError("pipe failed") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}
