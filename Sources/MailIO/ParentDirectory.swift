// The directory of a file that has not been made yet: named, made, flushed.

internal import Glibc

/// The directory that a path is in.
enum ParentDirectory {
  /// Everything up to the last slash, `.` without one.
  static func path(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the directories that a file's path names and that are missing (mode 0700).
  static func make(of path: String, durability: DurabilityLevel) throws(SystemError) {
    var index = path.startIndex
    while let slash = path.utf8[index...].firstIndex(of: UInt8(ascii: "/")) {
      index = path.utf8.index(after: slash)
      let directory = String(path[..<slash])
      if directory.isEmpty { continue }
      if mkdir(directory, 0o700) == 0 {
        if durability == .full { try synchronize(of: directory) }
      } else if errno != EEXIST {
        throw SystemError("mkdir", directory)
      }
    }
  }

  /// Waits until the name of a file is on the disk.
  static func synchronize(of path: String) throws(SystemError) {
    let directory = self.path(of: path)
    try FileDescriptor.open(directory, flags: O_RDONLY | O_DIRECTORY, target: directory)
      .synchronize(directory)
  }

  /// Opens a file; where directories are missing they are made first.
  static func openMaking(
    _ path: String, flags: Int32, durability: DurabilityLevel
  ) throws(SystemError) -> FileDescriptor {
    do throws(SystemError) {
      return try .open(path, flags: flags, mode: 0o600, target: path)
    } catch {
      guard error.code == ENOENT, path.utf8.contains(UInt8(ascii: "/")) else { throw error }
      try make(of: path, durability: durability)
      return try .open(path, flags: flags, mode: 0o600, target: path)
    }
  }
}
