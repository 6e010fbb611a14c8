import MailProtocols
import Testing

@Suite("Line end scan")
struct LineEndScanTests {
  @Test("the first CR or LF is found wherever it is, and nothing that looks like one")
  func againstNaive() {
    var random = SplitMix64(seed: 21)
    // Neighbours of CR and LF, octets with the high bit, and plain text.
    let near: [UInt8] = [
      0x00, 0x01, 0x09, 0x0B, 0x0C, 0x0E, 0x0F, 0x10, 0x2E, 0x41, 0x7F, 0x80, 0x8A, 0x8D, 0x8E,
      0xFF,
    ]
    for round in 0..<20_000 {
      let alphabet = round.isMultiple(of: 2) ? near : near + [0x0A, 0x0D]
      let octets = random.octets(from: alphabet, maxCount: 40)
      let start = Int.random(in: 0...octets.count, using: &random)
      let naive =
        octets[start...].firstIndex { $0 == .lineFeed || $0 == .carriageReturn } ?? octets.count
      #expect(octets.span.firstLineEndOctet(from: start) == naive)
      let hasEightBit = octets.span.hasEightBit
      #expect(hasEightBit == octets.contains { $0 >= 0x80 })
      #expect(octets.span.count(of: 0x0A) == octets.count { $0 == 0x0A })
    }
  }

  @Test("each octet alone, at each place of a word")
  func everyOctet() {
    for octet in UInt8.min...UInt8.max {
      for place in 0..<17 {
        for filler: UInt8 in [0x00, 0x61, 0xFF] {
          var octets = [UInt8](repeating: filler, count: 17)
          octets[place] = octet
          let isLineEnd = octet == .lineFeed || octet == .carriageReturn
          #expect(octets.span.firstLineEndOctet(from: 0) == (isLineEnd ? place : 17))
        }
      }
    }
  }

  @Test("nothing holds nothing")
  func empty() {
    let octets: [UInt8] = []
    #expect(octets.span.firstLineEndOctet(from: 0) == 0)
    let hasEightBit = octets.span.hasEightBit
    #expect(!hasEightBit)
  }
}
