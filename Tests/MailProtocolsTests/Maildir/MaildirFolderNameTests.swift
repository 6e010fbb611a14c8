import MailProtocols
import Testing

@Suite("Maildir folder name")
struct MaildirFolderNameTests {
  private func name(_ value: [UInt8]) -> MaildirFolderName {
    MaildirFolderName(value) { value in
      (0..<32).map { UInt8(truncatingIfNeeded: value.count &+ Int(value.last ?? 0) &+ $0) }
    }
  }

  private func name(_ value: String) -> String { name([UInt8](value.utf8)).text }

  @Test(
    "a name is one component of a path, and shows what it stands for",
    arguments: [
      ("b@s.test", "b@s.test"), ("Bob.Q+x=y_z-1@s.test", "Bob.Q+x=y_z-1@s.test"),
      ("..", "%2E."), (".", "%2E"), (".hidden", "%2Ehidden"),
      ("../../etc/x", "%2E.%2F..%2Fetc%2Fx"),
      ("/", "%2F"), ("a/b@s.test", "a%2Fb@s.test"), ("-rf", "%2Drf"), ("@null", "%40null"),
      ("\"a b\"@s.test", "%22a%20b%22@s.test"), ("100%", "100%25"), ("%2F", "%252F"),
      ("~root", "%7Eroot"), ("a\nb", "a%0Ab"), ("a\u{0}b", "a%00b"), ("é", "%C3%A9"),
      ("[127.0.0.1]", "%5B127.0.0.1%5D"), ("$(x)`y`;*?", "%24%28x%29%60y%60%3B%2A%3F"),
      ("", "@empty"),
    ])
  func escapes(value: String, text: String) {
    #expect(name(value) == text)
  }

  @Test("the names that stand for no value cannot be had by any")
  func fixed() {
    let fixed: [MaildirFolderName] = [.nullSender, .anonymous, .noDomain, .empty]
    #expect(Set(fixed).count == 4)
    for one in fixed {
      #expect(one.value == nil)
      #expect(name(one.text) != one.text)
    }
  }

  @Test("the value can be had back from its name, whatever octets it has")
  func inverse() {
    var random = SplitMix64(seed: 33)
    let alphabet =
      Array(UInt8.min...UInt8.max)
      + Array(repeating: [0x2E, 0x2F, 0x25, 0x2D], count: 40).flatMap { $0 }
    for _ in 0..<2000 {
      let value = random.octets(from: alphabet, maxCount: 84) + [UInt8.ascii("x")]
      let name = name(value)
      #expect(name.value == value)
      let octets = [UInt8](name.text.utf8)
      #expect(!octets.isEmpty && octets.count <= MaildirFolderName.maxByteCount)
      #expect(![0x2E, 0x2D, 0x40].contains(octets[0]))
      #expect(octets.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != .ascii("/") })
    }
  }

  @Test("255 octets are a name; one more is cut, and ends in a digest of the whole")
  func limit() {
    let most = String(repeating: "a", count: 255)
    #expect(name(most) == most)
    let long = name([UInt8]((most + "b").utf8))
    #expect(long.text.utf8.count == 255)
    #expect(long.text.hasPrefix(String(repeating: "a", count: 221) + "%-"))
    #expect(long.value == nil)
    #expect(long != name([UInt8]((most + "c").utf8)))
    // An escape at the seam makes three octets of one.
    #expect(name(String(repeating: "a", count: 252) + "/").utf8.count == 255)
    #expect(name(String(repeating: "a", count: 253) + "/").utf8.count == 255)
    #expect(name(String(repeating: "/", count: 1_000_000)).utf8.count == 255)
  }
}
