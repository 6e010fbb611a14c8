import MailProtocols
import Testing

@Suite("Byte scan")
struct ByteScanTests {
  @Test("finds what a plain loop finds, from any start, at any length", arguments: 0...40)
  func sameAsPlainLoop(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    for _ in 0..<50 {
      // Neighbours of the octet searched for are where a borrow could deceive.
      let bytes: [UInt8] = (0..<count).map { _ in
        [0x0C, 0x0D, 0x0E, 0x8D, 0x00].randomElement(using: &random)!
      }
      for start in 0...count {
        for byte: UInt8 in [0x0D, 0x00, 0x8D, 0xFF] {
          #expect(
            bytes.span.firstIndex(of: byte, from: start) == bytes[start...].firstIndex(of: byte))
        }
      }
    }
  }

  @Test("an octet before the start is not found")
  func before() {
    #expect(Array("a\r..............".utf8).span.firstIndex(of: .carriageReturn, from: 2) == nil)
  }
}
