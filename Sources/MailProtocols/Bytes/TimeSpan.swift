// Spans of time as options and rules give them: `1.5s`, `200ms`, `2m`.

/// A span of time: `1.5s`, `200ms`, `2m`, `1h`, `1d`; a bare number is seconds.
package struct TimeSpan: Equatable, Sendable {
  package let duration: Duration

  package init(_ duration: Duration) {
    self.duration = duration
  }

  /// Reads digits, with a decimal fraction if need be, and a unit in lower case. Nil when it is
  /// none, or longer than a century, which is longer than any wait and far within a `Duration`.
  package init?(_ text: String) {
    var digits = Substring(text)
    var unit = 1.0
    for (suffix, seconds) in Self.units where text.hasSuffix(suffix) {
      digits = text.dropLast(suffix.count)
      unit = seconds
      break
    }
    guard let number = Decimal.parse(digits), number * unit <= 3_155_760_000 else { return nil }
    duration = .seconds(number * unit)
  }

  // "ms" stands before "s" and "m", which it ends and starts with.
  private static let units: [(suffix: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
  ]
}
