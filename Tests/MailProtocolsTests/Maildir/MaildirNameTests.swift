import MailProtocols
import Testing

@Suite("Maildir name")
struct MaildirNameTests {
  @Test(
    "unique part and flags come apart, whoever made the name",
    arguments: [
      ("1204680122.27c448_1.example.org:2,RS", "1204680122.27c448_1.example.org", "RS"),
      ("1700000000.M1P2Q3R000000000000000a.h:2,", "1700000000.M1P2Q3R000000000000000a.h", ""),
      ("1.2.h:2,TSFD", "1.2.h", "DFST"),
      ("1.2.h:2,SaSb", "1.2.h", "Sab"),
      ("1.2.h,S=12,W=13:2,S", "1.2.h,S=12,W=13", "S"),
      ("oddly named:2,F", "oddly named", "F"),
    ])
  func flags(name: String, unique: String, flags: String) throws {
    let parsed = try #require(MaildirName(Array(name.utf8)))
    #expect(parsed.unique == Array(unique.utf8))
    #expect(parsed.info == .flags(try #require(MaildirFlags(flags.utf8))))
    #expect(parsed.description == "\(unique):2,\(flags)")
  }

  @Test(
    "info that is not flags stays as it is",
    arguments: ["1.2.h:1,x", "1.2.h:", "1.2.h:2", "1.2.h:2,S:2,F", "1.2.h:2,S,X=1", "1.2.h"])
  func otherInfo(name: String) throws {
    let parsed = try #require(MaildirName(Array(name.utf8)))
    #expect(parsed.unique == Array("1.2.h".utf8))
    #expect(parsed.description == name)
    if case .flags = parsed.info { Issue.record("\(name) has no flags") }
  }

  @Test(
    "what cannot name a message is refused",
    arguments: ["", ".", "..", ".hidden", "a/b", "a\0b", ":2,S", ":"])
  func refused(name: String) {
    #expect(MaildirName(Array(name.utf8)) == nil)
  }

  @Test("a name may have 255 octets and no more")
  func limit() throws {
    let longest = [UInt8](repeating: .ascii("a"), count: MaildirName.maxOctetCount)
    #expect(MaildirName(longest) != nil)
    #expect(MaildirName(longest + [.ascii("a")]) == nil)
    let name = try #require(MaildirName(Array(longest.dropLast(4))))
    let seen = try #require(MaildirFlags("S".utf8))
    #expect(name.with(seen)?.octets.count == MaildirName.maxOctetCount)
    #expect(name.with(try #require(MaildirFlags("FS".utf8))) == nil)
  }

  @Test("new flags replace the old and leave the unique part")
  func withFlags() throws {
    let name = try #require(MaildirName(Array("1.2.h:2,T".utf8)))
    #expect(name.with(try #require(MaildirFlags("SR".utf8)))?.description == "1.2.h:2,RS")
  }

  @Test("flags are letters, sorted, each once")
  func flagSet() {
    #expect(MaildirFlags("SRSFR".utf8)?.description == "FRS")
    #expect(MaildirFlags("".utf8) == MaildirFlags())
    #expect(MaildirFlags("S1".utf8) == nil)
    #expect(MaildirFlags("S ".utf8) == nil)
    #expect(MaildirFlags("FS".utf8)?.contains(.ascii("F")) == true)
    #expect(MaildirFlags("FS".utf8)?.contains(.ascii("T")) == false)
  }

  @Test("a name put together comes apart the same", arguments: 0..<300 as Range<UInt64>)
  func inverse(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let octets = random.octets(from: Array(".:2,SFab=/\0\u{80}é".utf8), maxCount: 12)
    guard let name = MaildirName(octets) else { return }
    #expect(MaildirName(name.octets) == name)
  }
}

@Suite("Maildir naming")
struct MaildirNamingTests {
  @Test("the name has the parts of the specification")
  func parts() {
    let naming = MaildirNaming(host: "mx.example.org", process: 42, random: 0xBEEF)
    let name = naming.name(seconds: 1_700_000_000, microseconds: 123, counter: 7)
    #expect(
      String(decoding: name, as: UTF8.self)
        == "1700000000.M123P42Q7R000000000000beef.mx.example.org")
  }

  @Test(
    "a host cannot leave the directory or start the info",
    arguments: [
      ("a/b", "a\\057b"), ("a:2,S", "a\\0722,S"), ("../..", "..\\057.."), ("a\\057b", "a\\134057b"),
      ("a\0\n\u{7F}", "a\\000\\012\\177"), ("", "localhost"), ("bücher", "bücher"),
    ])
  func hosts(host: String, written: String) throws {
    let octets = MaildirNaming(host: host, process: 1, random: .max)
      .name(seconds: 1, microseconds: 0, counter: 0)
    #expect(String(decoding: octets, as: UTF8.self) == "1.M0P1Q0Rffffffffffffffff.\(written)")
    #expect(try #require(MaildirName(octets)).unique == octets)
  }

  @Test("a host is cut at its limit, between escapes, and the longest name leaves room for flags")
  func limit() throws {
    let limit = MaildirNaming.maxHostOctetCount
    for (host, count) in [
      (String(repeating: "a", count: limit), limit),
      (String(repeating: "a", count: limit + 1), limit),
      (String(repeating: "a", count: limit - 4) + ":", limit),
      (String(repeating: "a", count: limit - 3) + ":", limit - 3),
    ] {
      let name = MaildirNaming(host: host, process: .max, random: 0)
        .name(seconds: .max, microseconds: 999_999, counter: .max)
      let hostStart = try #require(name.lastIndex(of: .ascii("."))) + 1
      #expect(name.count - hostStart == count)
      let letters = (UInt8.min...UInt8.max).filter(\.isAlpha)
      #expect(MaildirName(name)?.with(try #require(MaildirFlags(letters))) != nil)
    }
  }
}
