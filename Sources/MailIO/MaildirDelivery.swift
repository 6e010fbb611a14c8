// Delivery into a Maildir as a store: prepared in tmp/, committed by the move into new/.

/// Stores each message as a file of one Maildir.
package struct MaildirDelivery: MessageStore {
  private let maildir: Maildir
  private let durability: DurabilityLevel

  /// Delivers into `maildir`.
  package init(_ maildir: Maildir, durability: DurabilityLevel) {
    self.maildir = maildir
    self.durability = durability
  }

  /// Brings the message into a file of tmp/: the spool's own when it spills into this Maildir.
  package func prepare(
    _ spool: MessageSpool, stamp: MessageStamp
  ) throws(SystemError) -> any PreparedMessage {
    let file = try fileHolding(spool)
    switch durability {
    case .none: break
    case .file, .full: try file.descriptor.synchronize(file.path)
    }
    return PreparedMaildirMessage(file.entry, durability)
  }

  private func fileHolding(_ spool: MessageSpool) throws(SystemError) -> MaildirFile {
    if let file = spool.claimFile(in: maildir) { return file }
    let file = try maildir.makeFile()
    try spool.forEachPiece { piece throws(SystemError) in
      try file.descriptor.writeAll(piece, target: file.path)
    }
    return file
  }
}

/// A message in tmp/ of a Maildir.
final class PreparedMaildirMessage: PreparedMessage {
  private let entry: MaildirEntry
  private let durability: DurabilityLevel

  init(_ entry: MaildirEntry, _ durability: DurabilityLevel) {
    self.entry = entry
    self.durability = durability
  }

  var path: String? { entry.path }

  func commit() throws(SystemError) -> String? {
    try entry.deliver(durability)
    return entry.path
  }

  func rollback() { entry.remove() }
}
