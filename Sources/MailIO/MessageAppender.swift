// Delivery into a file that holds many messages: the file is locked, the message appended, and cut
// off again when it cannot be had whole. What the file is like is the framing's: an mbox of the kind
// mboxrd, or a dump file as Postfix's smtp-sink writes it.

internal import Glibc
package import MailProtocols

/// Appends each message to one file, which mail programs may read and append to meanwhile.
///
/// The lock is fcntl(2)'s, as mail programs take it; it is the process's, so one process must have
/// one appender a file and open the file nowhere else (closing any descriptor of it would unlock).
package final class MessageAppender: MessageStore {
  /// How long a lock held by others is waited for.
  package static let lockTimeout = Duration.seconds(30)

  /// What is done when the file's directory is not there.
  private enum MissingDirectories {
    case refused
    case made
  }

  private let file: @Sendable (MessageStamp) throws(SystemError) -> String
  private let framing: @Sendable () -> any MessageFraming
  private let missingDirectories: MissingDirectories
  private let durability: DurabilityLevel
  private let lockTimeout: Duration
  private let turn = TurnLock()

  /// Appends to an mbox: makes the file (mode 0600) when missing; its directory must be there.
  package init(
    mbox path: String, durability: DurabilityLevel,
    lockTimeout: Duration = MessageAppender.lockTimeout
  ) throws(SystemError) {
    file = { _ in path }
    framing = { MboxMessageFraming() }
    missingDirectories = .refused
    self.durability = durability
    self.lockTimeout = lockTimeout
    _ = try open(path)
  }

  /// Appends to the dump file that `template` names when the message comes; it is made (mode 0600)
  /// then, and its directories are.
  package init(
    dump template: DumpTemplate, style: DumpFraming.Style, durability: DurabilityLevel,
    lockTimeout: Duration = MessageAppender.lockTimeout
  ) {
    file = { stamp throws(SystemError) in try template.path(seconds: stamp.seconds) }
    framing = { DumpMessageFraming(style: style, id: .random(in: .min ... .max)) }
    missingDirectories = .made
    self.durability = durability
    self.lockTimeout = lockTimeout
  }

  /// Locks the file and appends the message; the lock lasts until commit or rollback.
  ///
  /// ETIMEDOUT when others hold the lock for longer than the appender waits.
  package func prepare(
    _ spool: MessageSpool, stamp: MessageStamp
  ) throws(SystemError) -> any PreparedMessage {
    let path = try self.file(stamp)
    let deadline = Deadline.after(lockTimeout)
    guard turn.take(until: deadline) else { throw SystemError("lock", path, code: ETIMEDOUT) }
    do throws(SystemError) {
      // Opened anew each time: a mail program may have put another file in its place.
      let file = try open(path)
      try lock(file, path, until: deadline)
      let byteCount = try file.byteCount(path)
      do throws(SystemError) {
        try append(spool, stamp, to: file, path, holding: byteCount)
      } catch {
        Self.cut(file, to: byteCount)
        throw error
      }
      return AppendedMessage(turn: turn, file: file, byteCount: byteCount)
    } catch {
      turn.give()
      throw error
    }
  }

  private func open(_ path: String) throws(SystemError) -> FileDescriptor {
    let flags = O_RDWR | O_APPEND | O_CREAT
    switch missingDirectories {
    case .refused: return try .open(path, flags: flags, mode: 0o600, target: path)
    case .made:
      return try ParentDirectory.openMaking(path, flags: flags, durability: durability)
    }
  }

  private func lock(
    _ file: borrowing FileDescriptor, _ path: String, until deadline: Deadline
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
    _ path: String, holding byteCount: Int
  ) throws(SystemError) {
    let start = try missingLineEnds(file, path, byteCount)
    var framing = self.framing()
    try framing.write(
      spool, stamp, behind: start, to: file, path: path, durability: durability)
    // The file may be new: then its name has to be safe as well.
    if byteCount == 0 && durability == .full { try ParentDirectory.synchronize(of: path) }
  }

  /// What a file lacks at its end before a message may follow: it should end in an empty line.
  private func missingLineEnds(
    _ file: borrowing FileDescriptor, _ path: String, _ byteCount: Int
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

private final class AppendedMessage: PreparedMessage {
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
    case .some(let file): MessageAppender.cut(file, to: byteCount)
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
