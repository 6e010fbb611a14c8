// The character sets that old mail is written in, to UTF-8 (RFC 2978 names; ISO 8859-1, ISO
// 8859-15, Windows code page 1252). No other set, and no way back.

/// A character set whose octets can be read.
package enum Charset: Equatable, Sendable {
  case utf8
  case ascii
  case latin1
  case latin9
  case windows1252

  /// The set of this name, or nil when it is none of these; names have no case.
  package init?(name: String) {
    switch name.lowercased() {
    case "utf-8", "utf8": self = .utf8
    case "us-ascii", "ascii": self = .ascii
    case "iso-8859-1", "iso8859-1", "latin1": self = .latin1
    case "iso-8859-15", "iso8859-15", "latin-9", "latin9": self = .latin9
    case "windows-1252", "cp1252": self = .windows1252
    default: return nil
    }
  }

  /// Appends `octets` as UTF-8; octets that mean nothing in this set become `\xNN`.
  func append(_ octets: Span<UInt8>, to text: inout [UInt8]) {
    var position = 0
    while position < octets.count {
      let octet = octets[position]
      if self == .utf8, let (_, count) = octets.utf8Scalar(at: position) {
        text += octets.copy(position..<position + count)
        position += count
        continue
      }
      if let scalar = scalar(for: octet) {
        text += UTF8.encode(scalar)!
      } else {
        EscapedText.appendHex(octet, to: &text)
      }
      position += 1
    }
  }

  /// The character of an octet in the sets that have one octet a character.
  private func scalar(for octet: UInt8) -> Unicode.Scalar? {
    if octet < 0x80 { return Unicode.Scalar(octet) }
    switch self {
    case .utf8, .ascii: return nil
    case .latin1: return Unicode.Scalar(octet)
    case .latin9: return Self.latin9Changes[octet] ?? Unicode.Scalar(octet)
    case .windows1252:
      guard octet < 0xA0 else { return Unicode.Scalar(octet) }
      let scalar = Self.windows1252From80[Int(octet - 0x80)]
      return scalar == "\0" ? nil : scalar
    }
  }

  /// Where ISO 8859-15 differs from ISO 8859-1.
  private static let latin9Changes: [UInt8: Unicode.Scalar] = [
    0xA4: "€", 0xA6: "Š", 0xA8: "š", 0xB4: "Ž", 0xB8: "ž", 0xBC: "Œ", 0xBD: "œ", 0xBE: "Ÿ",
  ]

  /// 0x80 to 0x9F; NUL where the code page has nothing.
  private static let windows1252From80: [Unicode.Scalar] = [
    "€", "\0", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\0", "Ž", "\0",
    "\0", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\0", "ž", "Ÿ",
  ]
}
