// The classes of octets that the mail grammars are made of (RFC 5234 appendix B, RFC 5321 4.1.2).
// ASCII alone: an octet over 127 is in none of them.

extension UInt8 {
  package static let nul: UInt8 = 0x00
  package static let tab: UInt8 = 0x09
  package static let lineFeed: UInt8 = 0x0A
  package static let carriageReturn: UInt8 = 0x0D
  package static let space: UInt8 = 0x20

  /// An octet named by its ASCII character: `UInt8.ascii("<")`.
  @inline(__always)
  package static func ascii(_ character: Unicode.Scalar) -> UInt8 {
    UInt8(truncatingIfNeeded: character.value)
  }

  /// DIGIT: `0` to `9`.
  package var isDigit: Bool { self &- 0x30 < 10 }

  /// ALPHA: `A` to `Z` and `a` to `z`.
  package var isAlpha: Bool { (self | 0x20) &- 0x61 < 26 }

  /// A space or a horizontal tab (WSP).
  package var isBlank: Bool { self == .space || self == .tab }

  /// An ASCII control character, DEL included.
  package var isControl: Bool { self < 0x20 || self == 0x7F }

  /// The octet with `A` to `Z` folded to lower case, all others as they are.
  package var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// The octet with `a` to `z` folded to upper case, all others as they are.
  package var uppercased: UInt8 { self &- 0x61 < 26 ? self & 0xDF : self }

  /// The value of a hexadecimal digit in either case, or nil.
  package var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self &- 0x30
    case 0x41...0x46: self &- 0x37
    case 0x61...0x66: self &- 0x57
    default: nil
    }
  }
}
