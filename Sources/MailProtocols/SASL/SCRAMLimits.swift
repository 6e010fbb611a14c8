// Bounds on what a SCRAM server may ask for. A low iteration count makes the proof cheap to attack
// for whoever posed as the server (RFC 7677 4: at least 4096); a high one is work without end.

/// Bounds on a SCRAM server's first message.
package struct SCRAMLimits: Equatable, Sendable {
  /// The longest nonce, both parts together, in octets.
  package static let maxNonceByteCount = 1024
  /// The longest salt, in octets.
  package static let maxSaltByteCount = 1024
  /// The longest message of the mechanism, in octets.
  package static let maxMessageByteCount = 8192
  /// The most attributes in a message, extensions included.
  package static let maxAttributeCount = 32

  /// The iteration counts that are accepted.
  package var iterations: ClosedRange<Int>

  /// 4096 (RFC 7677 4) to ten million, which takes seconds.
  package init(iterations: ClosedRange<Int> = 4096...10_000_000) {
    self.iterations = iterations
  }
}
