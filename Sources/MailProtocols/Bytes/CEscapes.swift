// Text with the escapes of C, as Postfix's smtp-sink -S takes it.

/// Backslash escapes in text from a command line.
package enum CEscapes {
  /// The octets that `text` stands for.
  ///
  /// `\a \b \f \n \r \t \v \\`, and `\ddd` with up to three octal digits, of which the lowest eight
  /// bits count. A backslash before anything else vanishes, and so does one at the end.
  package static func decode(_ text: Span<UInt8>) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] != .ascii("\\") {
        octets.append(text[index])
        index += 1
        continue
      }
      index += 1
      guard index < text.count else { break }
      if text[index].isOctalDigit {
        let end = min(index + 3, text.count)
        var value: UInt16 = 0
        while index < end && text[index].isOctalDigit {
          value = value << 3 | UInt16(text[index] & 7)
          index += 1
        }
        octets.append(UInt8(truncatingIfNeeded: value))
      } else {
        octets.append(control(text[index]) ?? text[index])
        index += 1
      }
    }
    return octets
  }

  private static func control(_ letter: UInt8) -> UInt8? {
    switch letter {
    case .ascii("a"): 0x07
    case .ascii("b"): 0x08
    case .ascii("t"): .tab
    case .ascii("n"): .lineFeed
    case .ascii("v"): 0x0B
    case .ascii("f"): 0x0C
    case .ascii("r"): .carriageReturn
    default: nil
    }
  }
}

extension UInt8 {
  fileprivate var isOctalDigit: Bool { self &- 0x30 < 8 }
}
