// Base64 with padding (RFC 4648 section 4), as SASL, PEM bodies and MIME words use it.
// One spelling an octet string: what would decode but is written otherwise is refused (3.5).
// No line breaks, no URL alphabet.

/// Octets as base64 text.
package enum Base64 {
  private static let alphabet = [UInt8](
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The text of `octets`, padded, without line breaks.
  package static func encode(_ octets: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((octets.count + 2) / 3 * 4)
    for start in stride(from: 0, to: octets.count, by: 3) {
      let count = min(3, octets.count - start)
      var group: UInt32 = 0
      for offset in 0..<3 {
        group = group << 8 | (offset < count ? UInt32(octets[start + offset]) : 0)
      }
      for offset in 0..<4 {
        let digit = Int(group >> UInt32(18 - 6 * offset) & 63)
        text.append(offset <= count ? alphabet[digit] : .ascii("="))
      }
    }
    return text
  }

  /// The octets of `text`, or nil when it is not base64 to the letter.
  ///
  /// Refused are octets outside the alphabet (white space too), lengths that are no multiple of
  /// four, padding anywhere but at the end, and bits under the padding that are not zero.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count / 4 * 3)
    for start in stride(from: 0, to: text.count, by: 4) {
      var padding = 0
      if start + 4 == text.count, text[start + 3] == .ascii("=") {
        padding = text[start + 2] == .ascii("=") ? 2 : 1
      }
      var group: UInt32 = 0
      for offset in 0..<4 - padding {
        guard let value = value(of: text[start + offset]) else { return nil }
        group = group << 6 | value
      }
      group <<= UInt32(6 * padding)
      guard group & ((1 << UInt32(8 * padding)) - 1) == 0 else { return nil }
      for offset in 0..<3 - padding {
        octets.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * offset)))
      }
    }
    return octets
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case 0x41...0x5A: UInt32(digit - 0x41)
    case 0x61...0x7A: UInt32(digit - 0x61 + 26)
    case 0x30...0x39: UInt32(digit - 0x30 + 52)
    case .ascii("+"): 62
    case .ascii("/"): 63
    default: nil
    }
  }
}
