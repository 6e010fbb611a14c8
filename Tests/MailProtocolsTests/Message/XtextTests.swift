import MailProtocols
import Testing

private func decoded(_ text: String) -> [UInt8]? { Xtext.decode([UInt8](text.utf8).span) }

@Suite("xtext")
struct XtextTests {
  @Test(
    "RFC 3461 and RFC 4954 examples",
    arguments: [
      ("", ""), ("QQ314159", "QQ314159"), ("e+3Dmc2@example.com", "e=mc2@example.com"),
      ("Dana+20the+20Yeti", "Dana the Yeti"), ("+2B", "+"), ("<>", "<>"),
    ])
  func known(xtext: String, text: String) {
    #expect(decoded(xtext) == [UInt8](text.utf8))
    #expect(Xtext.encode([UInt8](text.utf8).span) == [UInt8](xtext.utf8))
  }

  @Test("what need not be escaped may be")
  func escaped() { #expect(decoded("+41+00+FF") == [0x41, 0x00, 0xFF]) }

  @Test(
    "malformed xtext is nil",
    arguments: ["+", "+4", "a+", "+4G", "+G4", "+3d", "a=b", "a b", "a\tb", "é", "\u{7F}", "++2B"])
  func refused(text: String) { #expect(decoded(text) == nil) }

  @Test("any octet comes back")
  func inverse() {
    let octets = [UInt8](UInt8.min...UInt8.max)
    let text = Xtext.encode(octets.span)
    #expect(text.allSatisfy { (0x21...0x7E).contains($0) && $0 != .ascii("=") })
    #expect(Xtext.decode(text.span) == octets)
  }
}
