import MailProtocols
import Testing

@Suite("Address literal")
struct AddressLiteralTests {
  @Test(
    "RFC 5321 4.1.3 allows it",
    arguments: [
      "127.0.0.1", "255.255.255.255", "0.0.0.0", "001.002.003.004", "IPv6:::1", "IPv6:::",
      "ipv6:2001:db8::1", "IPv6:1:2:3:4:5:6:7:8", "IPv6:1:2:3:4:5:6:1.2.3.4", "IPv6:::1.2.3.4",
      "IPv6:1:2:3::6:7:8", "IPv6:::3:4:5:6:7:8", "IPv6:1:2:3:4:5:6::", "IPv6:1::4:5:6:1.2.3.4",
      "IPv6:FE80::ABcd", "tag:content", "x-y:z", "a1:!~",
    ])
  func valid(text: String) { #expect(AddressLiteral.isValid([UInt8](text.utf8)[...])) }

  @Test(
    "and not this",
    arguments: [
      "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.0004", "1..2.3", "1.2.3.", "a.b.c.d", "::1",
      "IPv6:", "IPv6:1", "IPv6::1", "IPv6:1:2:3:4:5:6:7", "IPv6:1:2:3:4:5:6:7:8:9", "IPv6:12345::",
      "IPv6:::1::", "IPv6:1:2:3:4:5:6:7::", "IPv6:1:2:3::5:6:7:8", "IPv6:g::", "IPv6::::",
      "IPv6:1.2.3.4::", "IPv6:1:2:3:4:5:6:7:1.2.3.4", "IPv6:::256.1.1.1", "tag:", ":x", "a-:x",
      "a_b:x", "tag:a b", "tag:[", "tag:\\", "IPv6:fe80::1%eth0",
    ])
  func invalid(text: String) { #expect(!AddressLiteral.isValid([UInt8](text.utf8)[...])) }
}
