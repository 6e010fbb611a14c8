// A directory that is kept open, for several who look up paths below it.

internal import Glibc

/// An open directory with many users.
final class OpenDirectory: Sendable {
  private let descriptor: FileDescriptor

  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  /// Opens a directory, which is made (mode 0700) when missing; those above it are not.
  convenience init(making path: String) throws(SystemError) {
    let isNew = try Self.make(path, in: AT_FDCWD, target: path)
    let directory = try FileDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY, target: path)
    if isNew {
      // Its name is in the directory above, which must know it before a message is safe.
      let parent = try FileDescriptor.open(
        "..", in: directory.rawValue, flags: O_RDONLY | O_DIRECTORY, target: "\(path)/..")
      try parent.synchronize("\(path)/..")
    }
    self.init(directory)
  }

  /// The number, for system calls; valid as long as this object lives.
  var rawValue: Int32 { descriptor.rawValue }

  /// Waits until the names in it are on the disk.
  func synchronize(_ target: @autoclosure () -> String) throws(SystemError) {
    try descriptor.synchronize(target())
  }

  /// Makes a directory (mode 0700), and says whether it did; it is no error that it is there.
  static func make(
    _ name: String, in directory: Int32, target: @autoclosure () -> String
  ) throws(SystemError) -> Bool {
    if mkdirat(directory, name, 0o700) == 0 { return true }
    guard errno == EEXIST else { throw SystemError("mkdir", target()) }
    return false
  }
}
