// Why an accounts file cannot be used. What its lines hold is never in it: somebody may have written
// a password there.

/// What is wrong with an accounts file, and where.
package struct AccountsFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The causes.
  package enum Cause: Equatable, Sendable {
    /// The file is longer than `AccountsFile.maxByteCount`.
    case tooLong
    /// More accounts, or lines of one, than are taken.
    case tooMany
    /// Octets that are not UTF-8, or a control character.
    case notText
    /// `account` alone.
    case nameMissing
    /// A second account of the same name.
    case repeated(firstLine: Int)
    /// A line before the first account.
    case outsideOfAccount
    /// A first word that can be no option's name.
    case noOptionName
    /// A password in clear.
    case secret
  }

  /// The line of the file, from 1.
  package let line: Int
  package let cause: Cause

  package init(line: Int, cause: Cause) {
    self.line = line
    self.cause = cause
  }

  /// A clause about the line.
  package var description: String {
    switch cause {
    case .tooLong: "the file is longer than \(AccountsFile.maxByteCount) octets"
    case .tooMany: "more accounts or lines than are taken"
    case .notText: "not text"
    case .nameMissing: "no name behind account"
    case .repeated(let line): "an account of that name stands in line \(line) already"
    case .outsideOfAccount: "no account stands before it"
    case .noOptionName: "the line starts with no option's name"
    case .secret: "no secret may stand here: use password-command or token-command"
    }
  }
}
