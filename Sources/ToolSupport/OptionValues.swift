// Values of options that many tools take: durations and sizes, as postroom(7) describes them.

internal import ArgumentParser
package import MailProtocols

/// A span of time: `1.5s`, `200ms`, `2m`, `1h`, `1d`; a bare number is seconds.
package struct TimeSpan: ExpressibleByArgument, Sendable {
  package let duration: Duration

  package init(_ duration: Duration) {
    self.duration = duration
  }

  package init?(argument text: String) {
    var digits = Substring(text)
    var unit = 1.0
    for (suffix, seconds) in Self.units where text.hasSuffix(suffix) {
      digits = text.dropLast(suffix.count)
      unit = seconds
      break
    }
    // A century is longer than any wait, and far within what Duration holds.
    guard let number = Decimal.parse(digits), number * unit <= 3_155_760_000 else { return nil }
    duration = .seconds(number * unit)
  }

  /// The span as it would be given: `300s`.
  package var defaultValueDescription: String {
    let (seconds, attoseconds) = duration.components
    if attoseconds == 0 { return "\(seconds)s" }
    return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
  }

  // "ms" stands before "s" and "m", which it ends and starts with.
  private static let units: [(suffix: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
  ]
}

extension ByteSize: ExpressibleByArgument {
  package init?(argument text: String) {
    self.init(text)
  }

  package var defaultValueDescription: String { String(byteCount) }
}
