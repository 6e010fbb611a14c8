// What a ManageSieve server may send before it is hung up on. Each limit is checked before what
// passes it is stored.

/// Bounds on what a server sends.
package struct SieveLimits: Equatable, Sendable {
  /// The most words of a line, those in response codes included.
  package static let maxTokenCount = 256
  /// The deepest nesting of parentheses in a response code.
  package static let maxListDepth = 8
  /// Octets of text that a whole response may hold, whatever its literals may.
  static let minResponseByteCount = 16 << 20

  /// The longest line, in octets, without its literals and its line end.
  package var maxLineByteCount: Int
  /// The longest literal, in octets.
  package var maxLiteralByteCount: Int
  /// The most lines of a response, its last one not counted.
  package var maxLineCount: Int

  /// 64 KiB a line, 64 MiB a literal, 100,000 lines, unless said otherwise.
  package init(
    maxLineByteCount: Int = 65536, maxLiteralByteCount: Int = 64 << 20,
    maxLineCount: Int = 100_000
  ) {
    self.maxLineByteCount = maxLineByteCount
    self.maxLiteralByteCount = maxLiteralByteCount
    self.maxLineCount = maxLineCount
  }

  /// The most octets of one response, lines and literals together: many literals at the limit would
  /// be no limit.
  package var maxResponseByteCount: Int {
    let (sum, overflow) = maxLiteralByteCount.addingReportingOverflow(maxLineByteCount)
    return overflow ? .max : max(sum, Self.minResponseByteCount)
  }
}
