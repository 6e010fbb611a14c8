// Well-formed UTF-8, a scalar at a time (RFC 3629 section 4, Unicode table 3-7).
// Overlong forms, surrogates and anything over U+10FFFF are ill-formed. No normalisation.

extension Span where Element == UInt8 {
  /// The scalar that starts at `position` and the octets it takes, or nil when they are not
  /// well-formed UTF-8.
  ///
  /// `position` must be inside the span.
  package func utf8Scalar(at position: Int) -> (scalar: Unicode.Scalar, count: Int)? {
    let first = self[position]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let count: Int
    var value: UInt32
    switch first {
    case 0xC2...0xDF: (count, value) = (2, UInt32(first & 0x1F))
    case 0xE0...0xEF: (count, value) = (3, UInt32(first & 0x0F))
    case 0xF0...0xF4: (count, value) = (4, UInt32(first & 0x07))
    default: return nil
    }
    guard position + count <= self.count else { return nil }
    for index in position + 1..<position + count {
      guard self[index] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(self[index] & 0x3F)
    }
    // C0 and C1 never start a scalar; the longer forms must not say what a shorter one can.
    guard count == 2 || value >= (count == 3 ? 0x800 : 0x1_0000) else { return nil }
    return Unicode.Scalar(value).map { ($0, count) }
  }

  /// Whether the whole span is well-formed UTF-8.
  package var isWellFormedUTF8: Bool {
    var position = 0
    while position < count {
      guard let (_, length) = utf8Scalar(at: position) else { return false }
      position += length
    }
    return true
  }

  /// A copy of the octets in `range`.
  package func copy(_ range: Range<Int>) -> [UInt8] {
    extracting(range).withUnsafeBufferPointer { [UInt8]($0) }
  }
}
