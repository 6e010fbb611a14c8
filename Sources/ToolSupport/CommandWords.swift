// A command line given as one option value, split into words as sh(1) does (POSIX 2.2 Quoting, 2.6.5),
// for programs that are started without a shell; and a line of a file of commands, with comments
// (2.3). Nothing is expanded: `$`, `*`, `|` and `;` are characters like any other.

/// Splits a command into words.
package enum CommandWords {
  /// Why a command cannot be split; columns count characters from 1.
  package enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// A quote that is opened here and never closed.
    case unbalancedQuote(Character, column: Int)
    /// A backslash at the end.
    case nothingAfterBackslash(column: Int)

    /// `column 5: " is never closed`.
    package var description: String {
      switch self {
      case .unbalancedQuote(let quote, let column): "column \(column): \(quote) is never closed"
      case .nothingAfterBackslash(let column): "column \(column): nothing follows the backslash"
      }
    }
  }

  /// What a `#` is that begins a word; elsewhere it is a character like any other.
  package enum NumberSign: Sendable {
    /// A character like any other.
    case ordinary
    /// The start of a comment that the line end closes (POSIX 2.3 rule 9).
    case comment
  }

  /// The words; none when there is nothing but blanks.
  ///
  /// Single quotes keep all between them; in double quotes a backslash stands before `$`, `` ` ``,
  /// `"`, `\` and the line end alone; elsewhere before anything.
  package static func split(
    _ command: String, numberSign: NumberSign = .ordinary
  ) throws(Failure) -> [String] {
    var words: [String] = []
    // Nil between words: an empty word, as '' makes one, is a word.
    var word: String?
    let characters = Array(command)
    var index = 0
    while index < characters.count {
      let character = characters[index]
      let column = index + 1
      index += 1
      switch character {
      case " ", "\t", "\n", "\r\n":
        if let word { words.append(word) }
        word = nil
      case "#" where word == nil && numberSign == .comment:
        index = characters[index...].firstIndex { $0 == "\n" || $0 == "\r\n" } ?? characters.count
      case "\\":
        guard index < characters.count else { throw .nothingAfterBackslash(column: column) }
        if characters[index] != "\n" { word = (word ?? "") + String(characters[index]) }
        index += 1
      case "'":
        guard let end = characters[index...].firstIndex(of: "'") else {
          throw .unbalancedQuote("'", column: column)
        }
        word = (word ?? "") + String(characters[index..<end])
        index = end + 1
      case "\"":
        word = (word ?? "") + (try doubleQuoted(characters, &index, column))
      default:
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }

  /// What stands before the closing double quote; `index` is then behind it.
  private static func doubleQuoted(
    _ characters: [Character], _ index: inout Int, _ column: Int
  ) throws(Failure) -> String {
    var text = ""
    while index < characters.count {
      let character = characters[index]
      index += 1
      switch character {
      case "\"": return text
      case "\\" where index < characters.count && "$`\"\\\n".contains(characters[index]):
        if characters[index] != "\n" { text.append(characters[index]) }
        index += 1
      default: text.append(character)
      }
    }
    throw .unbalancedQuote("\"", column: column)
  }
}
