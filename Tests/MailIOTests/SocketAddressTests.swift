import Glibc
import Testing

@testable import MailIO

@Suite("Socket address")
struct SocketAddressTests {
  /// The first address that getaddrinfo finds for a literal.
  private func address(_ literal: String, _ port: UInt16) throws -> SocketAddress {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    try #require(getaddrinfo(literal, String(port), &hints, &found) == 0)
    defer { freeaddrinfo(found) }
    let entry = try #require(found).pointee
    return SocketAddress(copying: entry.ai_addr, length: entry.ai_addrlen)
  }

  @Test(
    "addresses as text",
    arguments: [
      ("127.0.0.1", 25, "127.0.0.1", "127.0.0.1:25"), ("::1", 65535, "::1", "[::1]:65535"),
      ("0.0.0.0", 0, "0.0.0.0", "0.0.0.0:0"),
      ("2001:db8:0:0::7", 1, "2001:db8::7", "[2001:db8::7]:1"),
    ] as [(String, UInt16, String, String)])
  func text(literal: String, port: UInt16, host: String, text: String) throws {
    let address = try address(literal, port)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.text == text)
    #expect(address.unmapped.text == text)
  }

  @Test("an IPv4 address in IPv6 clothes is an IPv4 address, and no other is")
  func unmapped() throws {
    #expect(try address("::ffff:192.0.2.1", 25).unmapped.text == "192.0.2.1:25")
    for literal in ["::192.0.2.1", "::fffe:1:2", "1::ffff:192.0.2.1", "::"] {
      let address = try address(literal, 25)
      #expect(address.unmapped.text == address.text)
    }
  }

  @Test("a port can be set, and only where there is one")
  func port() throws {
    for literal in ["127.0.0.1", "::1"] {
      var address = try address(literal, 0)
      address.port = 2525
      #expect(address.port == 2525)
    }
    var unix = try #require(SocketAddress(unixPath: "/run/sink"))
    unix.port = 25
    #expect(unix.port == nil)
    #expect(unix.host == "/run/sink")
    #expect(unix.text == "unix:/run/sink")
  }

  @Test("a unix path has room for 107 octets")
  func path() {
    let longest = "/" + String(repeating: "x", count: 106)
    #expect(SocketAddress(unixPath: longest)?.host == longest)
    #expect(SocketAddress(unixPath: longest + "x") == nil)
  }

  @Test("an unnamed unix socket, as clients have it, has no name")
  func unnamed() {
    let (_, peer) = Peer.pair()
    let address = SocketAddress { _ = getpeername(peer.descriptor, $0, &$1) }
    #expect(address.host == "")
    #expect(address.port == nil)
  }
}
