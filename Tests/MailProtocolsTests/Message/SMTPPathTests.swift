import MailProtocols
import Testing

/// Reads `text`, what stands behind "FROM:", and gives the path and what is left of the line.
private func read(
  _ text: String, _ leniency: SMTPPathParser.Leniency, maxLocalPartCount: Int = 0
) throws(SMTPPathError) -> (path: SMTPPath, rest: String) {
  try read([UInt8](text.utf8), leniency, maxLocalPartCount: maxLocalPartCount)
}

private func read(
  _ octets: [UInt8], _ leniency: SMTPPathParser.Leniency, maxLocalPartCount: Int = 0
) throws(SMTPPathError) -> (path: SMTPPath, rest: String) {
  let parser = SMTPPathParser(leniency: leniency, maxLocalPartCount: maxLocalPartCount)
  let verb = [UInt8]("MAIL FROM:".utf8)
  let line = verb + octets
  var position = verb.count
  let path = try parser.parse(line.span, at: &position)
  return (path, String(decoding: line[position...], as: UTF8.self))
}

private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

private func repeated(_ octet: Character, _ count: Int) -> String {
  String(repeating: octet, count: count)
}

@Suite("SMTP path")
struct SMTPPathTests {
  /// What was written, and the local part, domain and canonical address it means.
  struct Vector: Sendable, CustomTestStringConvertible {
    let written: String
    let localPart: String
    let domain: String
    let address: String
    var testDescription: String { written }

    init(_ written: String, _ localPart: String, _ domain: String, _ address: String) {
      self.written = written
      self.localPart = localPart
      self.domain = domain
      self.address = address
    }
  }

