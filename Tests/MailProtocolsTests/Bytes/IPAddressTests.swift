import MailProtocols
import Testing

@Suite("IP address")
struct IPAddressTests {
  @Test(
    "text becomes an address, and the address its canonical text (RFC 5952 4, 5)",
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
      ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:db8::1", "2001:db8::1"),
      ("2001:0db8::0001", "2001:db8::1"), ("2001:DB8::Ab", "2001:db8::ab"),
      ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
      ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::FFFF:192.0.2.1", "::ffff:192.0.2.1"),
      ("::ffff:c000:201", "::ffff:192.0.2.1"), ("::1.2.3.4", "::102:304"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:0:0:0:0:0:0:0", "1::"),
      ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
  func canonical(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.text == canonical)
    #expect(IPAddress(canonical) == address)
  }

  @Test(
    "anything else is none",
    arguments: [
      "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.04", "01.2.3.4", "1..2.3", "1.2.3.", ".1.2.3.4",
      "1.2.3.4 ", " 1.2.3.4", "a.b.c.d", "localhost", ":", ":::", "1", "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "12345::", "::1::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "g::",
      "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::256.1.1.1", "::01.2.3.4", "1:", ":1", "::1:",
      "fe80::1%eth0", "[::1]", "::1\0", "1:2:3:4:5:6:7:8.1.1.1", "::1.2.3", "1.2.3.4:25",
    ])
  func refused(text: String) { #expect(IPAddress(text) == nil) }

  @Test("a family is asked for, and only that is read")
  func families() {
    let v4 = [UInt8]("192.0.2.1".utf8)
    let v6 = [UInt8]("::1".utf8)
    let read = [
      IPAddress(ipv4: v4.span), IPAddress(ipv6: v4.span), IPAddress(ipv4: v6.span),
      IPAddress(ipv6: v6.span),
    ]
    #expect(read == [.v4(0xC000_0201), nil, nil, .v6(1)])
  }

  @Test("octets and text give each other back")
  func inverse() throws {
    var random = SplitMix64(seed: 5952)
    for _ in 0..<2000 {
      let count = Bool.random(using: &random) ? 4 : 16
      // Zeros often, for the runs that `::` stands for.
      let octets = (0..<count / 2).flatMap { _ -> [UInt8] in
        Bool.random(using: &random) ? [0, 0] : [.random(in: 0...255, using: &random), 7]
      }
      let made = IPAddress(octets: octets.span)
      let address = try #require(made)
      #expect(address.octets == octets)
      #expect(IPAddress(address.text) == address)
      #expect(address.text.utf8.count <= IPAddress.maxTextByteCount)
    }
    for count in [0, 3, 5, 15, 17] {
      let octets = [UInt8](repeating: 1, count: count)
      let address = IPAddress(octets: octets.span)
      #expect(address == nil)
    }
  }

  @Test("an IPv4 address in IPv6 clothes can be undressed")
  func unmapped() {
    #expect(IPAddress("::ffff:192.0.2.1")?.unmapped == IPAddress("192.0.2.1"))
    for text in ["192.0.2.1", "::192.0.2.1", "::fffe:192.0.2.1", "1::ffff:192.0.2.1"] {
      #expect(IPAddress(text)?.unmapped == IPAddress(text))
    }
  }
}
