import MailProtocols
import Testing

@Suite("UTF-8 scalar")
struct UTF8ScalarTests {
  @Test("every scalar is read as the standard library writes it")
  func allScalars() {
    for value in UInt32(0)...0x10_FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let octets = [UInt8](UTF8.encode(scalar)!)
      guard let (read, count) = octets.span.utf8Scalar(at: 0), read == scalar,
        count == octets.count
      else {
        Issue.record("U+\(String(value, radix: 16))")
        return
      }
    }
  }

  @Test("any octets are judged as the standard library judges them")
  func randomOctets() {
    var random = SplitMix64(seed: 3629)
    let edges: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ]
    var formedCount = 0
    for _ in 0..<50_000 {
      let octets = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        edges.randomElement(using: &random)!
      }
      let isFormed = String(validating: octets, as: UTF8.self) != nil
      formedCount += isFormed ? 1 : 0
      #expect(octets.span.isWellFormedUTF8 == isFormed)
    }
    #expect(formedCount > 1000)
  }

  @Test("a scalar is not read past the end of the span")
  func cut() {
    let euro: [UInt8] = [0xE2, 0x82, 0xAC]
    #expect(euro.span.utf8Scalar(at: 0)?.count == 3)
    #expect(euro.span.extracting(0..<2).utf8Scalar(at: 0) == nil)
  }
}
