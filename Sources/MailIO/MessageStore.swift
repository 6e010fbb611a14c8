// Where messages go. Storing has two phases, so that several stores take a message or none does:
// prepare it in each; if all did, commit it in each; else roll back.

package import MailProtocols

/// What a store needs to know of the envelope.
package struct MessageStamp: Sendable {
  /// The sender's octets without brackets; empty for the null sender.
  package let sender: [UInt8]
  /// When the message came, in seconds since 1970.
  package let seconds: Int64
  /// What the client said, for dumps.
  package let dialogue: DumpDialogue

  /// A stamp for one message.
  package init(sender: [UInt8], seconds: Int64, dialogue: DumpDialogue = DumpDialogue()) {
    self.sender = sender
    self.seconds = seconds
    self.dialogue = dialogue
  }
}

/// A place where messages are stored; used by many threads at once.
package protocol MessageStore: Sendable {
  /// Does all that may fail for want of space or permission, and nothing that a reader sees.
  ///
  /// A file that is appended to is locked from here to commit or rollback: prepare it after all
  /// other stores.
  /// - Parameter spool: the whole message, finished.
  func prepare(
    _ spool: MessageSpool, stamp: MessageStamp
  ) throws(SystemError) -> any PreparedMessage
}

/// A message that a store has, and no reader sees yet. Rolled back when it is dropped.
package protocol PreparedMessage: AnyObject {
  /// The file that holds the message alone, where it is now; nil when there is no such file.
  var path: String? { get }

  /// Lets readers see the message, as durable as the store was told to make it.
  ///
  /// When it throws, nothing of the message is left in the store.
  /// - Returns: the file that now holds the message alone, or nil when there is no such file.
  func commit() throws(SystemError) -> String?

  /// Takes the message away, after `commit` too where the store can still tell it apart.
  func rollback()
}
