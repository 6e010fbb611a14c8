// Reads expectations: `count>=2 from=*@example.com subject~/report [0-9]+/ size<10k`.
// Words are split at spaces; quotes as in a shell keep spaces together.

/// What is wrong with an expectation, and at which character (counted from 1).
package struct SMTPExpectationError: Error, Equatable, Sendable {
  package let column: Int
  package let reason: String
}

/// Makes expectations of text. The regular expressions are the caller's, since they are not ours.
package struct SMTPExpectationParser {
  /// Compiles a regular expression, or gives the reason why it is none.
  package typealias Compiler = (String) -> Result<SMTPExpectation.TextTest, PatternError>

  /// Why a regular expression is none.
  package struct PatternError: Error, Equatable, Sendable {
    package let reason: String
    package init(reason: String) { self.reason = reason }
  }

  private let compile: Compiler

  package init(compile: @escaping Compiler) {
    self.compile = compile
  }

  /// Reads one expectation.
  package func parse(_ text: String) throws(SMTPExpectationError) -> SMTPExpectation {
    var conditions: [SMTPExpectation.Condition] = []
    var count: SMTPExpectation.Count?
    let words = try split(text)
    guard !words.isEmpty else {
      throw SMTPExpectationError(column: 1, reason: "an expectation needs a word")
    }
    for word in words {
      let (key, relation, value) = try word.parts()
      switch (key.lowercased(), relation) {
      case ("count", _):
        guard count == nil else { throw word.error("count is given twice") }
        count = try self.count(relation, value, word)
      case ("size", ">"): conditions.append(.largerThan(try size(value, word)))
      case ("size", "<"): conditions.append(.smallerThan(try size(value, word)))
      case ("tls", "="): conditions.append(.tls(try flag(value, word)))
      case ("auth", "="): conditions.append(.auth(try flag(value, word)))
      case ("from", "="), ("from", "~"):
        conditions.append(.sender(try test(relation, value, word)))
      case ("to", "="), ("to", "~"):
        conditions.append(.recipient(try test(relation, value, word)))
      case ("user", "="), ("user", "~"):
        conditions.append(.user(try test(relation, value, word)))
      case ("client", "="), ("client", "~"):
        conditions.append(.client(try test(relation, value, word)))
      case ("subject", "="), ("subject", "~"):
        conditions.append(.header("Subject", try test(relation, value, word)))
      case ("body", "~"):
        conditions.append(.body(try test(relation, value, word)))
      case (let name, "="), (let name, "~"):
        guard name.hasPrefix("header:"), name.utf8.count > 7 else {
          throw word.error("unknown word '\(key)\(relation)'")
        }
        conditions.append(.header(String(key.dropFirst(7)), try test(relation, value, word)))
      default:
        throw word.error("unknown word '\(key)\(relation)'")
      }
    }
    return SMTPExpectation(text: text, conditions: conditions, count: count ?? .atLeast(1))
  }

  private func count(
    _ relation: String, _ value: String, _ word: Word
  ) throws(SMTPExpectationError) -> SMTPExpectation.Count {
    guard value.utf8.allSatisfy(\.isDigit), let number = Int(value) else {
      throw word.error("count takes a whole number, not '\(value)'")
    }
    switch relation {
    case ">=": return .atLeast(number)
    case "<=": return .atMost(number)
    case "=": return .exactly(number)
    default: throw word.error("count takes >=, <= or =")
    }
  }

  private func size(_ value: String, _ word: Word) throws(SMTPExpectationError) -> Int {
    guard let size = ByteSize(value) else {
      throw word.error("size takes a number with k, M or G, not '\(value)'")
    }
    return size.byteCount
  }

  private func flag(_ value: String, _ word: Word) throws(SMTPExpectationError) -> Bool {
    switch value.lowercased() {
    case "yes": return true
    case "no": return false
    default: throw word.error("yes or no, not '\(value)'")
    }
  }

  private func test(
    _ relation: String, _ value: String, _ word: Word
  ) throws(SMTPExpectationError) -> SMTPExpectation.TextTest {
    if relation == "=" {
      let glob = Glob([UInt8](value.utf8))
      return { glob.matches($0) }
    }
    guard value.utf8.count >= 2, value.hasPrefix("/"), value.hasSuffix("/") else {
      throw word.error("a regular expression stands between slashes: ~/REGEX/")
    }
    switch compile(String(value.dropFirst().dropLast())) {
    case .success(let test): return test
    case .failure(let error): throw word.error(error.reason)
    }
  }

  // MARK: - Words

  private struct Word {
    let text: String
    let column: Int

    func error(_ reason: String) -> SMTPExpectationError {
      SMTPExpectationError(column: column, reason: reason)
    }

    /// `key`, `relation` (one of `>= <= = > < ~`) and `value`.
    func parts() throws(SMTPExpectationError) -> (key: String, relation: String, value: String) {
      guard let start = text.firstIndex(where: { "=<>~".contains($0) }) else {
        throw error("'\(text)' is no expectation: KEY=VALUE, KEY~/REGEX/, count>=N, size>N")
      }
      var end = text.index(after: start)
      if text[start] != "=" && text[start] != "~" && end < text.endIndex && text[end] == "=" {
        end = text.index(after: end)
      }
      return (String(text[..<start]), String(text[start..<end]), String(text[end...]))
    }
  }

  /// Splits at spaces. Quotes and the slashes of a regular expression keep spaces; a quote is taken
  /// off, a slash is not.
  private func split(_ text: String) throws(SMTPExpectationError) -> [Word] {
    var words: [Word] = []
    var current = ""
    var start = 0
    var isInWord = false
    var closer: Character?
    var isEscaped = false
    for (offset, character) in text.enumerated() {
      if let open = closer {
        if isEscaped {
          isEscaped = false
          current.append(character)
        } else if character == "\\" && open == "/" {
          isEscaped = true
          current.append(character)
        } else if character == open {
          closer = nil
          if open == "/" { current.append(character) }
        } else {
          current.append(character)
        }
      } else if character == " " || character == "\t" {
        if isInWord { words.append(Word(text: current, column: start + 1)) }
        isInWord = false
        current = ""
      } else {
        if !isInWord { start = offset }
        isInWord = true
        if character == "\"" || character == "'" {
          closer = character
        } else {
          if character == "/" && current.hasSuffix("~") { closer = "/" }
          current.append(character)
        }
      }
    }
    guard closer == nil else {
      throw SMTPExpectationError(column: start + 1, reason: "a quote or a slash is not closed")
    }
    if isInWord { words.append(Word(text: current, column: start + 1)) }
    return words
  }
}
