// What is done with files: each call with EINTR in hand, partial reads and writes carried on, and
// a failure named. Targets are autoclosures: a path is put together only to be printed.

internal import CLinux
internal import Glibc

/// Calls until the call is not interrupted; -1 is then a failure, with errno set.
@inline(__always)
package func retryingInterrupted<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

extension FileDescriptor {
  /// The directory that relative paths start from (`AT_FDCWD`).
  package static var currentDirectory: Int32 { AT_FDCWD }

  /// `openat`, close-on-exec always.
  /// - Parameter mode: the permissions of a file that is made, less the umask.
  package static func open(
    _ path: UnsafePointer<CChar>, in directory: Int32 = AT_FDCWD, flags: Int32,
    mode: UInt32 = 0o600, target: @autoclosure () -> String
  ) throws(SystemError) -> FileDescriptor {
    let descriptor = retryingInterrupted { openat(directory, path, flags | O_CLOEXEC, mode) }
    guard descriptor >= 0 else { throw SystemError("open", target()) }
    return FileDescriptor(owning: descriptor)
  }

  /// Writes all of it, at the place the descriptor stands.
  package borrowing func writeAll(
    _ bytes: UnsafeRawBufferPointer, target: @autoclosure () -> String
  ) throws(SystemError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = retryingInterrupted { Glibc.write(rawValue, rest.baseAddress, rest.count) }
      guard count >= 0 else { throw SystemError("write", target()) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// As `writeAll` for a buffer.
  package borrowing func writeAll(
    _ bytes: Span<UInt8>, target: @autoclosure () -> String
  ) throws(SystemError) {
    try bytes.withUnsafeBytes { bytes throws(SystemError) in
      try writeAll(bytes, target: target())
    }
  }

  /// Reads at `offset` until `buffer` is full or the file ends; returns how much was read.
  package borrowing func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer, target: @autoclosure () -> String
  ) throws(SystemError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = retryingInterrupted {
        pread(rawValue, buffer.baseAddress! + filled, buffer.count - filled, offset + filled)
      }
      guard count >= 0 else { throw SystemError("read", target()) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Waits until content and size are on the disk (`fsync`); for a pipe or a terminal, which have
  /// none, does nothing.
  package borrowing func synchronize(_ target: @autoclosure () -> String) throws(SystemError) {
    guard retryingInterrupted({ fsync(rawValue) }) == 0 || errno == EINVAL else {
      throw SystemError("fsync", target())
    }
  }

  /// The file's size in octets.
  package borrowing func byteCount(_ target: @autoclosure () -> String) throws(SystemError) -> Int {
    var status = stat()
    guard fstat(rawValue, &status) == 0 else { throw SystemError("fstat", target()) }
    return Int(status.st_size)
  }

  /// Cuts the file to `byteCount` octets.
  package borrowing func truncate(
    to byteCount: Int, target: @autoclosure () -> String
  ) throws(SystemError) {
    guard retryingInterrupted({ ftruncate(rawValue, byteCount) }) == 0 else {
      throw SystemError("ftruncate", target())
    }
  }
}

/// Gives a file a new name and never replaces another: EEXIST when the name is taken.
///
/// Where the kernel or the file system has no `RENAME_NOREPLACE`, by a second link: for a moment
/// the file has both names.
package func renameWithoutReplacing(
  _ oldName: UnsafePointer<CChar>, in oldDirectory: Int32,
  to newName: UnsafePointer<CChar>, in newDirectory: Int32, target: @autoclosure () -> String
) throws(SystemError) {
  let result = retryingInterrupted {
    postroom_renameat2(
      oldDirectory, oldName, newDirectory, newName, UInt32(POSTROOM_RENAME_NOREPLACE))
  }
  if result == 0 { return }
  guard errno == EINVAL || errno == ENOSYS || errno == EPERM else {
    throw SystemError("rename", target())
  }
  try linkAndUnlink(
    oldName, in: oldDirectory, to: newName, in: newDirectory, target: target())
}

/// The old way to rename without replacing, as maildir(5) tells it.
func linkAndUnlink(
  _ oldName: UnsafePointer<CChar>, in oldDirectory: Int32,
  to newName: UnsafePointer<CChar>, in newDirectory: Int32, target: @autoclosure () -> String
) throws(SystemError) {
  guard retryingInterrupted({ linkat(oldDirectory, oldName, newDirectory, newName, 0) }) == 0 else {
    throw SystemError("link", target())
  }
  guard unlinkat(oldDirectory, oldName, 0) == 0 else {
    let error = SystemError("unlink", target())
    _ = unlinkat(newDirectory, newName, 0)
    throw error
  }
}
