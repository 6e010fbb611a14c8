import MailProtocols
import Testing

@Suite("IP network")
struct IPNetworkTests {
  @Test(
    "an address is in it or not",
    arguments: [
      ("192.0.2.0/24", "192.0.2.0", true), ("192.0.2.0/24", "192.0.2.255", true),
      ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.7", "192.0.2.7", true),
      ("192.0.2.7", "192.0.2.8", false), ("192.0.2.7/32", "192.0.2.7", true),
      ("192.0.2.6/31", "192.0.2.7", true), ("0.0.0.0/0", "203.0.113.9", true),
      ("0.0.0.0/0", "::1", false), ("::/0", "::1", true), ("::/0", "192.0.2.1", false),
      ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
      ("2001:db8::/33", "2001:db8:8000::", false), ("::1", "::1", true), ("::1/128", "::2", false),
      ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("::ffff:192.0.2.0/120", "192.0.2.9", true),
      ("::ffff:0:0/96", "192.0.2.9", true), ("::ffff:0:0/96", "::1", false),
      ("::ffff:192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "::ffff:192.0.2.1", true),
      ("any", "192.0.2.1", true), ("ANY", "::1", true),
    ])
  func contains(network: String, address: String, isIn: Bool) throws {
    let address = try #require(IPAddress(address))
    let network = try IPNetwork(network)
    #expect(network.contains(address) == isIn)
    #expect(try IPNetwork(network.text) == network)
  }

  @Test(
    "a mistake is told with what was meant",
    arguments: [
      (
        "192.0.2.7/24", "'192.0.2.7/24' has bits set beyond its prefix; the network is 192.0.2.0/24"
      ),
      ("::1/0", "'::1/0' has bits set beyond its prefix; the network is ::/0"),
      ("192.0.2.0/33", "'192.0.2.0/33': the bits after the slash are 0 to 32"),
      ("::/129", "'::/129': the bits after the slash are 0 to 128"),
      ("::/", "'::/': the bits after the slash are 0 to 128"),
      ("::/+1", "'::/+1': the bits after the slash are 0 to 128"),
      ("::/0128", "'::/0128': the bits after the slash are 0 to 128"),
      ("::/1/2", "'::/1/2': the bits after the slash are 0 to 128"),
      (
        "10.0/8",
        "'10.0/8' is no network: an IPv4 or IPv6 address, with /BITS or without, or any"
      ),
      ("", "'' is no network: an IPv4 or IPv6 address, with /BITS or without, or any"),
    ])
  func refused(text: String, reason: String) {
    #expect(throws: IPNetworkError(reason: reason)) { try IPNetwork(text) }
  }

  @Test("a list is networks between commas")
  func list() throws {
    let list = try IPNetworkSet("127.0.0.0/8,::1")
    #expect(list.contains(.v4(0x7F00_0001)))
    #expect(list.contains(.v6(1)))
    #expect(!list.contains(.v6(2)))
    #expect(try IPNetworkSet("any").contains(.v6(2)))
    #expect(!IPNetworkSet([]).contains(.v6(2)))
    for text in ["", ",", "::1,", "::1, ::2", "::1,,::2"] {
      #expect(throws: IPNetworkError.self) { try IPNetworkSet(text) }
    }
  }

  @Test("a list has an end")
  func limit() throws {
    let most = [String](repeating: "::1", count: IPNetworkSet.maxNetworkCount)
    #expect(try IPNetworkSet(most.joined(separator: ",")).networks.count == most.count)
    #expect(throws: IPNetworkError(reason: "more than 1024 networks")) {
      try IPNetworkSet((most + ["::1"]).joined(separator: ","))
    }
  }
}
