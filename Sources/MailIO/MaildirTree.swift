// A directory with a Maildir for each value, an address say: smtp-sink --split. One message may go
// into several of them, which is one file with as many names.

internal import Glibc
package import MailProtocols

/// An open directory of Maildirs, which are made when mail comes for them.
///
/// It holds one descriptor, however many Maildirs there are.
package struct MaildirTree: Sendable {
  /// The directory as the user named it, less a slash at its end.
  package let path: String
  private let root: OpenDirectory
  private let names: MaildirNameSource
  private let durability: DurabilityLevel

  /// Opens the directory, and makes it (mode 0700) when missing; those above it are not made.
  package init(
    path givenPath: String, names: MaildirNameSource, durability: DurabilityLevel
  ) throws(SystemError) {
    path = Maildir.trimmed(givenPath)
    root = try OpenDirectory(making: path)
    self.names = names
    self.durability = durability
  }

  /// Brings the message into tmp/ of each Maildir, in order; folders that are missing are made, and
  /// stay also when the message does not. When it throws the message is in none.
  ///
  /// The content is written and flushed once, and has a second name (link(2)) in each further
  /// Maildir, so that many recipients cost no space; where there can be none it is copied.
  /// - Parameter folders: none of them twice.
  package func prepare(
    _ spool: MessageSpool, in folders: [MaildirFolderName]
  ) throws(SystemError) -> [any PreparedMessage] {
    var prepared: [any PreparedMessage] = []
    var written: MaildirEntry?
    for folder in folders {
      let maildir = Maildir(folder: folder, below: root, path: path, names: names)
      var entry = try written.flatMap { (written) throws(SystemError) in
        try link(to: written, in: maildir)
      }
      if entry == nil {
        entry = try write(spool, in: maildir)
        written = entry
      }
      if let entry { prepared.append(PreparedMaildirMessage(entry, durability)) }
    }
    return prepared
  }

  private func write(
    _ spool: MessageSpool, in maildir: Maildir
  ) throws(SystemError) -> MaildirEntry {
    let file = try makingFolders(of: maildir) { () throws(SystemError) in try maildir.makeFile() }
    try spool.forEachPiece { piece throws(SystemError) in
      try file.descriptor.writeAll(piece, target: file.path)
    }
    switch durability {
    case .none: break
    case .file, .full: try file.descriptor.synchronize(file.path)
    }
    return file.entry
  }

  /// Nil where there can be no link: on a file system without, from another one, or one too many.
  private func link(
    to entry: MaildirEntry, in maildir: Maildir
  ) throws(SystemError) -> MaildirEntry? {
    do throws(SystemError) {
      return try makingFolders(of: maildir) { () throws(SystemError) in
        try maildir.makeLink(to: entry)
      }
    } catch {
      switch error.code {
      case EMLINK, EXDEV, EPERM, EOPNOTSUPP, ENOSYS: return nil
      default: throw error
      }
    }
  }

  /// Does `body`, and once more with the Maildir's folders when they were missing.
  private func makingFolders<Result>(
    of maildir: Maildir, _ body: () throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    do throws(SystemError) {
      return try body()
    } catch {
      guard error.code == ENOENT else { throw error }
    }
    try makeFolders(of: maildir)
    return try body()
  }

  /// `tmp` last: where it is, all is there, and as safe as asked, also for others who deliver.
  private func makeFolders(of maildir: Maildir) throws(SystemError) {
    let name = String(decoding: maildir.prefix.dropLast(), as: UTF8.self)
    func make(_ folder: String) throws(SystemError) {
      _ = try OpenDirectory.make(
        name + folder, in: root.rawValue, target: maildir.path + folder)
    }
    try make("")
    if durability == .full { try root.synchronize(path) }
    try make("/new")
    try make("/cur")
    if durability == .full {
      try FileDescriptor.open(
        name, in: root.rawValue, flags: O_RDONLY | O_DIRECTORY, target: maildir.path
      ).synchronize(maildir.path)
    }
    try make("/tmp")
  }
}
