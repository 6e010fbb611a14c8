import MailProtocols
import Testing

@Suite("Line end converter")
struct LineEndConverterTests {
  @Test(
    "only a CR directly before an LF goes",
    arguments: [
      ("", ""), ("\r\n", "\n"), ("\n", "\n"), ("\r", "\r"), ("\r\r\n", "\r\n"),
      ("\r\n\r\n", "\n\n"), ("\n\r", "\n\r"), ("a\rb\r\nc\n", "a\rb\nc\n"),
      ("Subject: x\r\n\r\nbody\r\n", "Subject: x\n\nbody\n"), ("\r\r\r", "\r\r\r"),
      ("\0\r\0\n", "\0\r\0\n"),
    ])
  func knownAnswers(wire: String, stored: String) {
    #expect(text(convert([Array(wire.utf8)])) == stored)
  }

  @Test("cut anywhere, the result is the same")
  func allSplits() {
    let wire = Array("a\r\r\n\r\n\n\rb\r".utf8)
    let whole = convert([wire])
    for first in 0...wire.count {
      for second in first...wire.count {
        let pieces = [wire[..<first], wire[first..<second], wire[second...]].map(Array.init)
        #expect(convert(pieces) == whole)
      }
    }
    #expect(convert(wire.map { [$0] }) == whole)
  }

  @Test("the inverse on text whose lines end in LF alone", arguments: 0..<200 as Range<UInt64>)
  func inverse(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // No CR in front of an LF: that is what conversion cannot tell from a line end.
    let stored = random.octets(from: Array("ab\n\n >".utf8), maxCount: 300)
    let wire = stored.flatMap { $0 == .lineFeed ? [.carriageReturn, .lineFeed] : [$0] }
    let cut = wire.isEmpty ? 0 : Int.random(in: 0..<wire.count, using: &random)
    #expect(convert([Array(wire[..<cut]), Array(wire[cut...])]) == stored)
  }

  @Test("after finish the converter is new")
  func reuse() {
    var converter = LineEndConverter()
    var output: [UInt8] = []
    converter.convert([.carriageReturn].span, into: &output)
    converter.finish(into: &output)
    converter.convert([.lineFeed].span, into: &output)
    converter.finish(into: &output)
    #expect(output == [.carriageReturn, .lineFeed])
  }

  private func convert(_ pieces: [[UInt8]]) -> [UInt8] {
    var converter = LineEndConverter()
    var output: [UInt8] = []
    for piece in pieces { converter.convert(piece.span, into: &output) }
    converter.finish(into: &output)
    return output
  }

  private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }
}
