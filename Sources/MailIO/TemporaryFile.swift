// A file without a name: gone when its descriptor is closed, however the process ends.

internal import Glibc

/// An unnamed file for reading and writing.
package final class TemporaryFile {
  /// For reading and writing; closed with this.
  package let descriptor: FileDescriptor
  /// The directory the file is in, for messages.
  let directory: String

  /// Makes the file in `directory`, mode 0600.
  package init(directory: String = defaultDirectory) throws(SystemError) {
    self.directory = directory
    do throws(SystemError) {
      descriptor = try .open(
        directory, flags: Self.unnamed | O_RDWR, mode: 0o600, target: directory)
    } catch {
      // File systems without O_TMPFILE: EOPNOTSUPP; kernels without: EISDIR.
      guard error.code == EOPNOTSUPP || error.code == EISDIR else { throw error }
      descriptor = try Self.makeAndUnlink(in: directory)
    }
  }

  /// `$TMPDIR`, or `/tmp`.
  package static var defaultDirectory: String {
    guard let directory = getenv("TMPDIR"), directory.pointee != 0 else { return "/tmp" }
    return String(cString: directory)
  }

  /// A file that has a name for a moment, where there is no other way.
  static func makeAndUnlink(in directory: String) throws(SystemError) -> FileDescriptor {
    let path = "\(directory)/postroom.\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let file = try FileDescriptor.open(
      path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600, target: path)
    unlink(path)
    return file
  }

  /// O_TMPFILE, which the Glibc module hides; O_DIRECTORY is part of it, and differs by machine.
  private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
}
