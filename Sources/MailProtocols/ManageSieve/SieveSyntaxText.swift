// What stands inside Sieve strings: references to variables (RFC 5229 section 3) and encoded
// characters (RFC 5228 2.4.2.4).

enum SieveSyntaxText {
  /// A letter or underscore, then letters, digits and underscores.
  static func isIdentifier(_ octets: ArraySlice<UInt8>) -> Bool {
    guard let first = octets.first, first.isAlpha || first == .ascii("_") else { return false }
    return octets.allSatisfy { $0.isAlpha || $0.isDigit || $0 == .ascii("_") }
  }

  /// Whether a string refers to a variable: `${name}`, `${space.name}` or `${1}`.
  static func hasReference(_ octets: [UInt8]) -> Bool {
    var index = 0
    while let name = nextBraces(in: octets, from: &index) {
      if name.isEmpty { continue }
      let parts = name.split(separator: .ascii("."), omittingEmptySubsequences: false)
      if parts.dropLast().allSatisfy(isIdentifier), let last = parts.last,
        isIdentifier(last) || (!last.isEmpty && last.allSatisfy(\.isDigit))
      {
        return true
      }
    }
    return false
  }

  /// The string with `${hex:...}` and `${unicode:...}` replaced, or nil when a number is no Unicode
  /// scalar. What is not of that form stays as it is.
  static func decoded(_ octets: [UInt8]) -> [UInt8]? {
    guard octets.contains(.ascii("$")) else { return octets }
    var text: [UInt8] = []
    var index = 0
    var copied = 0
    while let inside = nextBraces(in: octets, from: &index) {
      guard let colon = inside.firstIndex(of: .ascii(":")) else { continue }
      let name = inside[..<colon].map(\.lowercased)
      let digits = inside[(colon + 1)...].split { $0.isBlank || $0 == 0x0D || $0 == .lineFeed }
      let isHex = name == Array("hex".utf8)
      guard isHex || name == Array("unicode".utf8), !digits.isEmpty,
        digits.allSatisfy({ $0.allSatisfy { $0.hexValue != nil } }),
        !isHex || digits.allSatisfy({ $0.count <= 2 })
      else { continue }
      text += octets[copied..<inside.startIndex - 2]
      for number in digits {
        guard let value = hexadecimal(number) else { return nil }
        if isHex {
          text.append(UInt8(truncatingIfNeeded: value))
        } else {
          guard let scalar = Unicode.Scalar(value) else { return nil }
          text += Array(String(Character(scalar)).utf8)
        }
      }
      copied = inside.endIndex + 1
    }
    return text + octets[copied...]
  }

  /// What stands between the next `${` and `}` at or behind `index`, which is then behind the `${`.
  private static func nextBraces(in octets: [UInt8], from index: inout Int) -> ArraySlice<UInt8>? {
    while index + 1 < octets.count {
      if octets[index] == .ascii("$"), octets[index + 1] == .ascii("{") {
        index += 2
        var end = index
        // Nothing that counts has another dollar sign or brace inside.
        while end < octets.count, octets[end] != .ascii("}"), octets[end] != .ascii("$") {
          end += 1
        }
        if end < octets.count, octets[end] == .ascii("}") { return octets[index..<end] }
        continue
      }
      index += 1
    }
    return nil
  }

  /// The value of hexadecimal digits, or nil when it is over 32 bits.
  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    for digit in digits {
      guard value < 1 << 28, let digit = digit.hexValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
