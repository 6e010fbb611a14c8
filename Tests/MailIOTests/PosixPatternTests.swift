import MailIO
import Testing

@Suite("POSIX pattern")
struct PosixPatternTests {
  @Test(
    "matches anywhere in the octets, anchored where told",
    arguments: [
      ("b+", "abbc", true), ("^b", "abbc", false), ("c$", "abbc", true), ("^$", "", true),
      ("", "", true), ("^(a|b){2}$", "ab", true), ("^(a|b){2}$", "abc", false),
      ("[[:digit:]]{3}", "x123", true), ("a", "A", false), ("b", "a\0b", true),
      ("^b", "a\0b", false), ("b$", "b\0", false), ("a.b", "a\nb", true), ("^b", "a\nb", false),
    ])
  func matches(pattern: String, subject: String, isMatch: Bool) throws {
    #expect(try matches(PosixPattern(pattern), subject.utf8) == isMatch)
  }

  @Test("without case, letters of ASCII are alike")
  func ignoringCase() throws {
    let pattern = try PosixPattern("^subject: (re|FW)", options: .ignoringCase)
    #expect(matches(pattern, "SUBJECT: Fw".utf8))
    #expect(!matches(pattern, "SUBJECT: F".utf8))
  }

  @Test("by line, anchors hold at each line and a dot stays in it")
  func byLine() throws {
    let subject = Array("a\nbc\n".utf8)
    #expect(try matches(PosixPattern("^bc$", options: .byLine), subject))
    #expect(try !matches(PosixPattern("a.b", options: .byLine), subject))
  }

  @Test("octets that are no UTF-8 are octets")
  func octets() throws {
    #expect(try matches(PosixPattern("^..$"), [0xFF, 0xC3]))
    #expect(try matches(PosixPattern("é"), [0x00, 0xC3, 0xA9]))
    #expect(try !matches(PosixPattern("é"), [0xC3]))
  }

  @Test("only the octets of the span are looked at")
  func part() throws {
    let subject = Array("abc".utf8)
    let (start, middle) = (subject[..<2], subject[1..<2])
    let (hasLast, isMiddle) = try (
      PosixPattern("c").matches(start.span), PosixPattern("^b$").matches(middle.span)
    )
    #expect(!hasLast && isMiddle)
  }

  @Test("what is no pattern is told with its text and the reason")
  func failures() throws {
    let error = try #require(throws: PosixPattern.Failure.self) { try PosixPattern("a(b") }
    #expect(error.pattern == "a(b")
    #expect(error.description == "/a(b/: Unmatched ( or \\(")
    for pattern in ["[a", "a{2,1}", "\\", "a\0b", "*["] {
      let error = try #require(throws: PosixPattern.Failure.self) { try PosixPattern(pattern) }
      #expect(error.pattern == pattern && !error.reason.isEmpty)
    }
  }

  @Test("many threads with small stacks use one pattern")
  func threads() throws {
    let pattern = try PosixPattern("^(a|b)*c$")
    let subject = [UInt8](repeating: 0x61, count: 5000) + [0x63]
    onThreads(8) { _ in
      for _ in 0..<20 { #expect(matches(pattern, subject)) }
    }
  }

  private func matches(_ pattern: PosixPattern, _ subject: some Sequence<UInt8>) -> Bool {
    let octets = Array(subject)
    return pattern.matches(octets.span)
  }
}
