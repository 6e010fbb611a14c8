import MailProtocols
import Testing

@Suite("Sieve syntax")
struct SieveSyntaxTests {
  private func findings(_ script: String) -> [String] {
    SieveSyntax.check(Array(script.utf8)).findings.map(\.description)
  }

  // MARK: Places

  @Test(
    "an error names its line, and its column in characters",
    arguments: [
      ("kep;", 1, 1), ("  kep;", 1, 3), ("keep;\n\n\tkep;", 3, 2), ("/* é日 */ kep;", 1, 10),
      ("keep; # \r\nkep;", 2, 1), ("if header \"é\" 1 {}", 1, 15), ("keep;\n\nkeep", 3, 5),
    ])
  func places(script: String, line: Int, column: Int) throws {
    let error = try #require(SieveSyntax.check(Array(script.utf8)).errors.first)
    #expect(error.line == line)
    #expect(error.column == column)
  }

  @Test("an octet that is not UTF-8 counts as one character")
  func brokenColumn() throws {
    let report = SieveSyntax.check(Array("/*".utf8) + [0xFF, 0xC3] + Array("*/ kep;".utf8))
    #expect(report.errors.map(\.column) == [8])
    #expect(report.warnings.map(\.column) == [3])
  }

  @Test("findings come in the order of the script")
  func order() {
    let found = findings(
      """
      require ["extracttext", "fileinto"];
      if header "a b" "c" { keep 1; }
      nosuch;
      fileinto :copy "a";
      """)
    #expect(
      found == [
        "line 1, column 10: error: \"extracttext\" needs require \"variables\" as well",
        "line 1, column 10: error: \"extracttext\" needs require \"foreverypart\" as well",
        "line 2, column 11: warning: \"a b\" is not the name of a header field",
        "line 2, column 28: error: keep takes no argument, and 1 is given",
        "line 3, column 1: error: unknown command \"nosuch\"",
        "line 4, column 10: error: fileinto :copy needs require \"copy\"",
      ])
  }

  // MARK: What is said

  @Test(
    "one sentence says what is wrong",
    arguments: [
      ("fileinto \"a\";", "fileinto needs require \"fileinto\""),
      ("notify;", "notify needs require \"enotify\" or \"notify\""),
      (
        "if header :is :contains \"a\" \"b\" {}",
        "header has both :is and :contains, and takes one match type"
      ),
      ("if header :is :is \"a\" \"b\" {}", "header has :is twice"),
      ("if size 1 {}", "size needs :over or :under"),
      ("if true {} else if true {}", "else takes no test: write elsif"),
      ("keep discard;", "keep takes no test: is \";\" missing before discard?"),
      ("keep", "\";\" or a block must follow keep, not the end of the script"),
      ("if true {", "this block is never closed by \"}\""),
      ("true;", "true is a test, not a command"), ("if keep {}", "keep is a command, not a test"),
      ("if header \"a\" {}", "header takes 2 arguments, and 1 is given"),
      ("if header 1 \"a\" {}", "argument 1 of header must be a string list, not a number"),
      ("if size :over \"1\" {}", "the argument of size must be a number, not a string"),
      ("redirect \"me\";", "\"me\" is not a mail address"),
      (
        "if header :comparator \"i;ascii-numeric\" \"a\" \"b\" {}",
        "the comparator i;ascii-numeric needs require \"comparator-i;ascii-numeric\""
      ),
      ("keep; require \"copy\";", "require must stand before all other commands"),
      ("else {}", "else must follow the block of if or elsif"),
      ("if not (true) {}", "not takes one test, not a list: allof and anyof take one"),
      ("keep \u{1};", "octet 0x01 starts nothing that Sieve knows"),
      ("\u{FEFF}keep;", "the script starts with a byte order mark, which is not Sieve"),
    ])
  func sentence(script: String, text: String) {
    let report = SieveSyntax.check(Array(script.utf8))
    #expect(report.errors.map(\.text) == [text])
    #expect(!report.isValid)
  }

  @Test("what is cited from a script cannot reach a terminal raw, nor fill it")
  func escaped() {
    let report = SieveSyntax.check(
      Array("redirect \"\u{1B}[31m\(String(repeating: "x", count: 90))\";".utf8))
    #expect(
      report.errors.map(\.text) == [
        "\"\\x1B[31m\(String(repeating: "x", count: 35))...\" is not a mail address"
      ])
  }

  @Test("a missing capability is told once for each command")
  func once() {
    #expect(findings("fileinto \"a\"; fileinto \"b\"; nosuch; nosuch; reject \"c\";").count == 3)
  }

  // MARK: Capabilities

  @Test("a capability that nobody knows is a warning, and its words are")
  func unknownCapability() {
    let report = SieveSyntax.check(
      Array("require \"vnd.example\"; keep :magic; hocus \"pocus\"; if abra (true, true) {}".utf8))
    #expect(report.isValid)
    #expect(
      report.warnings.map(\.text) == [
        "the capability \"vnd.example\" is not known here", "keep has no tag :magic",
        "unknown command \"hocus\"", "unknown test \"abra\"",
      ])
  }

  @Test("it excuses nothing that is known")
  func unknownCapabilityExcusesNot() {
    #expect(
      SieveSyntax.check(Array("require \"vnd.example\"; keep 1; fileinto \"a\";".utf8))
        .errors.map(\.text)
        == ["keep takes no argument, and 1 is given", "fileinto needs require \"fileinto\""])
  }

  @Test("octets that are not UTF-8 are one warning")
  func notUTF8() {
    let report = SieveSyntax.check(Array("keep; # ".utf8) + [0xE9, 0x0A, 0xFF])
    #expect(
      report.findings.map(\.description) == [
        "line 1, column 9: warning: octet 0xE9 is not UTF-8, which scripts are",
        "line 2, column 1: error: octet 0xFF starts nothing that Sieve knows",
      ])
  }

  @Test("a broken grammar is told alone")
  func grammarFirst() {
    #expect(
      findings("nosuch; keep :nosuch; keep") == [
        "line 1, column 27: error: \";\" or a block must follow keep, not the end of the script"
      ])
  }

  @Test("behind one slip the next is found")
  func recovery() {
    let report = SieveSyntax.check(
      Array(
        "if header [] \"a\" { keep; }\nif true { 1; }\nkeep }\n;\nif size :over 1 { \"a\" }".utf8))
    #expect(report.errors.map(\.line) == [1, 2, 3, 3, 4, 5])
  }

  // MARK: Limits

  private func check(_ script: String, _ change: (inout SieveSyntaxLimits) -> Void) -> [String] {
    var limits = SieveSyntaxLimits()
    change(&limits)
    return SieveSyntax.check(Array(script.utf8), limits: limits).errors.map(\.text)
  }

  @Test("the longest script, and one octet more")
  func scriptLength() {
    #expect(check("keep;") { $0.maxScriptOctetCount = 5 } == [])
    #expect(
      check("keep; ") { $0.maxScriptOctetCount = 5 } == ["the script has 6 octets, more than 5"])
  }

  @Test("the deepest block, and one deeper", arguments: [1, 15, 31])
  func blockDepth(limit: Int) {
    func nested(_ count: Int) -> String {
      String(repeating: "if true {", count: count) + String(repeating: "}", count: count)
    }
    #expect(check(nested(limit)) { $0.maxNestingCount = limit } == [])
    #expect(
      check(nested(limit + 1)) { $0.maxNestingCount = limit }
        == ["blocks are nested deeper than \(limit)"])
  }

  @Test("the deepest test, and one deeper", arguments: [1, 15, 31])
  func testDepth(limit: Int) {
    func nested(_ count: Int) -> String {
      "if " + String(repeating: "not ", count: count - 1) + "true {}"
    }
    func listed(_ count: Int) -> String {
      "if " + String(repeating: "allof (", count: count - 1) + "true"
        + String(repeating: ")", count: count - 1) + " {}"
    }
    for script in [nested, listed] {
      #expect(check(script(limit)) { $0.maxNestingCount = limit } == [])
      #expect(
        check(script(limit + 1)) { $0.maxNestingCount = limit }
          == ["tests are nested deeper than \(limit)"])
    }
  }

  @Test("the longest name, and one octet more")
  func nameLength() {
    let name = String(repeating: "n", count: 32)
    #expect(check("\(name);") { _ in } == ["unknown command \"\(name)\""])
    #expect(check("n\(name);") { _ in } == ["a name of 33 octets, too long for any"])
    #expect(check("keep :n\(name);") { _ in } == ["a name of 33 octets, too long for any"])
  }

  @Test("the most arguments, and one more")
  func argumentCount() {
    func many(_ count: Int) -> String { "keep " + String(repeating: "1 ", count: count) + ";" }
    #expect(check(many(32)) { _ in } == ["keep takes no argument, and 32 are given"])
    #expect(check(many(33)) { _ in } == ["keep has more than 32 arguments"])
  }

  @Test("the most findings, and one more")
  func findingCount() {
    func many(_ count: Int) -> SieveSyntaxReport {
      SieveSyntax.check(Array(String(repeating: "keep 1;\n", count: count).utf8))
    }
    #expect(many(20).errors.count == 20)
    #expect(!many(20).isCut)
    #expect(many(21).errors.count == 20)
    #expect(many(21).isCut)
    let broken = SieveSyntax.check(Array(String(repeating: "1;\n", count: 21).utf8))
    #expect(broken.errors.count == 20)
    #expect(broken.isCut)
    #expect(broken.errors.last?.line == 20)
  }

  @Test("too many warnings hide no error")
  func manyWarnings() {
    let warnings = String(repeating: "if exists \"a b\" {}\n", count: 21)
    let report = SieveSyntax.check(Array((warnings + "keep 1;").utf8))
    #expect(report.warnings.count == 20)
    #expect(report.isCut)
    #expect(report.errors.map(\.line) == [22])
  }

  @Test("a variable's name has 64 octets at most")
  func variableName() {
    let name = String(repeating: "n", count: 64)
    #expect(check("require \"variables\"; set \"\(name)\" \"a\";") { _ in } == [])
    #expect(check("require \"variables\"; set \"n\(name)\" \"a\";") { _ in }.count == 1)
  }

  // MARK: Junk

  @Test("random octets and random words end in a verdict", arguments: UInt64(1)...20)
  func junk(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let words = [
      "if", "elsif", "else", "not", "allof", "(", ")", "{", "}", "[", "]", ",", ";", "\"a\"", "1K",
      ":is", ":", "header", "keep", "require", "\"fileinto\"", "text:", "\n", ".", "/*", "*/", "#",
      "true", "set", "\"${a}\"", "foreverypart", "break", "ihave", "\\", "\"",
    ]
    for _ in 0..<200 {
      let script = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        words.randomElement(using: &random) ?? ""
      }
      let report = SieveSyntax.check(Array(script.joined(separator: " ").utf8))
      #expect(report.isValid == report.errors.isEmpty)
      let octets = random.octets(from: Array(0...255), maxCount: 100)
      #expect(SieveSyntax.check(octets).errors.count <= 20)
    }
  }

  @Test("time grows with length alone")
  func long() {
    let limits = SieveSyntaxLimits(maxScriptOctetCount: 1 << 30)
    for piece in [
      "{", "}", "(", "[", "if ", "not ", "\"", "text:\n", "/*", "keep;", "1", ":a ", "$",
    ] {
      let script = Array(String(repeating: piece, count: 200_000).utf8)
      #expect(SieveSyntax.check(script, limits: limits).errors.count <= 20)
    }
    let references = Array(("redirect \"" + String(repeating: "${a", count: 100_000) + "\";").utf8)
    let script = Array("require [\"variables\", \"encoded-character\"];".utf8) + references
    #expect(!SieveSyntax.check(script).isValid)
  }
}
