// Octets from a peer as text that is safe to print, log or put into an event.
// What it does not do: quote for a shell, for JSON or for CSV.

/// The one rule for showing octets that may be anything.
///
/// Well-formed UTF-8 is kept, save what follows. An octet that is not part of it becomes `\xNN`
/// (upper-case digits). Of the controls, C0, DEL and C1 (U+0080 to U+009F), tab, line feed and
/// carriage return become `\t`, `\n` and `\r`, every other one `\xNN` for each of its octets. The
/// rest depends on the place.
package enum EscapedText {
  /// Where the text goes.
  package enum Place: Sendable {
    /// Events and machine-read logs: a backslash becomes `\\`, so that the octets can be had back.
    case event
    /// Terminals, and logs that people read there: as `event`, and the characters that change the
    /// direction of text (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) become
    /// `\xNN` for each of their octets.
    case terminal
    /// A field of tab-separated text: as `terminal`, but a backslash stays as it is, so that
    /// everything printable can be searched and cut as it was sent. Not reversible.
    case field
  }

  /// `octets` as text for `place`; at most four characters an octet.
  package static func text(_ octets: Span<UInt8>, for place: Place) -> String {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(octets.count)
    var position = 0
    while position < octets.count {
      guard let (scalar, count) = octets.utf8Scalar(at: position) else {
        appendHex(octets[position], to: &escaped)
        position += 1
        continue
      }
      for index in position..<position + count {
        append(octets[index], of: scalar, to: &escaped, for: place)
      }
      position += count
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  /// `text` as text for `place`.
  package static func text(_ text: String, for place: Place) -> String {
    self.text([UInt8](text.utf8).span, for: place)
  }

  /// Appends `\xNN` for `octet`, in upper case.
  static func appendHex(_ octet: UInt8, to text: inout [UInt8]) {
    text.append(.ascii("\\"))
    text.append(.ascii("x"))
    text.append(Hex.upperDigit(octet >> 4))
    text.append(Hex.upperDigit(octet & 15))
  }

  /// Appends one of the octets that `scalar` is made of.
  private static func append(
    _ octet: UInt8, of scalar: Unicode.Scalar, to text: inout [UInt8], for place: Place
  ) {
    switch scalar {
    case "\t": text += [.ascii("\\"), .ascii("t")]
    case "\n": text += [.ascii("\\"), .ascii("n")]
    case "\r": text += [.ascii("\\"), .ascii("r")]
    case "\\" where place != .field: text += [octet, octet]
    case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}": appendHex(octet, to: &text)
    default:
      if place != .event, isDirectionMark(scalar) {
        appendHex(octet, to: &text)
      } else {
        text.append(octet)
      }
    }
  }

  /// Bidi_Control, Unicode Standard Annex 9.
  private static func isDirectionMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
