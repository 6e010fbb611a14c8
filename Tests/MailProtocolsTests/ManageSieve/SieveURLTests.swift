import Testing

@testable import MailProtocols

@Suite("Sieve URL")
struct SieveURLTests {
  static let good: [(String, SieveURL, String?)] = [
    ("sieve://h", SieveURL(host: "h"), nil),
    ("sieve://H.Example/", SieveURL(host: "h.example"), "sieve://h.example"),
    ("SIEVES://h:1", SieveURL(scheme: .sieves, host: "h", port: 1), "sieves://h:1"),
    ("sieve+insecure://h:65535", SieveURL(scheme: .insecure, host: "h", port: 65535), nil),
    ("sieve://h:", SieveURL(host: "h"), "sieve://h"),
    ("sieve://alice@h", SieveURL(user: "alice", host: "h"), nil),
    ("sieve://al%40ice@h", SieveURL(user: "al@ice", host: "h"), nil),
    ("sieve://al@ice@h", SieveURL(user: "al@ice", host: "h"), "sieve://al%40ice@h"),
    ("sieve://\u{E9}@h", SieveURL(user: "\u{E9}", host: "h"), "sieve://%C3%A9@h"),
    (
      "sieve://a;auth=SCRAM-SHA-1@h",
      SieveURL(user: "a", mechanism: "SCRAM-SHA-1", host: "h"), "sieve://a;AUTH=SCRAM-SHA-1@h"
    ),
    ("sieve://;AUTH=EXTERNAL@h", SieveURL(mechanism: "EXTERNAL", host: "h"), nil),
    ("sieve://a;AUTH=*@h", SieveURL(user: "a", mechanism: "*", host: "h"), nil),
    ("sieve://[::1]", SieveURL(host: "::1"), nil),
    (
      "sieve://[2001:db8::1.2.3.4]:4190/x",
      SieveURL(host: "2001:db8::1.2.3.4", port: 4190, script: Array("x".utf8)), nil
    ),
    ("sieve://[fe80::1%25eth0]", SieveURL(host: "fe80::1%eth0"), nil),
    // One segment is a script, not an owner as sievemgr has it.
    ("sieve://h/x", SieveURL(host: "h", script: Array("x".utf8)), nil),
    ("sieve://h/o/x", SieveURL(host: "h", owner: .user("o"), script: Array("x".utf8)), nil),
    ("sieve://h//x", SieveURL(host: "h", owner: .global, script: Array("x".utf8)), nil),
    ("sieve://h/o/", SieveURL(host: "h", owner: .user("o")), nil),
    ("sieve://h//", SieveURL(host: "h", owner: .global), nil),
    ("sieve://h/a%2Fb", SieveURL(host: "h", script: Array("a/b".utf8)), nil),
    ("sieve://h/%ff", SieveURL(host: "h", script: [0xFF]), "sieve://h/%FF"),
    (
      "sieve://h/a:@!$'()*+,;=b", SieveURL(host: "h", script: Array("a:@!$'()*+,;=b".utf8)),
      "sieve://h/a%3A%40%21%24%27%28%29%2A%2B%2C%3B%3Db"
    ),
  ]

  @Test("read as people write it, written as the RFC wants it", arguments: good)
  func reads(text: String, url: SieveURL, canonical: String?) throws {
    #expect(try SieveURL(text) == url)
    #expect(url.description == canonical ?? text)
    #expect(try SieveURL(url.description) == url)
  }

  @Test(
    "what is none is refused",
    arguments: [
      ("http://h/", .scheme), ("sieve:h", .scheme), ("h", .scheme), ("", .scheme),
      ("sieve://", .host), ("sieve:///x", .host), ("sieve://:1", .host), ("sieve://a@", .host),
      ("sieve://h%2e", .host), ("sieve://[::1", .host), ("sieve://[h]", .host),
      ("sieve://[::1]x", .host), ("sieve://::1", .host), ("sieve://[v1.x]", .host),
      ("sieve://[::1%25]", .host), ("sieve://h:0", .port), ("sieve://h:65536", .port),
      ("sieve://h:1a", .port), ("sieve://h:000001", .port),
      ("sieve://a:b@h", .password), ("sieve://:b@h", .password), ("sieve://a:@h", .password),
      ("sieve://a;AUTH=X:y@h", .password), ("sieve://@h", .userinfo), ("sieve://a;b@h", .userinfo),
      ("sieve://a;AUTH=@h", .userinfo), ("sieve://a;AUTH=x%20y@h", .userinfo),
      ("sieve://h/%", .escape), ("sieve://h/%4", .escape), ("sieve://h/%zz", .escape),
      ("sieve://h/%00", .escape), ("sieve://%ff@h", .notUTF8), ("sieve://h/%ff/x", .notUTF8),
      ("sieve://h/a b", .character), ("sieve://h/a\r\n", .character),
      ("sieve://h\u{7F}", .character),
      ("sieve://h/a?b", .character), ("sieve://h#a", .character), ("sieve://h/a/b/c", .path),
    ] as [(String, SieveURLError)])
  func refuses(text: String, error: SieveURLError) {
    #expect(throws: error) { try SieveURL(text) }
  }

  @Test("its length is limited")
  func limit() throws {
    let head = "sieve://h/"
    let room = SieveURL.maxByteCount - head.utf8.count
    _ = try SieveURL(head + String(repeating: "a", count: room))
    #expect(throws: SieveURLError.tooLong) {
      try SieveURL(head + String(repeating: "a", count: room + 1))
    }
  }

  @Test("any user, owner and script come back")
  func inverse() throws {
    var random = SplitMix64(seed: 3)
    let alphabet = (1...255).map { UInt8($0) }
    let ascii = alphabet.filter { $0 < 0x80 }
    for _ in 0..<2000 {
      let owner = String(decoding: random.octets(from: ascii, maxCount: 6), as: UTF8.self)
      let script = random.octets(from: alphabet, maxCount: 8)
      let user = String(decoding: random.octets(from: ascii, maxCount: 6), as: UTF8.self)
      let url = SieveURL(
        user: user.isEmpty ? nil : user, host: "h",
        owner: owner.isEmpty ? [.global, nil].randomElement(using: &random)! : .user(owner),
        script: script.isEmpty ? nil : script)
      #expect(try SieveURL(url.description) == url)
    }
  }

  @Test("a referral may name whom to act as behind a semicolon (Cyrus), and no script")
  func referral() throws {
    let url = try SieveURL(referral: Array("sieve://alice;bob@h:1".utf8))
    #expect(url == SieveURL(user: "alice", host: "h", port: 1, owner: .user("bob")))
    #expect(try SieveURL(referral: Array("sieve://a;AUTH=PLAIN@h".utf8)).mechanism == "PLAIN")
    #expect(try SieveURL(referral: Array("sieve://alice;@h".utf8)).owner == nil)
    #expect(throws: SieveURLError.scriptInReferral) {
      try SieveURL(referral: Array("sieve://h/x".utf8))
    }
    #expect(throws: SieveURLError.password) { try SieveURL(referral: Array("sieve://a:b@h".utf8)) }
    #expect(throws: SieveURLError.character) {
      try SieveURL(referral: Array("sieve://\u{1B}@h".utf8))
    }
  }

  @Test("an error shows nothing of the URL")
  func errorIsSilent() {
    do {
      _ = try SieveURL("sieve://a:hunter2@h")
    } catch {
      #expect(!"\(error)".contains("hunter2"))
    }
  }
}
