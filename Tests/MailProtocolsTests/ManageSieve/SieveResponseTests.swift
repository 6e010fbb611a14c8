import Testing

@testable import MailProtocols

@Suite("ManageSieve responses")
struct SieveResponseTests {
  private func response(_ text: String) throws -> SieveResponse? {
    let octets = Array("\(text)\r\n".utf8)
    var parser = SieveResponseParser()
    var position = 0
    guard case .response(let response, _)? = try parser.next(octets.span, at: &position) else {
      return nil
    }
    return response
  }

  @Test("status, code and text, each with any case", arguments: ["OK", "ok", "Ok"])
  func status(word: String) throws {
    let response = try response("\(word) (Quota/MaxSize \"x\" 3) \"text\"")
    #expect(response?.status == .ok)
    #expect(response?.code?.path == ["Quota", "MaxSize"])
    #expect(response?.code?.data == [.string(Array("x".utf8)), .atom(Array("3".utf8))])
    #expect(response?.text == Array("text".utf8))
  }

  @Test("a code is in its category and in those above it")
  func matches() throws {
    let response = try #require(try response("NO (QUOTA/MAXSIZE)"))
    #expect(response.matches("quota"))
    #expect(response.matches("Quota/maxsize"))
    #expect(response.matches("x", "QUOTA"))
    #expect(!response.matches("QUOTA/MAXSCRIPTS"))
    #expect(!response.matches("QUOTA/MAXSIZE/x"))
    #expect(!response.matches("QUO"))
    #expect(try self.response("NO")?.matches("QUOTA") == false)
    #expect(try self.response("NO ()")?.code == nil)
  }

  @Test("TAG, REFERRAL and SASL carry their data quoted or not")
  func data() throws {
    #expect(try response("OK (TAG {3}\r\na b) \"x\"")?.tag == Array("a b".utf8))
    #expect(try response("OK (tag \"\")")?.tag == [])
    #expect(try response("OK (TAG)")?.tag == nil)
    for text in ["sieve://h", "\"sieve://h\"", "{9}\r\nsieve://h"] {
      #expect(try response("BYE (REFERRAL \(text))")?.referral == Array("sieve://h".utf8))
    }
    let reply = SieveReply(
      verb: .authenticate, lines: [], response: try #require(try response("OK (SASL \"dj0=\")")))
    #expect(try reply.saslData() == Array("v=".utf8))
    let broken = SieveReply(
      verb: .authenticate, lines: [], response: try #require(try response("OK (SASL \"%\")")))
    #expect(throws: SieveProtocolError.self) { try broken.saslData() }
  }

  @Test(
    "what is none is a breach",
    arguments: [
      "YES", "OK text", "OK \"a\" \"b\"", "OK (a) (b)", "OK \"a\" (b)", "OK (\"\")", "OKAY",
      "OK ((a))", "0",
    ])
  func malformed(text: String) {
    #expect(throws: SieveProtocolError.self) { try response(text) }
  }

  @Test("text is made safe for a terminal, a line a line")
  func shown() throws {
    let response = try response("NO {10}\r\na\u{1B}[1m\r\nb\r\n")
    #expect(response?.shownText == "a\\x1B[1m\nb")
  }

  @Test("lines of a response are counted, at the limit and one past it")
  func lineLimit() throws {
    for (count, isFine) in [(3, true), (4, false)] {
      let text = Array((String(repeating: "\"a\"\r\n", count: count) + "OK\r\n").utf8)
      // Twice: each response has the limit to itself.
      let octets = text + text
      var parser = SieveResponseParser(limits: SieveLimits(maxLineCount: 3))
      var position = 0
      var reason: SieveProtocolError.Reason?
      var events = 0
      do throws(SieveProtocolError) {
        while try parser.next(octets.span, at: &position) != nil { events += 1 }
      } catch {
        reason = error.reason
      }
      #expect(reason == (isFine ? nil : .tooManyLines))
      if isFine { #expect(events == 8) }
    }
  }

  // MARK: Listings

  private func entry(_ text: String) throws -> SieveScriptEntry? {
    let octets = Array("\(text)\r\n".utf8)
    var parser = SieveTokenParser()
    var position = 0
    return try parser.nextLine(octets.span, at: &position).flatMap(SieveScriptEntry.init)
  }

  static let listings: [(String, String, Bool)] = [
    (#""a""#, "a", false), (#""a" ACTIVE"#, "a", true), (#""a" active"#, "a", true),
    (#""a" "active""#, "a", true), ("{3}\r\na\"b ACTIVE", "a\"b", true),
    (#""we\"ird""#, #"we"ird"#, false), (#""b\\s""#, #"b\s"#, false), ("\"\"", "", false),
    // Cyrus 3.6 escapes nothing.
    (#""we"ird""#, #"we"ird"#, false), (#""we"ird" ACTIVE"#, #"we"ird"#, true),
    (#""b\s" active"#, #"b\s"#, true), (#""x" "y""#, #"x" "y"#, false),
    (#""x" ACTIVE" ACTIVE"#, #"x" ACTIVE"#, true), (#""\""#, #"\"#, false),
    (#"" ACTIVE""#, " ACTIVE", false),
  ]

  @Test("names are read as the RFC writes them, or else as Cyrus does", arguments: listings)
  func listing(text: String, name: String, isActive: Bool) throws {
    let entry = try entry(text)
    #expect(entry?.name.wire == Array(name.utf8))
    #expect(entry?.isActive == isActive)
  }

  @Test(
    "what names no script is none",
    arguments: ["\"", "\"a", "a", "\"a\" NO", "", "(\"a\")", "{1}\r\na b"])
  func noListing(text: String) throws {
    #expect(try entry(text) == nil)
  }
}
