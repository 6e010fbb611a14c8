// How slowly the content of a message is read: for servers that play a slow one. Pure arithmetic; the
// waiting is SMTPServerDriver's.

/// So many octets a second, and what was taken too soon.
struct ContentPace {
  /// Octets a second, 1 or more.
  let byteRate: Int
  /// Octets that were taken and not waited for yet.
  private var unpaid = 0

  init(byteRate: Int) {
    self.byteRate = byteRate
  }

  /// Octets to take at once, so that a pause is about a tenth of a second.
  var maxReadCount: Int { max(1, byteRate / 10) }

  /// Takes note of octets that were taken.
  mutating func count(_ octets: Int) { unpaid += octets }

  /// How long the octets taken so far should have taken; nil when there are none.
  mutating func takePause() -> Duration? {
    guard unpaid > 0 else { return nil }
    defer { unpaid = 0 }
    return .milliseconds(1000 * unpaid / byteRate)
  }
}
