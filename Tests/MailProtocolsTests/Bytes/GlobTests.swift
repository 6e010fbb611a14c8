import MailProtocols
import Testing

@Suite("Glob")
struct GlobTests {
  @Test(
    "a star is any octets, a question mark one, ASCII case does not count",
    arguments: [
      ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true), ("?", "", false),
      ("?", "a", true), ("?", "ab", false), ("abc", "ABC", true), ("ABC", "abc", true),
      ("a*c", "ac", true), ("a*c", "abbc", true), ("a*c", "abcd", false), ("*c*", "abcd", true),
      ("*@example.com", "ops@EXAMPLE.com", true), ("*@example.com", "ops@example.org", false),
      ("a?c", "abc", true), ("a?c", "ac", false), ("*.*", "a.b.c", true), ("**a**", "bab", true),
      ("*aab", "aaaab", true), ("*a*b", "ab ba", false), ("[a]", "a", false), ("[a]", "[a]", true),
      ("a\\*", "a*", false), ("a\\*", "a\\x", true), ("é", "É", false), ("??", "é", true),
      ("*\0*", "a\0b", true),
    ])
  func known(pattern: String, text: String, matches: Bool) {
    #expect(Glob([UInt8](pattern.utf8)).matches([UInt8](text.utf8)) == matches)
  }

  @Test("it matches what the obvious matcher matches")
  func againstNaive() {
    var random = SplitMix64(seed: 11)
    let letters = [UInt8]("abA".utf8)
    for _ in 0..<20_000 {
      let pattern = random.octets(from: letters + [UInt8]("**?".utf8), maxCount: 7)
      let text = random.octets(from: letters, maxCount: 9)
      #expect(Glob(pattern).matches(text) == naive(pattern[...], text[...]))
    }
  }

  private func naive(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == .ascii("*") {
      return naive(pattern.dropFirst(), text) || !text.isEmpty && naive(pattern, text.dropFirst())
    }
    guard let octet = text.first else { return false }
    return (first == .ascii("?") || first.lowercased == octet.lowercased)
      && naive(pattern.dropFirst(), text.dropFirst())
  }

  @Test("many stars take no longer than pattern times text")
  func stars() {
    let pattern = (0..<200).flatMap { _ in [UInt8]("*a".utf8) } + [UInt8]("b".utf8)
    #expect(!Glob(pattern).matches([UInt8](repeating: .ascii("a"), count: 5000)))
  }
}
