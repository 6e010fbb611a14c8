import Testing
import ToolSupport

@Suite("Command words")
struct CommandWordsTests {
  @Test(
    "words are those of sh",
    arguments: [
      ("", []), (" \t\n", []), ("a", ["a"]), ("  a  b ", ["a", "b"]), ("a\tb\nc", ["a", "b", "c"]),
      ("''", [""]), ("a '' b", ["a", "", "b"]), ("'a b'", ["a b"]), ("a'b c'd", ["ab cd"]),
      (#""a b""#, ["a b"]), (#""a'b""#, ["a'b"]), (#"'a"b'"#, [#"a"b"#]), (#"a\ b"#, ["a b"]),
      (#"\a\'\""#, [#"a'""#]), (#""\a\$\`\"\\""#, [#"\a$`"\"#]), (#"'\'"#, ["\\"]),
      ("a\\\nb", ["ab"]), ("\"a\\\nb\"", ["ab"]), ("'a\nb'", ["a\nb"]), ("\\\n", []),
      ("$HOME * ~ a|b;c # d", ["$HOME", "*", "~", "a|b;c", "#", "d"]), ("é ü", ["é", "ü"]),
      (#"formail -I "X-Spam: no" -s"#, ["formail", "-I", "X-Spam: no", "-s"]),
    ] as [(String, [String])])
  func words(command: String, words: [String]) throws {
    #expect(try CommandWords.split(command) == words)
  }

  @Test(
    "what is not closed is named with its column",
    arguments: [
      ("'", .unbalancedQuote("'", column: 1)), ("a 'b", .unbalancedQuote("'", column: 3)),
      (#"a "b\""#, .unbalancedQuote("\"", column: 3)),
      (#"'a' "b'c"#, .unbalancedQuote("\"", column: 5)),
      (#"a\"#, .nothingAfterBackslash(column: 2)), (#""a\"#, .unbalancedQuote("\"", column: 1)),
    ] as [(String, CommandWords.Failure)])
  func unbalanced(command: String, failure: CommandWords.Failure) {
    #expect(throws: failure) { try CommandWords.split(command) }
  }

  @Test(
    "in a file of commands, a comment starts where a word could",
    arguments: [
      ("# all of it", []), ("  # all of it 'with a quote", []), ("put a # why", ["put", "a"]),
      ("put a#b", ["put", "a#b"]), ("put '#' \"#\" \\#", ["put", "#", "#", "#"]),
      ("put ''#a", ["put", "#a"]), ("a # b\nc", ["a", "c"]), ("a # b\r\nc", ["a", "c"]),
      ("a #", ["a"]), ("a\t#b", ["a"]), ("#\n#\n", []), ("a # b\\\nc", ["a", "c"]),
    ] as [(String, [String])])
  func comments(line: String, words: [String]) throws {
    #expect(try CommandWords.split(line, numberSign: .comment) == words)
  }

  @Test("the failure reads as a sentence")
  func description() {
    let failure = CommandWords.Failure.unbalancedQuote("'", column: 3)
    #expect(failure.description == "column 3: ' is never closed")
  }
}
