// The name of a file in a Maildir (https://cr.yp.to/proto/maildir.html): a unique part that nobody
// should read anything into, and in cur/ a colon and "info". Making unique parts is
// MaildirNaming's; no directory is read here.

/// A file name of a Maildir, ours or anyone's, taken apart.
package struct MaildirName: Equatable, Sendable, CustomStringConvertible {
  /// The longest name, in octets: NAME_MAX of every Linux file system.
  package static let maxOctetCount = 255

  /// What stands behind the colon.
  package enum Info: Equatable, Sendable {
    /// No colon: the message is in new/, or never was looked at.
    case none
    /// `2,` and flags.
    case flags(MaildirFlags)
    /// Anything else, kept as it is: experimental `1,`, or `2,` with what are not letters.
    case other([UInt8])
  }

  /// The octets before the first colon; never empty, never with `/`, NUL or a leading dot.
  package let unique: [UInt8]
  /// What stands behind the first colon.
  package let info: Info

  /// Takes a file name apart.
  ///
  /// Nil for what cannot name a message: empty, hidden (a leading dot), with `/` or NUL, nothing
  /// before the colon, or longer than `maxOctetCount`.
  package init?(_ name: [UInt8]) {
    guard name.count <= Self.maxOctetCount, name.first != .ascii("."),
      !name.contains(where: { $0 == .ascii("/") || $0 == .nul })
    else { return nil }
    let colon = name.firstIndex(of: .ascii(":")) ?? name.endIndex
    guard colon > 0 else { return nil }
    unique = Array(name[..<colon])
    info = colon == name.endIndex ? .none : Self.parseInfo(name[(colon + 1)...])
  }

  /// The same message under other flags; nil when the name would be longer than `maxOctetCount`.
  package func with(_ flags: MaildirFlags) -> MaildirName? {
    MaildirName(unique + Array(":2,".utf8) + flags.octets)
  }

  /// The name as it stands in the directory, flags sorted.
  package var octets: [UInt8] {
    switch info {
    case .none: unique
    case .flags(let flags): unique + Array(":2,".utf8) + flags.octets
    case .other(let text): unique + [.ascii(":")] + text
    }
  }

  /// The name as text; octets that are not UTF-8 show as U+FFFD.
  package var description: String { String(decoding: octets, as: UTF8.self) }

  private static func parseInfo(_ text: ArraySlice<UInt8>) -> Info {
    if text.starts(with: "2,".utf8), let flags = MaildirFlags(text.dropFirst(2)) {
      return .flags(flags)
    }
    return .other(Array(text))
  }
}
