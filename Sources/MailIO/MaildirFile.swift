// A file of a Maildir that is being written.

internal import Glibc

/// A file in tmp/ with its descriptor; removed unless its entry was delivered.
final class MaildirFile {
  let entry: MaildirEntry
  let descriptor: FileDescriptor

  init(entry: MaildirEntry, descriptor: consuming FileDescriptor) {
    self.entry = entry
    self.descriptor = descriptor
  }

  var maildir: Maildir { entry.maildir }
  /// The path below the Maildir as the user named it.
  var path: String { entry.path }

  /// Removes the file from where it is.
  func remove() { entry.remove() }
}
