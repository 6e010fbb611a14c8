// A ManageSieve server for tests: keeps scripts in memory, answers as RFC 5804 wants it, and for
// chosen commands as the test wants it. Plain text on 127.0.0.1; any password will do.

import CLinux
import Glibc

/// One server, with a thread that serves connection after connection.
final class SieveServer: @unchecked Sendable {
  /// What to do in place of an ordinary answer.
  enum Answer {
    /// These octets.
    case text(String)
    /// Nothing, ever: the client has to give up.
    case silence
    /// The end of the connection, after these octets.
    case end(String)
  }

  /// A script.
  struct Script: Equatable {
    var name: String
    var content: [UInt8]
  }

  // Guarded by `lock`.
  private var scripts: [Script]
  private var active: String?
  private var answers: [String: [Answer]]
  private var received: [String] = []
  private var connections = 0
  private let capabilities: String
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let listener: Int32
  let port: UInt16

  /// Capabilities of a server that knows the RFC.
  static let modern = """
    "IMPLEMENTATION" "Test"\r
    "VERSION" "1.0"\r
    "SASL" "PLAIN"\r
    "SIEVE" "fileinto vacation"\r
    "NOTIFY" "mailto"\r

    """

  /// - Parameters:
  ///   - answers: for each verb (or `GREETING`) what to do the first times; the last one stays.
  init(
    _ scripts: [String: String] = [:], active: String? = nil, answers: [String: [Answer]] = [:],
    capabilities: String = SieveServer.modern
  ) {
    self.scripts = scripts.sorted { $0.key < $1.key }
      .map { Script(name: $0.key, content: Array($0.value.utf8)) }
    self.active = active
    self.answers = answers
    self.capabilities = capabilities
    pthread_mutex_init(lock, nil)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(listener, $0, size) == 0 && listen(listener, 16) == 0)
        precondition(getsockname(listener, $0, &size) == 0)
      }
    }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    let thread = startThread { [weak self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let self else { break }
        self.serve(client)
        close(client)
      }
      close(listener)
    }
    pthread_detach(thread)
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  // MARK: - Looking at it

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }

  /// What the clients sent, line by line; scripts as `{N}`, what authenticates left out.
  var lines: [String] { locked { received } }
  var connectionCount: Int { locked { connections } }
  var activeName: String? { locked { active } }
  var names: [String] { locked { scripts.map(\.name) } }
  func content(_ name: String) -> String? {
    locked { scripts.first { $0.name == name }.map { String(decoding: $0.content, as: UTF8.self) } }
  }

  // MARK: - Serving

  private func serve(_ descriptor: Int32) {
    locked { connections += 1 }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var input = SieveServerInput(descriptor: descriptor)
    guard answer("GREETING", to: descriptor, { capabilities + "OK \"ready\"\r\n" }) else { return }
    while let command = input.command() {
      locked {
        received.append(command.line)
      }
      guard answer(command.verb, to: descriptor, { ordinary(command) }) else { return }
      if command.verb == "LOGOUT" { return }
    }
  }

  /// False when the connection is to end.
  private func answer(_ verb: String, to descriptor: Int32, _ ordinary: () -> String) -> Bool {
    let chosen: Answer? = locked {
      guard var queue = answers[verb], let first = queue.first else { return nil }
      if queue.count > 1 {
        queue.removeFirst()
        answers[verb] = queue
      }
      return first
    }
    switch chosen {
    case nil: return send(ordinary(), to: descriptor)
    case .text(let text): return send(text, to: descriptor)
    case .end(let text):
      _ = send(text, to: descriptor)
      return false
    case .silence: return true
    }
  }

  private func send(_ text: String, to descriptor: Int32) -> Bool {
    let octets = Array(text.utf8)
    var sent = 0
    while sent < octets.count {
      let count = octets.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress! + sent, octets.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  private func ordinary(_ command: SieveServerInput.Command) -> String {
    let strings = command.strings
    return locked {
      switch command.verb {
      case "CAPABILITY": return capabilities + "OK\r\n"
      case "NOOP": return strings.isEmpty ? "OK\r\n" : "OK (TAG \"\(strings[0])\") \"Done\"\r\n"
      case "LISTSCRIPTS":
        return scripts.map { "\"\($0.name)\"\($0.name == active ? " ACTIVE" : "")\r\n" }.joined()
          + "OK\r\n"
      case "GETSCRIPT":
        guard let script = scripts.first(where: { $0.name == strings.first }) else { break }
        let content = String(decoding: script.content, as: UTF8.self)
        return "{\(script.content.count)}\r\n\(content)\r\nOK\r\n"
      case "PUTSCRIPT":
        scripts.removeAll { $0.name == strings[0] }
        scripts.append(Script(name: strings[0], content: Array(strings[1].utf8)))
        return "OK\r\n"
      case "SETACTIVE":
        guard strings[0].isEmpty || scripts.contains(where: { $0.name == strings[0] }) else {
          break
        }
        active = strings[0].isEmpty ? nil : strings[0]
        return "OK\r\n"
      case "DELETESCRIPT":
        guard scripts.contains(where: { $0.name == strings[0] }) else { break }
        if active == strings[0] { return "NO (ACTIVE) \"it is active\"\r\n" }
        scripts.removeAll { $0.name == strings[0] }
        return "OK\r\n"
      case "RENAMESCRIPT":
        guard let index = scripts.firstIndex(where: { $0.name == strings[0] }) else { break }
        if scripts.contains(where: { $0.name == strings[1] }) {
          return "NO (ALREADYEXISTS) \"taken\"\r\n"
        }
        scripts[index].name = strings[1]
        if active == strings[0] { active = strings[1] }
        return "OK\r\n"
      default: return "OK\r\n"
      }
      return "NO (NONEXISTENT) \"no such script\"\r\n"
    }
  }
}

/// Reads commands with their literals.
struct SieveServerInput {
  struct Command {
    let verb: String
    /// As it is looked at: `PUTSCRIPT "a" {5+}`.
    var line: String
    /// Its arguments.
    var strings: [String]
  }

  let descriptor: Int32
  private var buffer: [UInt8] = []

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next command; nil at the end.
  mutating func command() -> Command? {
    guard var text = line() else { return nil }
    let verb = text.prefix { $0 != " " }.uppercased()
    var command = Command(verb: verb, line: text, strings: Self.quoted(text))
    if verb == "AUTHENTICATE" { command.line = verb }
    while text.hasSuffix("+}"), let brace = text.lastIndex(of: "{"),
      let count = Int(text[text.index(after: brace)...].dropLast(2))
    {
      while buffer.count < count { guard fill() else { return nil } }
      command.strings.append(String(decoding: buffer.prefix(count), as: UTF8.self))
      buffer.removeFirst(count)
      guard let rest = line() else { return nil }
      text = rest
      command.line += rest
      command.strings += Self.quoted(rest)
    }
    return command
  }

  private mutating func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let text = String(decoding: buffer[..<max(0, end - 1)], as: UTF8.self)
        buffer.removeFirst(end + 1)
        return text
      }
      guard fill() else { return nil }
    }
  }

  private mutating func fill() -> Bool {
    var piece = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &piece, piece.count, 0)
    guard count > 0 else { return false }
    buffer += piece[..<count]
    return true
  }

  private static func quoted(_ text: String) -> [String] {
    var strings: [String] = []
    var current: String?
    var isEscaped = false
    for character in text {
      if let open = current {
        if isEscaped {
          current = open + String(character)
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          strings.append(open)
          current = nil
        } else {
          current = open + String(character)
        }
      } else if character == "\"" {
        current = ""
      }
    }
    return strings
  }
}