  static let legalPaths = [
    Vector("<a@b.test>", "a", "b.test", "a@b.test"),
    Vector("<a.b+c@b-c.test>", "a.b+c", "b-c.test", "a.b+c@b-c.test"),
    Vector("<!def!xyz%abc@x>", "!def!xyz%abc", "x", "!def!xyz%abc@x"),
    Vector("<Anne@Example.COM>", "Anne", "Example.COM", "Anne@Example.COM"),
    Vector("<a@127.0.0.1>", "a", "127.0.0.1", "a@127.0.0.1"),
    Vector("<a@x--y.test>", "a", "x--y.test", "a@x--y.test"),
    Vector("<\"anne\"@x>", "anne", "x", "anne@x"),
    Vector("<\"a.b\"@x>", "a.b", "x", "a.b@x"),
    Vector("<\"a b\"@x>", "a b", "x", "\"a b\"@x"),
    Vector("<\"a..b\"@x>", "a..b", "x", "\"a..b\"@x"),
    Vector("<\"a>b\"@x>", "a>b", "x", "\"a>b\"@x"),
    Vector("<\"a@b\"@x>", "a@b", "x", "\"a@b\"@x"),
    Vector(#"<"a\"b"@x>"#, #"a"b"#, "x", #""a\"b"@x"#),
    Vector(#"<"a\\b"@x>"#, #"a\b"#, "x", #""a\\b"@x"#),
    Vector(#"<"\a\b"@x>"#, "ab", "x", "ab@x"),
    Vector("<\"\"@x>", "", "x", "\"\"@x"),
    Vector("<\" \"@x>", " ", "x", "\" \"@x"),
    Vector("<@a.test:u@d.test>", "u", "d.test", "u@d.test"),
    Vector("<@a,@b:u@d>", "u", "d", "u@d"),
    Vector("<@a,@b:\"u v\"@[1.2.3.4]>", "u v", "[1.2.3.4]", "\"u v\"@[1.2.3.4]"),
    Vector("<Postmaster>", "Postmaster", "", "Postmaster"),
    Vector("<pOSTMASTEr>", "pOSTMASTEr", "", "pOSTMASTEr"),
    Vector("<a@[127.0.0.1]>", "a", "[127.0.0.1]", "a@[127.0.0.1]"),
    Vector("<a@[IPv6:::1]>", "a", "[IPv6:::1]", "a@[IPv6:::1]"),
    Vector("<jürgen@grün.test>", "jürgen", "grün.test", "jürgen@grün.test"),
    Vector("<\"jürgen m\"@x>", "jürgen m", "x", "\"jürgen m\"@x"),
    Vector("<用户@例子.公司>", "用户", "例子.公司", "用户@例子.公司"),
  ]

  @Test(
    "what RFC 5321 and RFC 6531 allow is read in both grammars", arguments: legalPaths,
    [SMTPPathParser.Leniency.strict, .lenient])
  func legal(vector: Vector, leniency: SMTPPathParser.Leniency) throws {
    let (path, rest) = try read(vector.written + " SIZE=1", leniency)
    #expect(text(path.localPart) == vector.localPart)
    #expect(text(path.domain) == vector.domain)
    #expect(text(path.address) == vector.address)
    #expect("<\(text(path.raw))>" == vector.written)
    #expect(rest == " SIZE=1")
    #expect(!path.isNull)
  }

  @Test("the null path is legal, and is nothing but its brackets")
  func null() throws {
    for leniency in [SMTPPathParser.Leniency.strict, .lenient] {
      let (path, rest) = try read("<> BODY=7BIT", leniency)
      #expect(path.isNull)
      #expect(path == .null)
      #expect(path.raw.isEmpty && path.localPart.isEmpty && path.domain.isEmpty)
      #expect(rest == " BODY=7BIT")
    }
    #expect(try read("  <>", .lenient).path.isNull)
    #expect(try !read("<\"\">", .lenient).path.isNull)
  }

  static let lenientPaths = [
    Vector("anne@example.com", "anne", "example.com", "anne@example.com"),
    Vector(" <anne@example.com>", "anne", "example.com", "anne@example.com"),
    Vector("   anne@example.com", "anne", "example.com", "anne@example.com"),
    Vector("< anne @ example.com >", "anne", "example.com", "anne@example.com"),
    Vector("(c)anne(c)@(c)example.com(c)", "anne", "example.com", "anne@example.com"),
    Vector("<(c) anne (c) @ (c) x (c)>", "anne", "x", "anne@x"),
    Vector("<anne(a(nested) one)@x>", "anne", "x", "anne@x"),
    Vector(#"<anne(a \) b)@x>"#, "anne", "x", "anne@x"),
    Vector("anne@machine(comment).  example", "anne", "machine.example", "anne@machine.example"),
    Vector("<a . b @ x . y>", "a.b", "x.y", "a.b@x.y"),
    Vector(#"<Fred\ Bloggs@x>"#, "Fred Bloggs", "x", #""Fred Bloggs"@x"#),
    Vector(#"Fred\ Bloggs@x"#, "Fred Bloggs", "x", #""Fred Bloggs"@x"#),
    Vector(#"<Abc\@def@x>"#, "Abc@def", "x", #""Abc@def"@x"#),
    Vector(#"<Joe.\\Blow@x>"#, #"Joe.\Blow"#, "x", #""Joe.\\Blow"@x"#),
    Vector(#"<much."more\ unusual"@x>"#, "much.more unusual", "x", #""much.more unusual"@x"#),
    Vector(
      #"<very."(),:;<>[]".VERY."very@\\\ \"very".unusual@x>"#,
      #"very.(),:;<>[].VERY.very@\ "very.unusual"#, "x",
      #""very.(),:;<>[].VERY.very@\\ \"very.unusual"@x"#),
    Vector("\"\"@x", "", "x", "\"\"@x"),
    Vector("\" \"@x", " ", "x", "\" \"@x"),
    Vector("!def!xyz%abc@x", "!def!xyz%abc", "x", "!def!xyz%abc@x"),
    Vector("<anne>", "anne", "", "anne"),
    Vector("anne", "anne", "", "anne"),
    Vector("<a,b;c:d@x>", "a,b;c:d", "x", "\"a,b;c:d\"@x"),
    Vector("<.a@x>", ".a", "x", "\".a\"@x"),
    Vector("<a.@x>", "a.", "x", "\"a.\"@x"),
    Vector("<a..b@x>", "a..b", "x", "\"a..b\"@x"),
    Vector("<a@x..y>", "a", "x..y", "a@x..y"),
    Vector("<a@x.test.>", "a", "x.test.", "a@x.test."),
    Vector("<a@-x_y->", "a", "-x_y-", "a@-x_y-"),
    Vector("<a@[IPv6::1]>", "a", "[IPv6::1]", "a@[IPv6::1]"),
    Vector("<a@[x]>", "a", "[x]", "a@[x]"),
    Vector("@a,@b:u@d", "u", "d", "u@d"),
    Vector("< @a (c) , @[1.2.3.4] : u@d>", "u", "d", "u@d"),
  ]

  @Test("the lenient grammar takes what clients write", arguments: lenientPaths)
  func lenient(vector: Vector) throws {
    let (path, rest) = try read(vector.written + " SIZE=1", .lenient)
    #expect(text(path.localPart) == vector.localPart)
    #expect(text(path.domain) == vector.domain)
    #expect(text(path.address) == vector.address)
    #expect(rest == " SIZE=1")
  }

  @Test("the strict grammar takes none of it", arguments: lenientPaths)
  func strictRefusesLenient(vector: Vector) {
    #expect(throws: SMTPPathError.self) { try read(vector.written, .strict) }
  }

  @Test("a canonical address is its own canonical form", arguments: legalPaths + lenientPaths)
  func canonicalIsStable(vector: Vector) throws {
    let (path, _) = try read("<\(vector.address)>", .lenient)
    #expect(path.address == path.raw)
    #expect(text(path.localPart) == vector.localPart)
    #expect(text(path.domain) == vector.domain)
  }

  @Test(
    "raw keeps what canonical drops",
    arguments: [
      ("<@a,@b:u@d>", "@a,@b:u@d"), ("<\"a\"@x>", "\"a\"@x"), ("< a@x >", " a@x "),
      ("  a@x (why) SIZE=1", "a@x (why)"), ("(c)a@x  SIZE=1", "(c)a@x"), ("anne  ", "anne"),
    ])
  func raw(written: String, raw: String) throws {
    #expect(try text(read(written, .lenient).path.raw) == raw)
  }

  @Test("non-ASCII is told of wherever it stands")
  func nonASCII() throws {
    #expect(try !read("<a@b.test>", .strict).path.hasNonASCII)
    #expect(try read("<ä@b.test>", .strict).path.hasNonASCII)
    #expect(try read("<a@ä.test>", .strict).path.hasNonASCII)
    #expect(try read("<@ä:a@b.test>", .strict).path.hasNonASCII)
    #expect(try read("<a(ä)@b.test>", .lenient).path.hasNonASCII)
  }

  static let refusedByBoth: [(String, SMTPPathError)] = [
    ("<@example.com>", .missingLocalPart), ("<@a:@b>", .missingLocalPart),
    ("<johnathon@>", .missingDomain), ("<johnathon@", .missingDomain),
    ("", .syntax), ("<", .syntax), ("<a@b>junk", .syntax), ("<a@b>>", .syntax),
    ("<<a@b>>", .syntax), ("<a@b@c>", .syntax), ("<a b@c>", .syntax), ("<a@b c>", .syntax),
    ("<a@b", .unbalanced), ("<\"a@b>", .unbalanced), (#"<"a\"#, .unbalanced),
    ("<a@[1.2.3.4", .unbalanced), ("<a@[]>", .malformedLiteral),
    ("<a@[1 2]>", .malformedLiteral), ("<a@[1.2.3.4]x>", .syntax), ("<@a,b:u@d>", .syntax),
    ("<a)@x>", .syntax), ("<a@x=y>", .syntax), ("<>x", .syntax), ("<\"a\"@x>\"", .syntax),
    ("<a\r\n@x>", .forbiddenOctet), ("<a@x\n>", .forbiddenOctet), ("<a\0@x>", .forbiddenOctet),
    ("<\"a\tb\"@x>", .forbiddenOctet), ("<a@x>\r", .forbiddenOctet),
    ("<a\u{7F}@x>", .forbiddenOctet),
    ("<\"a\r\n\"@x>", .forbiddenOctet), ("<a@[1\n]>", .forbiddenOctet),
  ]

  @Test(
    "what no grammar has is refused with its cause", arguments: refusedByBoth,
    [SMTPPathParser.Leniency.strict, .lenient])
  func refused(vector: (String, SMTPPathError), leniency: SMTPPathParser.Leniency) {
    #expect(throws: vector.1) { try read(vector.0, leniency) }
  }

  static let refusedByLenient: [(String, SMTPPathError)] = [
    (">", .missingLocalPart), ("a@", .missingDomain), ("a@ ", .missingDomain),
    ("<a@ >", .missingDomain),
    ("<a@.>", .missingDomain), ("<a@(c)>", .missingDomain), ("< >", .missingLocalPart),
    ("@example.com", .syntax), ("<(c)@x>", .missingLocalPart), ("a@x>", .syntax),
    ("<a(b@x>", .unbalanced), ("<a(b\r)@x>", .forbiddenOctet), (#"<a\"#, .unbalanced),
    ("<a\\\r@x>", .forbiddenOctet), ("\t<a@x>", .forbiddenOctet), ("<a(b)c@x>", .syntax),
  ]

  @Test("leniency ends somewhere", arguments: refusedByLenient)
  func refusedLenient(written: String, error: SMTPPathError) {
    #expect(throws: error) { try read(written, .lenient) }
  }

  static let refusedByStrict: [(String, SMTPPathError)] = [
    ("anne@example.com", .syntax), (" <a@x>", .syntax), ("<a@x >", .syntax),
    ("<anne>", .missingDomain),
    ("<a..b@x>", .syntax), ("<.a@x>", .syntax), ("<a.@x>", .syntax), ("<a@x..y>", .syntax),
    ("<a@x.>", .syntax), ("<a@.x>", .syntax), ("<a@-x>", .syntax), ("<a@x->", .syntax),
    ("<a@x-.y>", .syntax), ("<a@x_y>", .syntax), ("<a(c)@x>", .syntax), (#"<a\b@x>"#, .syntax),
    ("<a.\"b\"@x>", .syntax), ("<a,b@x>", .syntax), ("<@[1.2.3.4]:u@d>", .syntax),
    ("<a@[1.2.3]>", .malformedLiteral),
  ]

  @Test("strict means to the letter", arguments: refusedByStrict)
  func refusedStrict(written: String, error: SMTPPathError) {
    #expect(throws: error) { try read(written, .strict) }
  }

  @Test(
    "ill-formed UTF-8 is refused",
    arguments: [
      [0x80], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF],
    ] as [[UInt8]], [SMTPPathParser.Leniency.strict, .lenient])
  func illFormed(octets: [UInt8], leniency: SMTPPathParser.Leniency) {
    for (before, after) in [("<a", "@x>"), ("<a@x", ">"), ("<\"", "\"@x>")] {
      let written = Array(before.utf8) + octets + Array(after.utf8)
      #expect(throws: SMTPPathError.forbiddenOctet) { try read(written, leniency) }
    }
  }

  @Test("the position is left alone when the path is refused")
  func positionAfterError() {
    let line = [UInt8]("<a@b".utf8)
    var position = 0
    #expect(throws: SMTPPathError.unbalanced) {
      try SMTPPathParser(leniency: .lenient).parse(line.span, at: &position)
    }
    #expect(position == 0)
  }

  // MARK: Limits

  @Test("a local part has 64 octets strictly, any number leniently")
  func localPartLimit() throws {
    #expect(try read("<\(repeated("a", 64))@x>", .strict).path.localPart.count == 64)
    #expect(throws: SMTPPathError.localPartTooLong) {
      try read("<\(repeated("a", 65))@x>", .strict)
    }
    #expect(try read("<\"\(repeated(" ", 64))\"@x>", .strict).path.localPart.count == 64)
    #expect(throws: SMTPPathError.localPartTooLong) {
      try read("<\"\(repeated(" ", 65))\"@x>", .strict)
    }
    #expect(try read("<\(repeated("a", 488))@x>", .lenient).path.localPart.count == 488)
    #expect(try read(repeated("a", 500), .lenient).path.localPart.count == 500)
  }

  @Test("a limit on the local part holds in both grammars, and raises none")
  func givenLocalPartLimit() throws {
    for leniency in [SMTPPathParser.Leniency.strict, .lenient] {
      #expect(try read("<aaaa@x>", leniency, maxLocalPartCount: 4).path.localPart.count == 4)
      #expect(
        try read(#"<"\a\a\a\a"@x>"#, leniency, maxLocalPartCount: 4).path.localPart.count == 4)
      #expect(throws: SMTPPathError.localPartTooLong) {
        try read("<aaaaa@x>", leniency, maxLocalPartCount: 4)
      }
    }
    #expect(throws: SMTPPathError.localPartTooLong) {
      try read("<\(repeated("a", 65))@x>", .strict, maxLocalPartCount: 100)
    }
  }

  @Test("a domain has at most 255 octets, in a source route too")
  func domainLimit() throws {
    for leniency in [SMTPPathParser.Leniency.strict, .lenient] {
      #expect(try read("<a@\(repeated("d", 255))>", leniency).path.domain.count == 255)
      #expect(throws: SMTPPathError.domainTooLong) {
        try read("<a@\(repeated("d", 256))>", leniency)
      }
      #expect(try read("<@\(repeated("d", 255)):a@x>", leniency).path.domain.count == 1)
      #expect(throws: SMTPPathError.domainTooLong) {
        try read("<@\(repeated("d", 256)):a@x>", leniency)
      }
    }
  }

  @Test("comments nest 32 deep, not 33")
  func commentDepth() throws {
    func nested(_ depth: Int) -> String {
      "<a" + repeated("(", depth) + repeated(")", depth) + "@x>"
    }
    #expect(try text(read(nested(32), .lenient).path.address) == "a@x")
    #expect(throws: SMTPPathError.commentTooDeep) { try read(nested(33), .lenient) }
  }

  // MARK: Inverse

  @Test("any local part survives its canonical spelling, in both grammars")
  func inverse() throws {
    var random = SplitMix64(seed: 5321)
    let alphabet = Array("ab.. @\\\"<>()é€😀,:[]".unicodeScalars)
    for _ in 0..<5000 {
      var localPart = ""
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        localPart.unicodeScalars.append(alphabet.randomElement(using: &random)!)
      }
      var quoted = "\""
      for scalar in localPart.unicodeScalars {
        if scalar == "\"" || scalar == "\\" || Bool.random(using: &random) && scalar.isASCII {
          quoted += "\\"
        }
        quoted.unicodeScalars.append(scalar)
      }
      quoted += "\""
      let (path, _) = try read("<\(quoted)@x.test>", .strict)
      #expect(text(path.localPart) == localPart)
      let again = try read("<\(text(path.address))>", .strict).path
      #expect(again.address == path.address && again.localPart == path.localPart)
    }
  }
}
