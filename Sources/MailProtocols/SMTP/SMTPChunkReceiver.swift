// The chunks of BDAT (RFC 3030 2): how much of the current one is still to come, and whether it is
// content or only swallowed. Its octets are swallowed whole even when it is refused, for a client
// that pipelines has sent them already, and they must not be taken for commands.

/// The accounting of one transaction's chunks.
package struct SMTPChunkReceiver: Equatable, Sendable {
  /// Octets of the current chunk that have not come yet.
  package private(set) var remainingByteCount = 0
  /// Octets of the current chunk in all.
  package private(set) var byteCount = 0
  /// Whether the current chunk is the last of its message.
  package private(set) var isLast = false
  /// The reply that refuses the current chunk; it is sent when the chunk has come whole.
  package private(set) var refusal: SMTPReply?
  /// Whether a chunk of this transaction was taken.
  package private(set) var hasBegun = false
  /// Whether a chunk of this transaction was refused: nothing goes on but by RSET.
  package private(set) var hasFailed = false

  package init() {}

  /// A chunk starts that is content.
  package mutating func begin(byteCount: Int, isLast: Bool) {
    hasBegun = true
    self.byteCount = byteCount
    remainingByteCount = byteCount
    self.isLast = isLast
    refusal = nil
  }

  /// A chunk starts that is refused.
  package mutating func swallow(byteCount: Int, isLast: Bool, refusal: SMTPReply) {
    self.byteCount = byteCount
    remainingByteCount = byteCount
    self.isLast = isLast
    self.refusal = refusal
  }

  /// The octets of the input from `position` on that belong to the chunk.
  package func part(of input: Span<UInt8>, from position: Int) -> Range<Int> {
    position..<position + min(remainingByteCount, input.count - position)
  }

  /// Octets of the chunk have come.
  package mutating func consume(_ count: Int) {
    remainingByteCount -= count
  }

  /// The transaction is spoilt until RSET.
  package mutating func fail() {
    hasFailed = true
  }
}
