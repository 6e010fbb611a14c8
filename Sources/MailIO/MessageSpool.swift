// One message in its final form, between its arrival and its stores: in memory while it is small,
// then in a file. With a Maildir that file is the one in tmp/ which delivery will move, so that
// nothing is written twice; else it has no name. Used by one thread.

internal import Glibc

/// Holds one message; nothing of it is left when it is discarded or dropped.
package final class MessageSpool {
  /// Where a message goes that outgrows the memory.
  package enum Overflow: Sendable {
    /// Into tmp/ of a Maildir.
    case maildir(Maildir)
    /// Into a file without a name, in a directory; nil is `$TMPDIR` or `/tmp`.
    case directory(String?)
  }

  private enum File {
    case none
    case maildir(MaildirFile)
    case unnamed(TemporaryFile)
  }

  /// The largest message that stays in memory.
  package let memoryLimit: Int
  /// Octets appended so far, whether or not they could be written.
  package private(set) var byteCount = 0

  private let overflow: Overflow
  private let pool: BufferPool
  private var buffer: UnsafeMutableRawBufferPointer?
  private var bufferedCount = 0
  private var file = File.none
  private var isClaimed = false
  private var failure: SystemError?

  /// An empty spool.
  /// - Parameter memoryLimit: at most a buffer of the pool.
  package init(
    overflow: Overflow, memoryLimit: Int = 64 * 1024, pool: BufferPool = .shared
  ) {
    precondition(memoryLimit > 0 && memoryLimit <= pool.bufferByteCount)
    self.overflow = overflow
    self.memoryLimit = memoryLimit
    self.pool = pool
  }

  deinit { discard() }

  /// Takes the next octets of the message.
  ///
  /// A failure to write is kept for `finish`; what comes after it is counted and dropped.
  package func append(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// As `append(_:)` for a span.
  package func append(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    if failure != nil || bytes.isEmpty { return }
    let buffer = takeBuffer()
    var rest = bytes
    do throws(SystemError) {
      while bufferedCount + rest.count > memoryLimit {
        if bufferedCount == 0 {
          // A piece as large as the buffer: through it would be a copy for nothing.
          try write(rest)
          return
        }
        let count = memoryLimit - bufferedCount
        fill(buffer, with: UnsafeRawBufferPointer(rebasing: rest[..<count]))
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        try flush()
      }
    } catch {
      failure = error
      return
    }
    fill(buffer, with: rest)
  }

  /// Ends the message; to be called before it is read.
  ///
  /// Throws the failure of any `append`: the spool then does not hold the message.
  package func finish() throws(SystemError) {
    if let failure { throw failure }
    switch file {
    case .none: break
    case .maildir, .unnamed:
      do throws(SystemError) { try flush() } catch {
        failure = error
        throw error
      }
      giveBuffer()
    }
  }

  /// The finished message in order, in pieces of at most a buffer of the pool (64 KiB).
  package func forEachPiece(
    _ body: (UnsafeRawBufferPointer) throws(SystemError) -> Void
  ) throws(SystemError) {
    if let failure { throw failure }
    switch file {
    case .none:
      guard let buffer, bufferedCount > 0 else { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<bufferedCount]))
    case .maildir(let file): try forEachPiece(of: file.descriptor, file.path, body)
    case .unnamed(let file): try forEachPiece(of: file.descriptor, file.directory, body)
    }
  }

  /// Forgets the message, and removes its file unless a store has claimed it.
  package func discard() {
    giveBuffer()
    if case .maildir(let file) = file, !isClaimed { file.remove() }
    file = .none
    isClaimed = false
    bufferedCount = 0
    byteCount = 0
    failure = nil
  }

  /// The file of the finished message, when it is in tmp/ of this Maildir; only once, since the
  /// claimant moves it. The message can be read from the spool as before.
  func claimFile(in maildir: Maildir) -> MaildirFile? {
    guard case .maildir(let file) = file, file.maildir === maildir, !isClaimed else { return nil }
    isClaimed = true
    return file
  }

  /// The finished message when it is in memory; valid as long as the spool is not touched.
  var memory: UnsafeRawBufferPointer? {
    switch file {
    case .none:
      UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(buffer ?? .init(start: nil, count: 0))[..<bufferedCount])
    case .maildir, .unnamed: nil
    }
  }

  /// Opens the finished message, when it is in a file, from its start and for reading alone.
  func openForReading() throws(SystemError) -> FileDescriptor {
    guard let rawDescriptor else { throw SystemError("open", "message", code: ENOENT) }
    let path = "/proc/self/fd/\(rawDescriptor)"
    do throws(SystemError) {
      return try .open(path, flags: O_RDONLY, target: path)
    } catch {
      // In a chroot without /proc: another descriptor of ours, which nothing here reads from.
      let copy = retryingInterrupted { fcntl(rawDescriptor, F_DUPFD_CLOEXEC, 3) }
      guard copy >= 0, lseek(copy, 0, SEEK_SET) == 0 else { throw SystemError("lseek", path) }
      return FileDescriptor(owning: copy)
    }
  }

  /// The descriptor of the finished message, when it is in a file; valid as long as the spool is.
  var rawDescriptor: Int32? {
    switch file {
    case .none: nil
    case .maildir(let file): file.descriptor.rawValue
    case .unnamed(let file): file.descriptor.rawValue
    }
  }

  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, with bytes: UnsafeRawBufferPointer
  ) {
    UnsafeMutableRawBufferPointer(rebasing: buffer[bufferedCount...]).copyMemory(from: bytes)
    bufferedCount += bytes.count
  }

  private func flush() throws(SystemError) {
    guard let buffer, bufferedCount > 0 else { return }
    try write(UnsafeRawBufferPointer(rebasing: buffer[..<bufferedCount]))
    bufferedCount = 0
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    if case .none = file { file = try makeFile() }
    switch file {
    case .none: break
    case .maildir(let file): try file.descriptor.writeAll(bytes, target: file.path)
    case .unnamed(let file): try file.descriptor.writeAll(bytes, target: file.directory)
    }
  }

  private func makeFile() throws(SystemError) -> File {
    switch overflow {
    case .maildir(let maildir): .maildir(try maildir.makeFile())
    case .directory(let directory):
      .unnamed(try TemporaryFile(directory: directory ?? TemporaryFile.defaultDirectory))
    }
  }

  private func forEachPiece(
    of descriptor: borrowing FileDescriptor, _ target: @autoclosure () -> String,
    _ body: (UnsafeRawBufferPointer) throws(SystemError) -> Void
  ) throws(SystemError) {
    let piece = pool.take()
    defer { pool.give(back: piece) }
    var offset = 0
    while offset < byteCount {
      let count = try descriptor.read(at: offset, into: piece, target: target())
      // The file is ours alone: one that became shorter is a failing disk.
      guard count > 0 else { throw SystemError("read", target(), code: EIO) }
      try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      offset += count
    }
  }

  private func takeBuffer() -> UnsafeMutableRawBufferPointer {
    if let buffer { return buffer }
    let taken = pool.take()
    buffer = taken
    return taken
  }

  private func giveBuffer() {
    if let buffer { pool.give(back: buffer) }
    buffer = nil
  }
}
