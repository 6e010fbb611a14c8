import MailProtocols
import Testing

private func encoded(_ text: String) -> String {
  String(decoding: Base64.encode([UInt8](text.utf8).span), as: UTF8.self)
}

private func decoded(_ text: String) -> [UInt8]? { Base64.decode([UInt8](text.utf8).span) }

@Suite("Base64")
struct Base64Tests {
  @Test(
    "RFC 4648 section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("User Name\0", "VXNlciBOYW1lAA=="),
    ])
  func vectors(text: String, base64: String) {
    #expect(encoded(text) == base64)
    #expect(decoded(base64) == [UInt8](text.utf8))
  }

  @Test(
    "what is not to the letter is refused",
    arguments: [
      "Z", "Zg", "Zg=", "Zg===", "=", "====", "Zg==Zg==", "Z=g=", "=Zg=", "Zh==", "Zm9=", "Zm 8=",
      "Zm9v\n", "\r\nZm9v", "Zm9-", "Zm9_", "Zm9vYg==\r\n", "Zm9é", "A===", "*",
    ])
  func refused(text: String) { #expect(decoded(text) == nil) }

  @Test("62 and 63 are plus and slash")
  func lastDigits() {
    #expect(Base64.encode([0xFB, 0xEF, 0xFF].span) == [UInt8]("++//".utf8))
    #expect(decoded("++//") == [0xFB, 0xEF, 0xFF])
  }

  @Test("any octets come back")
  func inverse() {
    var random = SplitMix64(seed: 4648)
    for count in 0..<300 {
      let octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let text = Base64.encode(octets.span)
      #expect(text.count == (count + 2) / 3 * 4)
      #expect(Base64.decode(text.span) == octets)
    }
  }

  @Test("two texts never mean the same octets")
  func oneSpelling() {
    let digits = [UInt8]("AQgw/+=Zx9 \n".utf8)
    for first in digits {
      for second in digits {
        for third in digits {
          for fourth in digits {
            let text = [first, second, third, fourth]
            if let octets = Base64.decode(text.span) {
              #expect(Base64.encode(octets.span) == text)
            }
          }
        }
      }
    }
  }
}
