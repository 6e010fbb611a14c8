import MailProtocols
import Testing

@Suite("CRC32C")
struct CRC32CTests {
  @Test(
    "known answers (RFC 9260 and RFC 3720 B.4)",
    arguments: [
      ([UInt8]("123456789".utf8), 0xE306_9283), ([], 0),
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      ([UInt8](0..<32), 0x46DD_794E), ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    ] as [([UInt8], UInt32)])
  func known(octets: [UInt8], sum: UInt32) {
    #expect(CRC32C.checksum(of: octets.span) == sum)
    var pieces = CRC32C()
    for octet in octets { pieces.update(octet) }
    #expect(pieces.value == sum)
  }
}
