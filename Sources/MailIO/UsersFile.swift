// Who may log in at a server, from a file: `user:password` or
// `user:{SCRAM-SHA-256}iterations,salt,stored,server` lines, `#` starts a comment line. Passwords
// are prepared (RFC 4013) and kept in memory that is wiped.

internal import Glibc
package import MailProtocols

/// Users and what they show to be who they are.
package struct UsersFile: Sendable {
  /// What a user's line holds.
  package enum Secret: Sendable {
    case password(SASLSecret)
    /// One for each hash.
    case keys([SCRAMKeys])
  }

  /// Why a file is refused; the description names it and the line.
  package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether there is no such file.
    package let isMissing: Bool
  }

  /// Octets of a file.
  package static let maxByteCount = 16 << 20

  package private(set) var users: [String: Secret] = [:]

  /// Reads a file, or a descriptor given as `fd:N`. A file that others than its owner can read is
  /// refused.
  package init(_ target: String) throws(Failure) {
    var octets = try Self.read(target)
    defer { SASLSecret.wipe(&octets) }
    var lineNumber = 0
    for line in octets.split(separator: .lineFeed, omittingEmptySubsequences: false) {
      lineNumber += 1
      let text = line.last == .carriageReturn ? line.dropLast() : line
      if text.isEmpty || text.first == .ascii("#") { continue }
      try add(text) { reason in
        Failure(description: "\(target), line \(lineNumber): \(reason)", isMissing: false)
      }
    }
  }

  private mutating func add(
    _ line: ArraySlice<UInt8>, _ failure: (String) -> Failure
  ) throws(Failure) {
    guard let colon = line.firstIndex(of: .ascii(":")), colon > line.startIndex else {
      throw failure("not USER:PASSWORD")
    }
    guard
      let prepared = try? SASLprep.prepare([UInt8](line[..<colon]), for: .stored)
    else { throw failure("the name cannot be prepared (RFC 4013)") }
    let name = String(decoding: prepared, as: UTF8.self)
    let rest = line[(colon + 1)...]
    if rest.starts(with: Array("{SCRAM-".utf8)) {
      guard let keys = SCRAMKeys(text: String(decoding: rest, as: UTF8.self)) else {
        throw failure("not {SCRAM-HASH}iterations,salt,stored,server")
      }
      switch users[name] {
      case .keys(let others): users[name] = .keys(others.filter { $0.hash != keys.hash } + [keys])
      case .password: throw failure("a password and keys for one user")
      case nil: users[name] = .keys([keys])
      }
      return
    }
    guard users[name] == nil else { throw failure("this user has a line already") }
    guard var password = try? SASLprep.prepare([UInt8](rest), for: .stored), !password.isEmpty
    else { throw failure("the password is empty or cannot be prepared (RFC 4013)") }
    users[name] = .password(SASLSecret(password))
    SASLSecret.wipe(&password)
  }

  private static func read(_ target: String) throws(Failure) -> [UInt8] {
    let failed = { (error: SystemError) in
      Failure(description: error.description, isMissing: error.code == ENOENT)
    }
    let descriptor: Int32
    if target.hasPrefix("fd:"), let number = Int32(target.dropFirst(3)) {
      descriptor = number
    } else {
      descriptor = open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { throw failed(SystemError("open", target)) }
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & (S_IRWXG | S_IRWXO) == 0 else {
        close(descriptor)
        throw Failure(
          description: "\(target): others can read it; chmod 600 it", isMissing: false)
      }
    }
    defer { close(descriptor) }
    // Room for all of it at once: an array that grows would leave copies behind.
    var octets: [UInt8] = []
    octets.reserveCapacity(1 << 16)
    var piece = [UInt8](repeating: 0, count: 4096)
    defer { SASLSecret.wipe(&piece) }
    while true {
      let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return octets }
      if count < 0 {
        if errno == EINTR { continue }
        throw failed(SystemError("read", target))
      }
      guard octets.count + count <= maxByteCount else {
        throw Failure(description: "\(target): over \(maxByteCount) octets", isMissing: false)
      }
      octets += piece[..<count]
    }
  }
}
