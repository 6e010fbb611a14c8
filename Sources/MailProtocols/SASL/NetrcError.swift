// Why a netrc file cannot be used. The words of the file are never in it: where one is out of its
// place, it may be half of a password.

/// What is wrong with a netrc file, and where.
package struct NetrcError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The causes.
  package enum Cause: Equatable, Sendable {
    /// The file is longer than `Netrc.maxByteCount`.
    case tooLong
    /// A NUL, or octets that are not UTF-8 in a name.
    case notText
    /// A word that is no keyword where one has to be.
    case unknownWord
    /// The keyword at the end of the file wants a value.
    case valueMissing
    /// `login`, `password` or `account` before any machine.
    case outsideOfEntry
    /// A quote that is not closed on its line.
    case unclosedQuote
    /// Something stands right behind the closing quote.
    case textBehindQuote
    /// `login` or `password` a second time for one machine.
    case repeated
    /// A name or a password of no octets.
    case emptyValue
  }

  /// The line of the file, from 1.
  package let line: Int
  package let cause: Cause

  /// `line 3: the quote is not closed on its line`.
  package var description: String { "line \(line): \(reason)" }

  private var reason: String {
    switch cause {
    case .tooLong: "the file is longer than \(Netrc.maxByteCount) octets"
    case .notText: "not text"
    case .unknownWord: "machine, default, login, password, account or macdef has to stand here"
    case .valueMissing: "the file ends where a value has to stand"
    case .outsideOfEntry: "no machine stands before it"
    case .unclosedQuote: "the quote is not closed on its line"
    case .textBehindQuote: "no blank behind the closing quote"
    case .repeated: "given twice for one machine"
    case .emptyValue: "an empty value"
    }
  }
}
