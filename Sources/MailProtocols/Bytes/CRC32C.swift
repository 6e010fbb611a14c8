// CRC32C, the Castagnoli checksum (RFC 3385, RFC 9260 appendix A), as the PROXY protocol uses it.
// A table of 256 entries: made for a few hundred octets at the start of a connection.

/// The Castagnoli checksum, octet by octet.
package struct CRC32C: Sendable {
  private var register: UInt32 = 0xFFFF_FFFF

  package init() {}

  /// Takes the next octet in.
  package mutating func update(_ octet: UInt8) {
    register = register >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: register) ^ octet)]
  }

  /// The checksum of all octets so far.
  package var value: UInt32 { ~register }

  /// The checksum of `octets`.
  package static func checksum(of octets: Span<UInt8>) -> UInt32 {
    var sum = CRC32C()
    for index in octets.indices { sum.update(octets[index]) }
    return sum.value
  }

  /// The polynomial 1EDC6F41, its bits reversed.
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { remainder, _ in
      remainder >> 1 ^ (remainder & 1 == 1 ? 0x82F6_3B78 : 0)
    }
  }
}
