// What the syntax check of a Sieve script found, in the order of the script.

/// The outcome of `SieveSyntax.check`.
package struct SieveSyntaxReport: Equatable, Sendable {
  /// Errors and warnings, first to last.
  package let findings: [SieveSyntaxFinding]
  /// Whether there was more to report than the limit allows.
  package let isCut: Bool

  /// Whether no error was found.
  package var isValid: Bool { !findings.contains { $0.severity == .error } }
  /// The errors alone.
  package var errors: [SieveSyntaxFinding] { findings.filter { $0.severity == .error } }
  /// The warnings alone.
  package var warnings: [SieveSyntaxFinding] { findings.filter { $0.severity == .warning } }

  init(_ found: SieveSyntaxFindings, of script: [UInt8]) {
    isCut = found.isCut
    var line = 1
    var column = 1
    var position = 0
    findings = found.sorted.map { item in
      // One walk through the script for all findings.
      while position < min(item.offset, script.count) {
        if script[position] == .lineFeed {
          line += 1
          column = 1
          position += 1
        } else {
          position += script.span.utf8Scalar(at: position)?.count ?? 1
          column += 1
        }
      }
      return SieveSyntaxFinding(
        severity: item.severity, line: line, column: column, text: item.text)
    }
  }
}
