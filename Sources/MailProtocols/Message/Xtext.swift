// xtext, the escaping of the values of AUTH=, ENVID= and ORCPT= (RFC 3461 section 4).

/// Octets as xtext: `+` and two upper-case hexadecimal digits for what may not stand for itself.
package enum Xtext {
  /// The octets that `text` stands for, or nil when it is not xtext.
  ///
  /// To the letter: digits in lower case, `=`, spaces, controls and non-ASCII are refused. The
  /// result may hold any octet.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count)
    var position = 0
    while position < text.count {
      let octet = text[position]
      if octet == .ascii("+") {
        guard position + 2 < text.count, let high = digit(text[position + 1]),
          let low = digit(text[position + 2])
        else { return nil }
        octets.append(high << 4 | low)
        position += 3
      } else {
        guard isPlain(octet) else { return nil }
        octets.append(octet)
        position += 1
      }
    }
    return octets
  }

  /// The xtext of `octets`; every octet that can stand for itself does.
  package static func encode(_ octets: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(octets.count)
    for index in octets.indices {
      let octet = octets[index]
      if isPlain(octet) {
        text.append(octet)
      } else {
        text.append(.ascii("+"))
        text.append(Hex.upperDigit(octet >> 4))
        text.append(Hex.upperDigit(octet & 15))
      }
    }
    return text
  }

  /// xchar: `!` to `~` without `+` and `=`.
  private static func isPlain(_ octet: UInt8) -> Bool {
    (0x21...0x7E).contains(octet) && octet != .ascii("+") && octet != .ascii("=")
  }

  private static func digit(_ octet: UInt8) -> UInt8? {
    (0x61...0x66).contains(octet) ? nil : octet.hexValue
  }
}
