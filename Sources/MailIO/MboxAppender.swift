// Delivery into an mbox of the kind mboxrd: the file is locked, the message appended, and cut off
// again when it cannot be had whole. MboxFraming (MailProtocols) writes the format.

internal import Glibc
internal import MailProtocols

/// Appends each message to one file, which mail programs may read and append to meanwhile.
///
/// The lock is fcntl(2)'s, as mail programs take it; it is the process's, so one process must have
/// one appender a file and open the file nowhere else (closing any descriptor of it would unlock).
package final class MboxAppender: MessageStore {
  /// How long a lock held by others is waited for.
  package static let lockTimeout = Duration.seconds(30)

  /// The file as the user named it.
  package let path: String
  /// What is gathered before it is written: a small message is one write.
  private static let writeByteCount = 64 * 1024

  private let durability: DurabilityLevel
  private let lockTimeout: Duration
  private let turn = TurnLock()

  /// Makes the file (mode 0600) when missing; its directory must be there.
  package init(
    path: String, durability: DurabilityLevel, lockTimeout: Duration = MboxAppender.lockTimeout
  ) throws(SystemError) {
    self.path = path
    self.durability = durability
    self.lockTimeout = lockTimeout
    _ = try Self.open(path)
  }

  /// Locks the file and appends the message; the lock lasts until commit or rollback.
  ///
  /// ETIMEDOUT when others hold the lock for longer than the appender waits.
  package func prepare(
    _ spool: MessageSpool, stamp: MessageStamp
  ) throws(SystemError) -> any PreparedMessage {
    let deadline = Deadline.after(lockTimeout)
    guard turn.take(until: deadline) else { throw SystemError("lock", path, code: ETIMEDOUT) }
    do throws(SystemError) {
      // Opened anew each time: a mail program may have put another file in its place.
      let file = try Self.open(path)
      try lock(file, until: deadline)
      let byteCount = try file.byteCount(path)
      do throws(SystemError) {
        try append(spool, stamp, to: file, holding: byteCount)
      } catch {
        Self.cut(file, to: byteCount)
        throw error
      }
      return PreparedMboxMessage(turn: turn, file: file, byteCount: byteCount)
    } catch {
      turn.give()
      throw error
    }
  }

  private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
    try .open(path, flags: O_RDWR | O_APPEND | O_CREAT, mode: 0o600, target: path)
  }

  private func lock(
    _ file: borrowing FileDescriptor, until deadline: Deadline
  ) throws(SystemError) {
    while true {
      var whole = Glibc.flock()
      whole.l_type = Int16(F_WRLCK)
      whole.l_whence = Int16(SEEK_SET)
      if fcntl(file.rawValue, F_SETLK, &whole) == 0 { return }
      switch errno {
      case EINTR: continue
      case EACCES, EAGAIN:
        if deadline.hasPassed { throw SystemError("lock", path, code: ETIMEDOUT) }
        usleep(20_000)
      default: throw SystemError("lock", path)
      }
    }
  }

  private func append(
    _ spool: MessageSpool, _ stamp: MessageStamp, to file: borrowing FileDescriptor,
    holding byteCount: Int
  ) throws(SystemError) {
    var output = try missingLineEnds(file, byteCount)
    output += MboxSeparator.line(sender: stamp.sender.span, seconds: stamp.seconds)
    var framing = MboxFraming()
    try spool.forEachPiece { piece throws(SystemError) in
      framing.quote(piece.bindMemory(to: UInt8.self).span, into: &output)
      if output.count < Self.writeByteCount { return }
      try write(output, to: file)
      output.removeAll(keepingCapacity: true)
    }
    framing.finish(into: &output)
    try write(output, to: file)
    switch durability {
    case .none: break
    case .file, .full: try file.synchronize(path)
    }
  }

  private func write(
    _ output: [UInt8], to file: borrowing FileDescriptor
  ) throws(SystemError) {
    try output.span.withUnsafeBytes { bytes throws(SystemError) in
      try file.writeAll(bytes, target: path)
    }
  }

  /// What a file lacks at its end before a From_ line may follow: it should end in an empty line.
  private func missingLineEnds(
    _ file: borrowing FileDescriptor, _ byteCount: Int
  ) throws(SystemError) -> [UInt8] {
    if byteCount == 0 { return [] }
    var end: [UInt8] = [.lineFeed, .lineFeed]
    let count = min(2, byteCount)
    var span = end.mutableSpan
    try span.withUnsafeMutableBytes { bytes throws(SystemError) in
      let last = UnsafeMutableRawBufferPointer(rebasing: bytes[(2 - count)...])
      _ = try file.read(at: byteCount - count, into: last, target: path)
    }
    if end[1] != .lineFeed { return [.lineFeed, .lineFeed] }
    return end[0] != .lineFeed ? [.lineFeed] : []
  }

  /// Best effort: what cannot be cut off cannot be helped, and the error that led here is told.
  fileprivate static func cut(_ file: borrowing FileDescriptor, to byteCount: Int) {
    try? file.truncate(to: byteCount, target: "")
  }
}

private final class PreparedMboxMessage: PreparedMessage {
  private let turn: TurnLock
  private var file: FileDescriptor?
  private let byteCount: Int

  init(turn: TurnLock, file: consuming FileDescriptor, byteCount: Int) {
    self.turn = turn
    self.file = consume file
    self.byteCount = byteCount
  }

  deinit { rollback() }

  var path: String? { nil }

  func commit() throws(SystemError) -> String? {
    unlock()
    return nil
  }

  /// Cuts the message off again; after commit nothing is done, for others may have written.
  func rollback() {
    switch file {
    case .some(let file): MboxAppender.cut(file, to: byteCount)
    case .none: return
    }
    unlock()
  }

  /// Closing the file releases fcntl's lock; before the next in this process may take it.
  private func unlock() {
    guard let taken = file.take() else { return }
    try? taken.close()
    turn.give()
  }
}
