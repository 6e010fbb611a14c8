// Secrets out of descriptors and files: read within bounds, checked, and overwritten where they were
// read to. No error shows any of them.

internal import Glibc
package import MailIO
package import MailProtocols

/// Reads secrets.
package enum SecretInput {
  /// The longest password or token in octets, without the line end behind it.
  package static let maxByteCount = 65_536

  /// How long a descriptor or a command may take.
  package static let patience = Duration.seconds(60)

  /// Why octets were not read.
  enum ReadFailure: Error {
    case tooLong, timedOut
    case failed(SystemError)
  }

  /// A secret of what was read: one line end (LF or CRLF) at its end is taken off, and no more.
  /// Overwrites `octets`. Throws status configuration (78) for one that is empty, holds a NUL or is
  /// too long.
  /// - Parameter source: what it came from, for messages.
  package static func secret(
    _ octets: inout [UInt8], from source: String
  ) throws(ToolFailure) -> SASLSecret {
    defer { SASLSecret.wipe(&octets) }
    var count = octets.count
    if octets.last == .lineFeed {
      count -= 1
      if count > 0, octets[count - 1] == .carriageReturn { count -= 1 }
    }
    guard count > 0 else { throw unusable(source, "there is no secret in it") }
    guard count <= maxByteCount else {
      throw unusable(source, "longer than \(maxByteCount) octets")
    }
    guard !octets.contains(.nul) else { throw unusable(source, "a secret cannot hold NUL") }
    // In place: a slice's copy would be one more to overwrite.
    octets.removeLast(octets.count - count)
    return SASLSecret(octets)
  }

  /// The secret that a descriptor gives up to its end. Throws status configuration (78).
  package static func secret(
    descriptor: Int32, from source: String, until deadline: Deadline
  ) throws(ToolFailure) -> SASLSecret {
    var octets = try octets(
      descriptor: descriptor, from: source, maxByteCount: maxByteCount, until: deadline)
    return try secret(&octets, from: source)
  }

  /// The secret in a file that nobody else can read or write; nil when there is no such file.
  /// Throws status configuration (78).
  package static func secret(
    file path: String, from source: String, until deadline: Deadline
  ) throws(ToolFailure) -> SASLSecret? {
    guard let file = try open(path, source) else { return nil }
    return try secret(descriptor: file.rawValue, from: source, until: deadline)
  }

  /// The octets of a file that nobody else can read or write, for the caller to overwrite; nil
  /// when there is no such file. Throws status configuration (78).
  static func octets(
    file path: String, from source: String, maxByteCount: Int, until deadline: Deadline
  ) throws(ToolFailure) -> [UInt8]? {
    guard let file = try open(path, source) else { return nil }
    return try octets(
      descriptor: file.rawValue, from: source, maxByteCount: maxByteCount, until: deadline)
  }

  /// Everything up to the end; for the caller to overwrite.
  static func read(
    _ descriptor: Int32, maxByteCount: Int, until deadline: Deadline
  ) throws(ReadFailure) -> [UInt8] {
    // Of its full size at once: growing would leave copies behind.
    var room = [UInt8](repeating: 0, count: maxByteCount + 1)
    defer { SASLSecret.wipe(&room) }
    var count = 0
    while count < room.count {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = retryingInterrupted { poll(&entry, 1, deadline.pollTimeout) }
      guard ready >= 0 else { throw .failed(SystemError("poll")) }
      guard ready > 0 else { throw .timedOut }
      let got = room.withUnsafeMutableBytes { room in
        retryingInterrupted {
          Glibc.read(descriptor, room.baseAddress! + count, room.count - count)
        }
      }
      if got < 0 {
        if errno == EAGAIN { continue }
        throw .failed(SystemError("read"))
      }
      if got == 0 { return [UInt8](room[..<count]) }
      count += got
    }
    throw .tooLong
  }

  // MARK: - Details

  private static func octets(
    descriptor: Int32, from source: String, maxByteCount: Int, until deadline: Deadline
  ) throws(ToolFailure) -> [UInt8] {
    do throws(ReadFailure) {
      // A line end may stand behind it.
      return try read(descriptor, maxByteCount: maxByteCount + 2, until: deadline)
    } catch {
      switch error {
      case .tooLong: throw unusable(source, "longer than \(maxByteCount) octets")
      case .timedOut: throw unusable(source, "its end did not come in time")
      case .failed(let error): throw unusable(source, String(cString: strerror(error.code)))
      }
    }
  }

  private static func unusable(_ source: String, _ reason: String) -> ToolFailure {
    ToolFailure(.configuration, "\(source): \(reason)")
  }

  /// Opens a file, or a pipe (as the shell's `<(...)` gives), that is ours alone.
  private static func open(
    _ path: String, _ source: String
  ) throws(ToolFailure) -> FileDescriptor? {
    let file: FileDescriptor
    do throws(SystemError) {
      file = try .open(path, flags: O_RDONLY | O_NOCTTY, target: path)
    } catch {
      if error.code == ENOENT { return nil }
      throw unusable(source, String(cString: strerror(error.code)))
    }
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else {
      throw unusable(source, String(cString: strerror(errno)))
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFIFO else {
      throw unusable(source, "neither a file nor a pipe")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw unusable(source, "it belongs to another user; chown it to the one who runs this")
    }
    // The group that root gave a file may read it: so do ACLs look, by which systemd lets a
    // service read its credentials.
    let allowed: mode_t = status.st_uid == 0 ? 0o740 : 0o700
    let mode = status.st_mode & 0o777
    guard mode & ~allowed == 0 else {
      throw unusable(
        source, "others can read or change it (mode \(String(mode, radix: 8))); chmod 600 it")
    }
    return file
  }
}
