import MailProtocols
import Testing

@Suite("SASL secret")
struct SASLSecretTests {
  @Test("nothing that prints shows it, alone or inside of credentials")
  func printing() {
    let credentials = SASLCredentials(authcid: "user", proof: password("pencil"))
    var dumped = ""
    dump(credentials, to: &dumped)
    let context = clientContext()
    var dumpedContext = ""
    dump(context, to: &dumpedContext)
    for text in [
      "\(credentials)", String(reflecting: credentials), dumped, dumpedContext,
      "\(SASLSecret(wire("pencil")))", String(reflecting: SASLSecret(wire("pencil"))),
    ] {
      #expect(!text.contains("pencil"))
      #expect(!text.contains("112"), "the octets are shown as numbers: \(text)")
    }
  }

  @Test("it equals its like alone")
  func equality() {
    let secret = SASLSecret(wire("pencil"))
    #expect(secret.equals(SASLSecret(wire("pencil"))))
    #expect(!secret.equals(SASLSecret(wire("pencim"))))
    #expect(!secret.equals(SASLSecret(wire("penci"))))
    #expect(!secret.equals(SASLSecret([])))
    #expect(secret.count == 6 && secret.bytes == wire("pencil"))
  }

  @Test("the comparison sees every octet")
  func comparison() {
    let key = [UInt8](0..<64)
    #expect(constantTimeEqual(key, key))
    for index in key.indices {
      var other = key
      other[index] ^= 0x80
      #expect(!constantTimeEqual(key, other))
    }
    #expect(!constantTimeEqual(key, key + [0]))
    #expect(constantTimeEqual([UInt8](), []))
  }

  @Test("the last reference takes the octets with it")
  func release() {
    // The allocator is asked for blocks of the same size, the freed one among them, and what is
    // still in them is looked at.
    let marker = [UInt8](repeating: 0xA5, count: 4099)
    var secret: SASLSecret? = SASLSecret(marker)
    #expect(secret?.count == 4099)
    secret = nil
    for _ in 0..<64 {
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 4099, alignment: 1)
      let rest = block[64...].filter { $0 == 0xA5 }.count
      block.deallocate()
      #expect(rest < 1024, "a freed secret is still in memory")
    }
  }

  @Test("an array is emptied in place")
  func wiping() {
    var octets = wire("pencil")
    SASLSecret.wipe(&octets)
    #expect(octets.isEmpty)
    var codes: [UInt32] = [1, 2, 3]
    SASLSecret.wipe(&codes)
    #expect(codes.isEmpty)
  }
}
