import MailProtocols
import Testing

@Suite("C escapes")
struct CEscapesTests {
  @Test(
    "each is the octet that Postfix smtp-sink 3.7 -S makes of it",
    arguments: [
      (#""#, []), (#"a b"#, [0x61, 0x20, 0x62]),
      (#"\a\b\t\n\v\f\r\\"#, [7, 8, 9, 10, 11, 12, 13, 0x5C]),
      (#"\101"#, [0x41]), (#"\1234"#, [0x53, 0x34]), (#"\12x"#, [0x0A, 0x78]), (#"\7"#, [7]),
      (#"\0777"#, [0x3F, 0x37]), (#"\777"#, [0xFF]), (#"\400"#, [0]), (#"\8"#, [0x38]),
      (#"\q\"\'"#, [0x71, 0x22, 0x27]), (#"x\"#, [0x78]), (#"\"#, []), (#"\\n"#, [0x5C, 0x6E]),
      ("\\é", [0xC3, 0xA9]),
    ] as [(String, [UInt8])])
  func escapes(text: String, octets: [UInt8]) {
    #expect(CEscapes.decode(Array(text.utf8).span) == octets)
  }

  @Test("three octal digits say any octet")
  func inverse() {
    var random = SplitMix64(seed: 17)
    for _ in 0..<100 {
      let octets = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
      let text = octets.flatMap { octet in
        [UInt8(ascii: "\\")] + [octet >> 6, octet >> 3 & 7, octet & 7].map { $0 + 0x30 }
      }
      #expect(CEscapes.decode(text.span) == octets)
    }
  }
}
