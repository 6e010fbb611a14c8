// A client for tests: sends what it is told, well-formed or not, and reads replies. Waits are
// bounded by the socket's time-out, so that a server that does not answer fails a test.

import CLinux
import Glibc
import Testing

/// Nobody listens there.
struct NotConnected: Error {
  let reason: String
}

final class TestClient {
  let descriptor: Int32
  private var buffer: [UInt8] = []
  private var position = 0

  /// Connects to a port of 127.0.0.1.
  convenience init(port: UInt16) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    try self.init(family: AF_INET, &address)
  }

  /// Connects to a port of ::1.
  convenience init(loopback6 port: UInt16) throws {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    address.sin6_addr = in6addr_loopback
    try self.init(family: AF_INET6, &address)
  }

  /// Connects to a unix socket.
  convenience init(path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    try self.init(family: AF_UNIX, &address)
  }

  private init<Address>(family: Int32, _ address: inout Address) throws {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    descriptor = socket(family, type, 0)
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard status == 0 else { throw NotConnected(reason: String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  // MARK: - Octets

  /// Sends all of it; false when the server does not take it.
  @discardableResult
  func send(_ octets: [UInt8]) -> Bool {
    var sent = 0
    while sent < octets.count {
      let count = octets.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Says that nothing more is sent.
  func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes so that the server sees a reset.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    // Not close(2): the number is closed once, in deinit.
    dup2(Self.null, descriptor)
  }

  private static let null = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)

  private func fill() -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      buffer.removeSubrange(..<position)
      position = 0
      buffer += piece[..<count]
      return true
    }
  }

  /// The next line without its CRLF; nil at the end, or when nothing comes.
  func line() -> String? {
    while true {
      if let end = buffer[position...].firstIndex(of: 0x0A) {
        let line = buffer[position..<end]
        position = end + 1
        return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
      }
      guard fill() else { return nil }
    }
  }

  /// All that comes until the server closes, as text.
  func rest() -> String {
    while fill() {}
    defer { position = buffer.count }
    return String(decoding: buffer[position...], as: UTF8.self)
  }

  /// Whether the server closes without another word.
  var isClosed: Bool { position == buffer.count && !fill() && errno != EAGAIN }

  // MARK: - SMTP

  /// The next reply, its lines joined by `\n`; empty when there is none.
  func reply() -> String {
    var lines: [String] = []
    while let line = line() {
      lines.append(line)
      if !line.dropFirst(3).hasPrefix("-") { break }
    }
    return lines.joined(separator: "\n")
  }

  /// Sends a line and gives the reply.
  func say(_ command: String) -> String {
    send(command + "\r\n")
    return reply()
  }

  /// The code and enhanced code of the reply: `250 2.1.0`, or `250` when it has none.
  func code(_ command: String) -> String { Self.code(of: say(command)) }

  static func code(of reply: String) -> String {
    let words = reply.split(separator: " ", maxSplits: 2)
    guard words.count > 1, words[1].split(separator: ".").count == 3,
      words[1].allSatisfy({ $0.isNumber || $0 == "." })
    else { return String(reply.prefix(3)) }
    return "\(words[0]) \(words[1])"
  }

  /// Reads the greeting and says EHLO; gives its reply.
  @discardableResult
  func open(_ greeting: String = "EHLO client.test") -> String {
    _ = reply()
    return say(greeting)
  }

  /// MAIL, RCPT and DATA, up to the 354.
  @discardableResult
  func begin(from: String = "a@s.test", to: [String] = ["b@s.test"]) -> String {
    _ = say("MAIL FROM:<\(from)>")
    for recipient in to { _ = say("RCPT TO:<\(recipient)>") }
    return say("DATA")
  }

  /// A whole transaction; the reply to the data. `content` ends with CRLF and needs no dots.
  @discardableResult
  func deliver(
    _ content: String = "Subject: x\r\n\r\nhello\r\n", from: String = "a@s.test",
    to: [String] = ["b@s.test"]
  ) -> String {
    let ready = begin(from: from, to: to)
    guard ready.hasPrefix("354") else { return ready }
    return say(content + ".")
  }
}
