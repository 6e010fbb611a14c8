// Sizes as options and rules give them: `10k`, `1.5M`, powers of 1024.

/// A number of octets.
package struct ByteSize: Equatable, Sendable {
  package let byteCount: Int

  package init(byteCount: Int) {
    self.byteCount = byteCount
  }

  /// Reads digits, with a decimal fraction if need be, and `k`, `M` or `G` in either case. Nil when
  /// it is none, or too large for an Int.
  package init?(_ text: String) {
    var digits = Substring(text)
    var unit = 1.0
    switch digits.last {
    case "k", "K": unit = 1024
    case "m", "M": unit = 1_048_576
    case "g", "G": unit = 1_073_741_824
    default: break
    }
    if unit > 1 { digits.removeLast() }
    guard let number = Decimal.parse(digits), number * unit < 9e18 else { return nil }
    byteCount = Int(number * unit)
  }
}

/// Plain decimal numbers, without sign and exponent.
package enum Decimal {
  /// `12`, `0.5`, `.5`; nil for anything else.
  package static func parse(_ text: Substring) -> Double? {
    let octets = text.utf8
    guard octets.contains(where: \.isDigit),
      octets.allSatisfy({ $0.isDigit || $0 == UInt8.ascii(".") }),
      octets.count(where: { $0 == UInt8.ascii(".") }) <= 1
    else { return nil }
    return Double(text.hasPrefix(".") ? "0" + text : text)
  }
}
