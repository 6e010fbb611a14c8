// Where the next CR or LF is, found a word at a time: the inner loop of everything that reads mail.

extension Span where Element == UInt8 {
  /// The index of the first CR or LF at or behind `start`, or `count` when there is none.
  package func firstLineEndOctet(from start: Int) -> Int {
    withUnsafeBytes { bytes in
      var index = start
      let count = bytes.count
      while index &+ 8 <= count {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        // The high bit of each octet under 0x0E, which CR, LF, TAB and few others are. A borrow can
        // only mark octets behind a true one, so the lowest mark is always right.
        var marks = (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080
        while marks != 0 {
          let candidate = index &+ marks.trailingZeroBitCount &>> 3
          let octet = bytes[candidate]
          if octet == .lineFeed || octet == .carriageReturn { return candidate }
          marks &= marks &- 1
        }
        index &+= 8
      }
      while index < count {
        let octet = bytes[index]
        if octet == .lineFeed || octet == .carriageReturn { return index }
        index &+= 1
      }
      return count
    }
  }

  /// How often an octet occurs.
  package func count(of octet: UInt8) -> Int {
    var count = 0
    for index in 0..<self.count where self[index] == octet { count += 1 }
    return count
  }

  /// Whether any octet is over 127.
  package var hasEightBit: Bool {
    withUnsafeBytes { bytes in
      var index = 0
      while index &+ 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 != 0 { return true }
        index &+= 8
      }
      while index < bytes.count {
        if bytes[index] & 0x80 != 0 { return true }
        index &+= 1
      }
      return false
    }
  }
}
