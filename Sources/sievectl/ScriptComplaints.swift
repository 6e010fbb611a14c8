// What a server, or our own check, has to say about a script, as editors and people read it:
// `FILE:N: text`, a line each, without the tool's name.

internal import MailProtocols
internal import ToolSupport

/// Errors and warnings about a script, on stderr.
enum ScriptComplaints {
  /// Prints them; those without a line number as `sievectl: FILE: text`.
  static func print(
    _ problems: [SieveScriptProblem], of file: String, _ diagnostics: Diagnostics
  ) {
    for problem in problems {
      let text = EscapedText.text(problem.text.span, for: .terminal)
      if let line = problem.line {
        place("\(file):\(line): \(text)", diagnostics)
      } else {
        diagnostics.problem("\(file): \(text)")
      }
    }
  }

  /// Prints one line that starts with a place.
  static func place(_ line: String, _ diagnostics: Diagnostics) {
    guard diagnostics.level >= .normal else { return }
    RecordOutput.standardError.write(Array("\(line)\n".utf8))
  }

  /// The warnings of `OK (WARNINGS)`: printed, and as texts for JSON.
  static func warnings(
    _ text: [UInt8]?, of file: String, _ diagnostics: Diagnostics
  ) -> [String] {
    let problems = SieveScriptProblem.all(in: text ?? [])
    print(problems, of: file, diagnostics)
    return problems.map { problem in
      let text = EscapedText.text(problem.text.span, for: .terminal)
      return problem.line.map { "line \($0): \(text)" } ?? text
    }
  }
}
