// What is wrong with the text of a scripted answer, and where.

/// Why text is no rule; told to whoever wrote it.
package struct ReplyRuleError: Error, Equatable, Sendable, CustomStringConvertible {
  package let origin: ReplyRuleOrigin
  /// The character, counted from 1.
  package let column: Int
  /// What is wrong, the offending words escaped, and what would be right.
  package let reason: String

  /// `rules.txt:3:14: ...`, or `--reply:14: ...`.
  package var description: String { "\(origin.text):\(column): \(reason)" }
}
