import MailProtocols
import Testing

/// `host login password` of each entry; `*` is the default, `-` what is not there.
private func shown(_ text: String) throws -> [String] {
  try Netrc([UInt8](text.utf8).span).entries.map { entry in
    let machine =
      switch entry.machine {
      case .host(let name): name
      case .any: "*"
      }
    return "\(machine) \(entry.login ?? "-") \(password(of: entry.password) ?? "-")"
  }
}

private func password(of secret: SASLSecret?) -> String? {
  secret.map { String(decoding: $0.bytes, as: UTF8.self) }
}

@Suite("netrc")
struct NetrcTests {
  @Test(
    "words stand on one line or many, with or without a newline at the end",
    arguments: [
      ("", []), ("\n \t\r\n", []), ("machine h login u password p", ["h u p"]),
      ("machine h login u password p\n", ["h u p"]),
      ("machine\nh\n\tlogin\n  u\r\npassword\r\n\r\np\r\n", ["h u p"]),
      ("machine h password p login u", ["h u p"]), ("machine h", ["h - -"]),
      ("machine h login u", ["h u -"]), ("machine h user u passwd p", ["h u p"]),
      ("machine a login u password p machine b login v password q", ["a u p", "b v q"]),
      ("machine h login u account a password p", ["h u p"]),
      ("default login u password p", ["* u p"]),
      ("default password p\nmachine h password q", ["* - p", "h - q"]),
      ("machine machine login login password password", ["machine login password"]),
    ] as [(String, [String])])
  func words(text: String, entries: [String]) throws { #expect(try shown(text) == entries) }

  @Test(
    "a comment stands where a keyword may; in a value # is a character",
    arguments: [
      ("# machine x\nmachine h password p", ["h - p"]), ("#", []), ("#\n#\n", []),
      ("machine h # login x\npassword p # q", ["h - p"]),
      ("machine h password #p", ["h - #p"]), ("machine h password p#q", ["h - p#q"]),
      ("machine h password\n#p\nlogin u", ["h u #p"]), ("machine h password # login u", ["h u #"]),
      ("machine h\n  #password p\n  password q", ["h - q"]),
    ] as [(String, [String])])
  func comments(text: String, entries: [String]) throws { #expect(try shown(text) == entries) }

  @Test(
    "quotes hold blanks; a backslash makes the next character plain",
    arguments: [
      (#"machine h password "a b""#, "a b"), (#"machine h password "a\"b""#, #"a"b"#),
      (#"machine h password "a\\b""#, #"a\b"#), (#"machine h password "a\\""#, #"a\"#),
      (##"machine h password "#""##, "#"), (#"machine h password a"b"#, #"a"b"#),
      (#"machine h password a"b"c"#, #"a"b"c"#), (#"machine h password \"a"#, #""a"#),
      (#"machine h password a\ b"#, "a b"), (#"machine h password a\\b"#, #"a\b"#),
      (#"machine h password a\nb"#, "anb"), ("machine h password a\\\n", #"a\"#),
      (#"machine h password a\"#, #"a\"#), ("machine h password 'a", "'a"),
      ("machine h password pässwörd", "pässwörd"), ("machine h password \"a\tb\"\n", "a\tb"),
    ])
  func quoting(text: String, password: String) throws {
    #expect(try shown(text) == ["h - \(password)"])
  }

  @Test(
    "a macro swallows all up to the empty line",
    arguments: [
      ("macdef init\nmachine x password y\n\nmachine h password p", ["h - p"]),
      ("macdef init\r\nmachine x password y\r\n\r\nmachine h password p", ["h - p"]),
      ("machine h password p\nmacdef m\ncd \"x\n \nlogin\n\nlogin u", ["h u p"]),
      ("macdef m machine x\nmachine y", []), ("macdef m", []), ("macdef m\n\nmachine h", ["h - -"]),
    ] as [(String, [String])])
  func macros(text: String, entries: [String]) throws { #expect(try shown(text) == entries) }

  @Test(
    "what is wrong is named with its line, and not shown",
    arguments: [
      ("hunter2", 1, .unknownWord), ("machine h\npassword hunter2 hunter3", 2, .unknownWord),
      ("\nmachine h port 993", 2, .unknownWord), ("Machine h", 1, .unknownWord),
      ("password hunter2", 1, .outsideOfEntry), ("\n\nlogin u", 3, .outsideOfEntry),
      ("account hunter2", 1, .outsideOfEntry), ("machine", 1, .valueMissing),
      ("machine h password\n\n", 3, .valueMissing), ("macdef", 1, .valueMissing),
      ("machine h\npassword \"hunter2\n\"", 2, .unclosedQuote),
      (#"machine h password "hunter2"#, 1, .unclosedQuote),
      (#"machine h password "hunter2\""#, 1, .unclosedQuote),
      (#"machine h password "hunter2"x"#, 1, .textBehindQuote),
      (#"machine h password """#, 1, .emptyValue), (#"machine """#, 1, .emptyValue),
      ("machine h password hunter2\0", 1, .notText),
      ("machine h\npassword a\npassword hunter2", 3, .repeated),
      ("machine h login a\nuser b", 2, .repeated),
      ("macdef m\nx\n\nhunter2", 4, .unknownWord), ("macdef m\nx\r\n\r\nhunter2", 4, .unknownWord),
    ] as [(String, Int, NetrcError.Cause)])
  func wrong(text: String, line: Int, cause: NetrcError.Cause) {
    let error = #expect(throws: NetrcError.self) { try shown(text) }
    #expect(error?.line == line)
    #expect(error?.cause == cause)
    #expect(error?.description.hasPrefix("line \(line): ") == true)
    #expect(error?.description.contains("hunter") == false)
  }

  @Test("a name that is no UTF-8 is refused, a password may be any octets but NUL")
  func octets() throws {
    let name = [UInt8]("machine h login ".utf8) + [0xFF]
    #expect(throws: NetrcError.self) { try Netrc(name.span) }
    let password = [UInt8]("machine h password ".utf8) + [0xFF, 0x80]
    #expect(try Netrc(password.span).entries[0].password?.bytes == [0xFF, 0x80])
  }

  @Test(
    "the first entry that fits counts, the default last",
    arguments: [
      ("a.test", nil, "1"), ("A.Test", nil, "1"), ("a.test", "me", "1"), ("a.test", "you", "2"),
      ("a.test", "other", "6"), ("b.test", "any", "3"), ("b.test", "you", "3"),
      ("b.test", nil, "3"),
      ("c.test", nil, "6"), ("c.test", "me", "6"), ("other.test", "me", "6"), ("test", "x", "6"),
      ("d.test", "me", "5"),
    ] as [(String, String?, String)])
  func lookUp(host: String, user: String?, password: String) throws {
    let file = """
      default password 6
      machine A.test login me password 1
      machine a.test login you password 2
      machine b.test password 3
      machine b.test login you password 4
      machine c.test login me
      machine d.test login me
      machine d.test login me password 5
      default password 7
      """
    let netrc = try Netrc([UInt8](file.utf8).span)
    #expect(netrc.entry(host: host, user: user)?.password?.bytes == [UInt8](password.utf8))
  }

  @Test("without a default there may be nothing")
  func nothing() throws {
    let file = "machine a login me password 1 default login me"
    let netrc = try Netrc([UInt8](file.utf8).span)
    #expect(netrc.entry(host: "b", user: "me") == nil)
    #expect(netrc.entry(host: "a", user: "you") == nil)
  }

  @Test("a file of a mebioctet is read, one more octet is not")
  func limit() throws {
    var file = [UInt8]("machine h password p\n#".utf8)
    file += [UInt8](repeating: 0x78, count: Netrc.maxByteCount - file.count)
    #expect(try Netrc(file.span).entries.count == 1)
    file.append(0x78)
    let error = #expect(throws: NetrcError.self) { try Netrc(file.span) }
    #expect(error?.cause == .tooLong)
  }

  @Test("what is written with quotes is read back, whatever it holds")
  func inverse() throws {
    var random = SplitMix64(seed: 0x6E65_7472)
    for _ in 0..<500 {
      let count = Int.random(in: 1...12, using: &random)
      let alphabet = [UInt8]("ab\"\\# \t'é{}".utf8)
      let password = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
      var file = [UInt8]("machine h password \"".utf8)
      for octet in password {
        if octet == 0x22 || octet == 0x5C { file.append(0x5C) }
        file.append(octet)
      }
      file += [UInt8]("\" login u".utf8)
      let entries = try Netrc(file.span).entries
      #expect(entries.count == 1)
      #expect(entries[0].password?.bytes == password)
      #expect(entries[0].login == "u")
    }
  }

  @Test("an entry that is printed shows no password")
  func printing() throws {
    let netrc = try Netrc([UInt8]("machine h password hunter2".utf8).span)
    var dumped = ""
    dump(netrc, to: &dumped)
    #expect(!"\(netrc)".contains("hunter2") && !dumped.contains("hunter2"))
  }
}
