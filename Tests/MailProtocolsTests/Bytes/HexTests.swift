import MailProtocols
import Testing

@Suite("Hexadecimal")
struct HexTests {
  @Test("digits are written in lower case and read in either")
  func known() {
    let octets: [UInt8] = [0x00, 0x1F, 0xA9, 0xFF]
    #expect(Hex.encode(octets.span) == [UInt8]("001fa9ff".utf8))
    #expect(Hex.decode([UInt8]("001fA9Ff".utf8).span) == octets)
    #expect(Hex.decode([UInt8]().span) == [])
  }

  @Test("anything else is refused", arguments: ["0", "001", "0g", "g0", " 00", "0x", "00 "])
  func refused(text: String) { #expect(Hex.decode([UInt8](text.utf8).span) == nil) }

  @Test("any octet comes back")
  func inverse() {
    let octets = [UInt8](UInt8.min...UInt8.max)
    #expect(Hex.decode(Hex.encode(octets.span).span) == octets)
  }
}
