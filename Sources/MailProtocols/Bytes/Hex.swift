// Hexadecimal text (RFC 4648 section 8, which calls it base16).

/// Octets as pairs of hexadecimal digits.
package enum Hex {
  /// Two lower-case digits an octet.
  package static func encode(_ octets: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(octets.count * 2)
    for index in octets.indices {
      text.append(lowerDigit(octets[index] >> 4))
      text.append(lowerDigit(octets[index] & 15))
    }
    return text
  }

  /// The octets that digits of either case stand for, or nil when there is an odd number of them
  /// or anything else.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 2) else { return nil }
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count / 2)
    for index in stride(from: 0, to: text.count, by: 2) {
      guard let high = text[index].hexValue, let low = text[index + 1].hexValue else { return nil }
      octets.append(high << 4 | low)
    }
    return octets
  }

  /// The digit of a value under 16, `a` to `f` in lower case.
  static func lowerDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  /// The digit of a value under 16, `A` to `F` in upper case.
  static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
