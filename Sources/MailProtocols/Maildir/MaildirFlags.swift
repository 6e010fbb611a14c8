// The flags in a Maildir file name (https://cr.yp.to/proto/maildir.html, "What can I put in info?"):
// letters in ASCII order, none twice. a to z are the keywords of Dovecot and Courier.

/// A set of Maildir flags, always sorted.
package struct MaildirFlags: Equatable, Sendable, CustomStringConvertible {
  /// The flag letters as octets, ascending, each once.
  package private(set) var octets: [UInt8] = []

  /// No flags.
  package init() {}

  /// The flags among `octets`, in any order; nil when one of them is not an ASCII letter.
  package init?(_ octets: some Sequence<UInt8>) {
    for octet in octets {
      guard octet.isAlpha else { return nil }
      insert(octet)
    }
  }

  /// Whether the flag is set.
  package func contains(_ flag: UInt8) -> Bool { octets.contains(flag) }

  /// The flags as they stand in a name: `FRS`.
  package var description: String { String(decoding: octets, as: UTF8.self) }

  private mutating func insert(_ flag: UInt8) {
    let index = octets.firstIndex { $0 >= flag } ?? octets.endIndex
    if index < octets.endIndex && octets[index] == flag { return }
    octets.insert(flag, at: index)
  }
}
