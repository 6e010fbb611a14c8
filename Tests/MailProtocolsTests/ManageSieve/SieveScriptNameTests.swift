import Testing

@testable import MailProtocols

@Suite("Names of Sieve scripts")
struct SieveScriptNameTests {
  @Test(
    "what RFC 5804 1.6 allows",
    arguments: [
      "a", "a b", "we\"ird", "b\\s", "\u{E9}", "e\u{301}", "..", ".dot", "a:b", "a/b",
      String(repeating: "x", count: 128), String(repeating: "\u{E9}", count: 128), "\u{A0}",
      "\u{1F600}",
    ])
  func valid(text: String) throws {
    let name = try SieveScriptName(text)
    #expect(name.wire == Array(text.utf8))
    #expect(name.isValid)
    #expect(name.text == text)
  }

  @Test(
    "what it forbids, 7F included, which sievemgr forgets",
    arguments: [
      0x00, 0x01, 0x0A, 0x0D, 0x1F, 0x7F, 0x80, 0x9F, 0x2028, 0x2029,
    ] as [UInt32])
  func forbidden(code: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(code))
    #expect(throws: SieveScriptNameError.forbiddenCharacter(code)) {
      try SieveScriptName("a\(Character(scalar))b")
    }
  }

  @Test("empty, too long, and no UTF-8")
  func malformed() throws {
    #expect(throws: SieveScriptNameError.empty) { try SieveScriptName("") }
    let limit = SieveScriptName.maxByteCount
    _ = try SieveScriptName(String(repeating: "a", count: limit))
    #expect(throws: SieveScriptNameError.tooLong) {
      try SieveScriptName(String(repeating: "a", count: limit + 1))
    }
    #expect(throws: SieveScriptNameError.notUTF8) { try SieveScriptName(octets: [0xC3]) }
    #expect(!SieveScriptName(wire: [0xC3]).isValid)
    #expect(SieveScriptName(wire: [0x61, 0xC3]).text == "a\\xC3")
  }

  @Test("encoded words are shown decoded, and sent back as they came")
  func encodedWords() throws {
    let wire = "=?UTF-8?Q?=C3=A9?= =?UTF-8?Q?=C3=A8?="
    let name = SieveScriptName(wire: Array(wire.utf8))
    #expect(name.text == "\u{E9}\u{E8}")
    #expect(name.wire == Array(wire.utf8))
    #expect(name.isMeant(by: try SieveScriptName("\u{E9}\u{E8}")))
    #expect(name.isMeant(by: name))
    #expect(!name.isMeant(by: try SieveScriptName("\u{E9}")))
    #expect(name.fileName() == Array("\u{E9}\u{E8}".utf8))
    // Not one from end to end.
    for text in ["=?UTF-8?Q?a", "x =?UTF-8?Q?a?=", "=?", "=??="] {
      #expect(SieveScriptName(wire: Array(text.utf8)).text == text)
    }
  }

  @Test(
    "names that would be another place are no file names",
    arguments: [
      "", ".", "..", ".dot", "a/b", "/", "../a", "a\u{1}", "a\u{7F}", "=?UTF-8?Q?=2E=2E?=",
      "=?UTF-8?Q?a=2Fb?=", "=?UTF-8?Q?=00?=", String(repeating: "a", count: 256),
    ])
  func noFile(text: String) {
    #expect(SieveScriptName(wire: Array(text.utf8)).fileName() == nil)
  }

  @Test("file names, their suffix included, are of at most 255 octets")
  func file() {
    let name = SieveScriptName(wire: [UInt8](repeating: 0x61, count: 249))
    #expect(name.fileName(suffix: ".sieve")?.count == 255)
    #expect(name.fileName(suffix: ".sieves") == nil)
    #expect(SieveScriptName(wire: Array("a..b~".utf8)).fileName() == Array("a..b~".utf8))
  }

  @Test("a name in decomposed letters is noticed")
  func decomposed() throws {
    #expect(try SieveScriptName("e\u{301}").isDecomposed)
    #expect(try SieveScriptName("Ubersicht U\u{308}").isDecomposed)
    #expect(try !SieveScriptName("\u{E9}").isDecomposed)
    // There is no one character for it.
    #expect(try !SieveScriptName("x\u{301}").isDecomposed)
    #expect(try !SieveScriptName("\u{AC00}").isDecomposed)
  }

  @Test("a name is escaped for a terminal")
  func description() {
    #expect(SieveScriptName(wire: [0x1B, 0x61]).description == "\\x1Ba")
  }

  // MARK: Backups

  @Test("one copy has a tilde, more have numbers, and the oldest go")
  func backups() throws {
    let script = try SieveScriptName("a")
    func plan(_ keep: Int, _ existing: [String]) -> (String, [String])? {
      SieveBackupPlan(
        of: script, keep: keep, existing: existing.map { SieveScriptName(wire: Array($0.utf8)) }
      ).map { ($0.name.text, $0.surplus.map(\.text)) }
    }
    #expect(plan(0, []) == nil)
    #expect(try #require(plan(1, ["a~"])) == ("a~", []))
    #expect(try #require(plan(2, [])) == ("a.~1~", []))
    #expect(try #require(plan(2, ["a.~1~"])) == ("a.~2~", []))
    #expect(try #require(plan(2, ["a.~10~", "a.~9~", "b.~99~"])) == ("a.~11~", ["a.~9~"]))
    #expect(
      try #require(plan(3, ["a.~1~", "a.~2~", "a.~3~", "a.~4~", "a.~01~", "a.~x~", "a.~~", "a~"]))
        == ("a.~5~", ["a.~1~", "a.~2~"]))
    #expect(plan(2, ["a.~9223372036854775807~"]) == nil)
    #expect(SieveBackupPlan.isBackup(SieveScriptName(wire: Array("a~".utf8))))
    #expect(!SieveBackupPlan.isBackup(script))
  }
}
