// A Maildir that messages are delivered into (https://cr.yp.to/proto/maildir.html). Paths are
// looked up below DIR at every call, so that a new/ that was removed and made again is found.
// Reading and flags are not here.

internal import Glibc

/// An open Maildir.
package final class Maildir: Sendable {
  /// How often another name is tried when one is taken.
  static let maxNameAttemptCount = 100

  /// The directory as the user named it, less a slash at its end.
  package let path: String
  let root: FileDescriptor
  let names: MaildirNameSource

  /// Opens a Maildir, and makes it and its `tmp`, `new` and `cur` (mode 0700) where missing.
  ///
  /// Directories above it are not made. A `tmp`, `new` or `cur` that is a symbolic link is refused
  /// (ENOTDIR). The error names which of the directories failed, and why.
  package init(path givenPath: String, names: MaildirNameSource) throws(SystemError) {
    let path =
      givenPath.count > 1 && givenPath.hasSuffix("/") ? String(givenPath.dropLast()) : givenPath
    let isNew = try Self.makeDirectory(path, in: AT_FDCWD, target: path)
    root = try .open(path, flags: O_RDONLY | O_DIRECTORY, target: path)
    for name in ["tmp", "new", "cur"] {
      let target = "\(path)/\(name)"
      if try Self.makeDirectory(name, in: root.rawValue, target: target) {
        try root.synchronize(path)
      }
      _ = try FileDescriptor.open(
        name, in: root.rawValue, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, target: target)
    }
    if isNew {
      // The name of DIR is in the directory above, which must know it before a message is safe.
      let parent = try FileDescriptor.open(
        "..", in: root.rawValue, flags: O_RDONLY | O_DIRECTORY, target: "\(path)/..")
      try parent.synchronize("\(path)/..")
    }
    self.path = path
    self.names = names
  }

  /// Makes a file under a fresh name in tmp/ (mode 0600), empty, for reading and writing.
  func makeFile() throws(SystemError) -> MaildirFile {
    var attempt = 1
    while true {
      let name = names.name()
      do throws(SystemError) {
        let descriptor = try FileDescriptor.open(
          MaildirFile.path(.temporary, name), in: root.rawValue,
          flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600,
          target: "\(path)/tmp/\(String(decoding: name, as: UTF8.self))")
        return MaildirFile(maildir: self, name: name, descriptor: descriptor)
      } catch {
        guard error.code == EEXIST, attempt < Self.maxNameAttemptCount else { throw error }
        attempt += 1
      }
    }
  }

  /// Whether the directory was made; it is no error that it is there.
  private static func makeDirectory(
    _ name: String, in directory: Int32, target: String
  ) throws(SystemError) -> Bool {
    if mkdirat(directory, name, 0o700) == 0 { return true }
    guard errno == EEXIST else { throw SystemError("mkdir", target) }
    return false
  }
}
