// The classes of octets that addresses are made of (RFC 5322 3.2.3, RFC 5321 4.1.2 and 4.1.3).
// ASCII alone, as in ByteClass: the grammars of RFC 6531 add non-ASCII where they are read.

extension UInt8 {
  /// atext: letters, digits and ``!#$%&'*+-/=?^_`{|}~`` (RFC 5322 3.2.3).
  package var isAtomText: Bool {
    // A bit an octet, so that the scan of an address has no branch a character.
    let bits: UInt64 = self < 64 ? 0xA3FF_ACFA_0000_0000 : 0x7FFF_FFFF_C7FF_FFFE
    return self < 128 && bits >> UInt64(self & 63) & 1 == 1
  }

  /// Let-dig: a letter or a digit (RFC 5321 4.1.2).
  package var isLetterOrDigit: Bool { isAlpha || isDigit }

  /// dcontent: what may stand in an address literal, `[`, `\` and `]` excepted (RFC 5321 4.1.3).
  package var isLiteralText: Bool { (0x21...0x5A).contains(self) || (0x5E...0x7E).contains(self) }
}
