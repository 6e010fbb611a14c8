// One thing that the syntax check has to say about a Sieve script.

/// An error or a warning, and where in the script.
package struct SieveSyntaxFinding: Equatable, Sendable, CustomStringConvertible {
  /// How bad it is.
  package enum Severity: String, Equatable, Sendable {
    /// No server takes the script.
    case error
    /// Some servers may not take it, or not do what was meant.
    case warning
  }

  package let severity: Severity
  /// The line, from 1; lines end at LF.
  package let line: Int
  /// The column, from 1, in characters; an octet that is not UTF-8 counts as one.
  package let column: Int
  /// One sentence without its full stop; what it cites from the script is escaped for terminals.
  package let text: String

  /// `line 3, column 7: error: unknown command "kep"`.
  package var description: String {
    "line \(line), column \(column): \(severity.rawValue): \(text)"
  }
}
