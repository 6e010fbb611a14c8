import MailProtocols
import Testing

/// A message as an expectation sees it.
private struct Facts: SMTPMessageFacts {
  var sender = [UInt8]("a@c.test".utf8)
  var recipients = [[UInt8]("b@s.test".utf8), [UInt8]("d@s.test".utf8)]
  var user: [UInt8]?
  var client = [UInt8]("127.0.0.1".utf8)
  var byteCount = 1000
  var usesTLS = false
  var body = [UInt8]("Hello, world".utf8)
  func header(_ name: String) -> [[UInt8]] {
    switch name.lowercased() {
    case "subject": [[UInt8]("Daily Report 7".utf8)]
    case "x-tag": [[UInt8]("one".utf8), [UInt8]("two".utf8)]
    default: []
    }
  }
}

/// A stand-in for regular expressions: the text between the slashes is looked for as it is.
private var parser: SMTPExpectationParser {
  SMTPExpectationParser { pattern in
    if pattern.isEmpty { return .failure(.init(reason: "an empty pattern")) }
    return .success { String(decoding: $0, as: UTF8.self).contains(pattern) }
  }
}

private func failure(of text: String) -> SMTPExpectationError? {
  do {
    _ = try parser.parse(text)
    return nil
  } catch {
    return error
  }
}

@Suite("SMTP expectation")
struct SMTPExpectationTests {
  @Test(
    "all words must hold for one message",
    arguments: [
      ("from=a@c.test", true), ("FROM=A@C.TEST", true), ("from=*@c.test", true), ("from=x", false),
      ("from=", false), ("from~/c.te/", true), ("from~/x/", false),
      ("to=d@s.test", true), ("to=x", false), ("to=b@s.test to=d@s.test", true),
      ("to=b@s.test to=x", false), ("to~/d@/", true),
      ("user=*", false), ("auth=no", true), ("auth=yes", false), ("tls=no", true),
      ("tls=YES", false),
      ("client=127.*", true), ("client~/0.0/", true), ("client=10.*", false),
      ("subject=daily*", true), ("subject=report", false), ("subject~/Report/", true),
      ("header:X-Tag=two", true), ("header:x-tag=three", false), ("header:X-Tag~/ne/", true),
      ("HEADER:X-Tag=one", true), ("header:X-None=*", false), ("header:Subject=*7", true),
      ("size>999", true), ("size>1000", false), ("size<1001", true), ("size<1000", false),
      ("size>0.5k", true), ("size<1k", true), ("size<1M size>10", true),
      ("body~/world/", true), ("body~/World/", false), ("body~/lo, w/", true),
      ("from=a@c.test subject~/Weekly/", false),
    ])
  func words(text: String, matches: Bool) throws {
    #expect(try parser.parse(text).matches(Facts()) == matches)
  }

  @Test("a message from someone who logged in, over TLS, from nobody")
  func otherFacts() throws {
    let facts = Facts(sender: [], user: [UInt8]("joe".utf8), usesTLS: true)
    for text in ["from=", "from=\"\"", "user=JOE", "user~/oe/", "auth=yes", "tls=yes"] {
      #expect(try parser.parse(text).matches(facts))
    }
    #expect(try !parser.parse("from=?*").matches(facts))
  }

  @Test(
    "quotes keep spaces together, and so do the slashes of a pattern",
    arguments: [
      ("subject=\"Daily Report 7\"", true), ("subject='daily report *'", true),
      ("\"subject=Daily Report 7\"", true), ("subject=Daily\" Report 7\"", true),
      ("subject~/Daily Report/ to=b@s.test", true), ("subject~/Daily Report/ to=x", false),
      ("subject~/it's/", false), ("\tsize>1 \t subject=*  ", true), ("subject='a\"b'", false),
      (#"body~/a\/b/"#, false), ("from=a@c.test/x", false),
    ])
  func quoting(text: String, matches: Bool) throws {
    let expectation = try parser.parse(text)
    #expect(expectation.matches(Facts()) == matches)
    #expect(expectation.text == text)
  }

  @Test("a slash that is escaped does not end the pattern, and stays as it was written")
  func escapedSlash() throws {
    let expectation = try parser.parse(#"body~/a\/ b/ size>1"#)
    #expect(expectation.matches(Facts(body: [UInt8](#"xa\/ by"#.utf8))))
  }

  @Test(
    "what is wrong is told with its column",
    arguments: [
      ("", 1, "needs a word"), ("   ", 1, "needs a word"),
      ("hello", 1, "'hello' is no expectation"),
      ("to=x hello", 6, "'hello'"), ("\"\"", 1, "''"), ("wat=1", 1, "unknown word 'wat='"),
      ("to=x size=5", 6, "unknown word 'size='"), ("size>=5", 1, "unknown word 'size>='"),
      ("size~5", 1, "unknown word"), ("from>x", 1, "unknown word 'from>'"),
      ("body=x", 1, "unknown word 'body='"), ("tls~/x/", 1, "unknown word"),
      ("header:=x", 1, "unknown word"), ("header=x", 1, "unknown word"),
      ("=x", 1, "unknown word '='"),
      ("size>x", 1, "k, M or G, not 'x'"), ("size>", 1, "not ''"), ("tls=maybe", 1, "yes or no"),
      ("auth=1", 1, "yes or no"), ("to=x  subject~abc", 7, "between slashes"),
      ("subject~/", 1, "not closed"), ("subject~/a/b", 1, "between slashes"),
      ("subject~//", 1, "an empty pattern"), ("to=x \"abc", 6, "not closed"),
      ("to='x", 1, "not closed"), ("é=x wat=1", 1, "unknown word"),
      ("to=é wat=1", 6, "unknown word"),
      ("count=x", 1, "whole number, not 'x'"), ("count=-1", 1, "whole number"),
      ("count=+1", 1, "whole number"), ("count=", 1, "whole number"),
      ("count=1.5", 1, "whole number"),
      ("count=99999999999999999999", 1, "whole number"), ("count>1", 1, ">=, <= or ="),
      ("count<1", 1, ">=, <= or ="), ("count~1", 1, ">=, <= or ="),
      ("count=1 to=x count=1", 14, "given twice"),
    ])
  func errors(text: String, column: Int, reason: String) throws {
    let error = try #require(failure(of: text))
    #expect(error.column == column)
    #expect(error.reason.contains(reason))
  }

  @Test(
    "it holds by the number of messages that matched; for good when no more can change it",
    arguments: [
      ("to=x", [false, true, true, true], [false, true, true, true]),
      ("count>=0", [true, true, true, true], [true, true, true, true]),
      ("count>=2", [false, false, true, true], [false, false, true, true]),
      ("count<=1", [true, true, false, false], [false, false, false, false]),
      ("count=2", [false, false, true, false], [false, false, false, false]),
      ("count=0 to=x", [true, false, false, false], [false, false, false, false]),
    ])
  func counts(text: String, holds: [Bool], forGood: [Bool]) throws {
    var expectation = try parser.parse(text)
    for number in 0..<4 {
      #expect(expectation.matchCount == number)
      #expect(expectation.holds == holds[number])
      #expect(expectation.holdsForGood == forGood[number])
      expectation.countMatch()
    }
  }

  @Test("only a word about the body needs it kept")
  func needsBody() throws {
    #expect(try parser.parse("to=x body~/a/").needsBody)
    #expect(try !parser.parse("to=x subject~/a/ size>1 tls=no auth=no user=x client=x").needsBody)
  }
}
