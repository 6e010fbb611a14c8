// A Maildir that messages are delivered into (https://cr.yp.to/proto/maildir.html). Paths are
// looked up below DIR at every call, so that a new/ that was removed and made again is found.
// Reading and flags are not here.

internal import Glibc
internal import MailProtocols

/// An open Maildir.
package final class Maildir: Sendable {
  /// How often another name is tried when one is taken.
  static let maxNameAttemptCount = 100

  /// The directory as the user named it, less a slash at its end.
  package let path: String
  let root: OpenDirectory
  /// What stands before `tmp/` in paths below `root`: nothing, or `NAME/`.
  let prefix: [UInt8]
  let names: MaildirNameSource

  /// Opens a Maildir, and makes it and its `tmp`, `new` and `cur` (mode 0700) where missing.
  ///
  /// Directories above it are not made. A `tmp`, `new` or `cur` that is a symbolic link is refused
  /// (ENOTDIR). The error names which of the directories failed, and why.
  package init(path givenPath: String, names: MaildirNameSource) throws(SystemError) {
    path = Self.trimmed(givenPath)
    root = try OpenDirectory(making: path)
    prefix = []
    self.names = names
    for name in ["tmp", "new", "cur"] {
      let target = "\(path)/\(name)"
      if try OpenDirectory.make(name, in: root.rawValue, target: target) {
        try root.synchronize(path)
      }
      _ = try FileDescriptor.open(
        name, in: root.rawValue, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, target: target)
    }
  }

  /// A Maildir in a folder below an open directory; it is not looked whether it is there.
  init(
    folder: MaildirFolderName, below root: OpenDirectory, path rootPath: String,
    names: MaildirNameSource
  ) {
    path = "\(rootPath)/\(folder.text)"
    self.root = root
    prefix = [UInt8](folder.text.utf8) + [.ascii("/")]
    self.names = names
  }

  /// A path as the user gave it, less a slash at its end.
  static func trimmed(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Makes a file under a fresh name in tmp/ (mode 0600), empty, for reading and writing.
  func makeFile() throws(SystemError) -> MaildirFile {
    let (entry, descriptor) = try makeEntry { (entry) throws(SystemError) in
      try FileDescriptor.open(
        entry.localPath, in: root.rawValue, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600,
        target: entry.path
      ).release()
    }
    return MaildirFile(entry: entry, descriptor: FileDescriptor(owning: descriptor))
  }

  /// Gives a file that is in a tmp/ a second name in this one's; both must be below one `root`.
  func makeLink(to other: MaildirEntry) throws(SystemError) -> MaildirEntry {
    try makeEntry { (entry) throws(SystemError) in
      let result = retryingInterrupted {
        linkat(root.rawValue, other.localPath, root.rawValue, entry.localPath, 0)
      }
      guard result == 0 else { throw SystemError("link", entry.path) }
    }.entry
  }

  /// Tries fresh names until `make` finds one that is not taken.
  private func makeEntry<Result>(
    _ make: (MaildirEntry) throws(SystemError) -> Result
  ) throws(SystemError) -> (entry: MaildirEntry, result: Result) {
    var attempt = 1
    while true {
      let entry = MaildirEntry(maildir: self, name: names.name())
      do throws(SystemError) {
        let result = try make(entry)
        entry.isMade()
        return (entry, result)
      } catch {
        guard error.code == EEXIST, attempt < Self.maxNameAttemptCount else { throw error }
        attempt += 1
      }
    }
  }
}
