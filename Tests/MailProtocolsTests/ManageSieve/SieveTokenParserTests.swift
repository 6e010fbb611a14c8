import Testing

@testable import MailProtocols

@Suite("ManageSieve lines")
struct SieveTokenParserTests {
  /// All lines of an input that comes in these pieces.
  private func lines(
    _ pieces: [[UInt8]], _ limits: SieveLimits = SieveLimits()
  ) throws(SieveProtocolError) -> [SieveLine] {
    var parser = SieveTokenParser(limits: limits)
    var lines: [SieveLine] = []
    for piece in pieces {
      var position = 0
      while let line = try parser.nextLine(piece.span, at: &position) { lines.append(line) }
      #expect(position == piece.count)
    }
    return lines
  }

  private func line(_ text: String) throws -> SieveLine? {
    let lines = try lines([Array("\(text)\r\n".utf8)])
    return lines.count == 1 ? lines[0] : nil
  }

  private static func atom(_ text: String) -> SieveToken { .atom(Array(text.utf8)) }
  private static func string(_ text: String) -> SieveToken { .string(Array(text.utf8)) }

  static let good: [(String, [SieveToken])] = [
    ("OK", [atom("OK")]),
    ("", []),
    (" OK  ", [atom("OK")]),
    (#""a" ACTIVE"#, [string("a"), atom("ACTIVE")]),
    (#""\"\\""#, [string(#""\"#)]),
    (#""""#, [string("")]),
    ("\"a\u{E9}\"", [string("a\u{E9}")]),
    (#"NO (QUOTA/MAXSIZE) "x""#, [atom("NO"), .list([atom("QUOTA/MAXSIZE")]), string("x")]),
    (
      "BYE (REFERRAL sieve://a;AUTH=*@[::1]:4190)",
      [atom("BYE"), .list([atom("REFERRAL"), atom("sieve://a;AUTH=*@[::1]:4190")])]
    ),
    (
      #"OK (X 1 ("a" (b)) {1}"# + "\r\nc)",
      [
        atom("OK"),
        .list([
          atom("X"), atom("1"), .list([string("a"), .list([atom("b")])]), string("c"),
        ]),
      ]
    ),
    ("OK ()", [atom("OK"), .list([])]),
    ("{3}\r\na\r\n", [string("a\r\n")]),
    ("{0}\r\n", [string("")]),
    ("{3+}\r\n\"{1 {0}\r\n", [string("\"{1"), string("")]),
    ("{0003}\r\nabc", [string("abc")]),
    ("OK {2}\r\n()", [atom("OK"), string("()")]),
  ]

  @Test("words, strings, literals and lists are read", arguments: good)
  func reads(text: String, tokens: [SieveToken]) throws {
    let line = try line(text)
    #expect(line?.fault == nil)
    #expect(line?.tokens == tokens)
  }

  @Test(
    "what breaks the grammar is told as a fault, and the line that follows is read",
    arguments: [
      #"""#, #""a"#, #""a\n""#, #""a"b"#, #""q"q""#, #""b\s""#, "a(b)", "(", ")", "OK (a", "OK a)",
      "{", "{}", "{+}", "{1", "{1} x", "{-1}", "{1++}", "{a}", "a{1}", "\"\0\"", "a\0", "\u{E9}",
      "((((((((((a))))))))))", "\\", "a\tb",
    ])
  func faults(text: String) throws {
    let lines = try lines([Array("\(text)\r\nOK\r\n".utf8)])
    #expect(lines.count == 2)
    #expect(lines.first?.fault?.reason == .malformedLine)
    #expect(lines.first?.text == Array(text.utf8))
    #expect(lines.last?.tokens == [Self.atom("OK")])
  }

  @Test("a bare LF ends the dialogue")
  func bareLineFeed() {
    for text in ["OK\n", "\n", "\"a\nb\"\r\n"] {
      #expect(throws: SieveProtocolError.self) { try lines([Array(text.utf8)]) }
    }
  }

  @Test("cut anywhere, or octet by octet: the same lines")
  func everyCut() throws {
    let octets = Self.good.flatMap { Array("\($0.0)\r\n".utf8) }
    let whole = try lines([octets])
    #expect(whole.count == Self.good.count)
    #expect(try lines(octets.map { [$0] }) == whole)
    for cut in 0...octets.count {
      guard try lines([Array(octets[..<cut]), Array(octets[cut...])]) == whole else {
        Issue.record("cut at \(cut)")
        return
      }
    }
  }

  @Test("strings written as commands write them are read back")
  func inverse() throws {
    var random = SplitMix64(seed: 5804)
    let alphabet = Array("ab\"\\ {}()\r\n\0".utf8) + [0xC3, 0xA9, 0xFF]
    for _ in 0..<2000 {
      let octets = random.octets(from: alphabet, maxCount: 12)
      var writer = SieveCommandWriter()
      writer.write(.getScript(SieveScriptName(wire: octets)))
      #expect(
        try lines([writer.wire]).map(\.tokens)
          == [[Self.atom("GETSCRIPT"), .string(octets)]])
    }
  }

  @Test("a line at the limit is read, one past it is not")
  func lineLimit() throws {
    let limits = SieveLimits(maxLineByteCount: 10)
    #expect(try lines([Array("0123456789\r\n".utf8)], limits).count == 1)
    for pieces in [
      ["01234567890\r\n"], ["0123456789", "0"], ["0123456789\r", "x"],
      Array(repeating: "x", count: 11),
    ] {
      do throws(SieveProtocolError) {
        _ = try lines(pieces.map { Array($0.utf8) }, limits)
        Issue.record("\(pieces)")
      } catch {
        #expect(error.reason == .lineTooLong)
      }
    }
  }

  @Test("a literal at the limit is read, one past it is refused when it is announced")
  func literalLimit() throws {
    let limits = SieveLimits(maxLiteralByteCount: 3)
    #expect(try lines([Array("{3}\r\nabc\r\n".utf8)], limits).count == 1)
    for head in ["{4}\r\n", "{4294967296}\r\n", "{18446744073709551617}\r\n"] {
      do throws(SieveProtocolError) {
        _ = try lines([Array(head.utf8)], limits)
        Issue.record("\(head)")
      } catch {
        #expect(error.reason == .literalTooLong)
      }
    }
  }

  @Test("many literals at the limit are over the limit of a response")
  func responseLimit() {
    var limits = SieveLimits(maxLiteralByteCount: 8 << 20)
    limits.maxLineByteCount = 100
    #expect(limits.maxResponseByteCount == 16 << 20)
    let literal = Array("{8388608}\r\n".utf8) + [UInt8](repeating: 0x61, count: 8 << 20)
    do throws(SieveProtocolError) {
      _ = try lines([literal, Array(" {8388608}\r\n".utf8)], limits)
      Issue.record("accepted")
    } catch {
      #expect(error.reason == .responseTooLong)
    }
  }

  @Test("words are counted")
  func wordLimit() throws {
    let words = String(repeating: "a ", count: SieveLimits.maxTokenCount)
    #expect(try line(words)?.tokens.count == SieveLimits.maxTokenCount)
    do throws(SieveProtocolError) {
      _ = try lines([Array("\(words)a\r\n".utf8)])
      Issue.record("accepted")
    } catch {
      #expect(error.reason == .tooManyWords)
    }
  }

  @Test("parentheses are nested no deeper than the limit")
  func depthLimit() throws {
    let depth = SieveLimits.maxListDepth
    let text = String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
    #expect(try line(text)?.fault == nil)
    #expect(try line("(\(text))")?.fault != nil)
  }
}
