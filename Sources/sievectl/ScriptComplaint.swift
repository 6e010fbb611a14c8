// What a server, or our own check, has to say about a script, as editors and people read it:
// `FILE:N: text`, a line each, without the tool's name.

internal import MailProtocols
internal import ToolSupport

/// An error or a warning about a script.
struct ScriptComplaint {
  /// From 1; nil for the script as a whole.
  let line: Int?
  /// Safe for a terminal.
  let text: String

  /// One of the server's.
  init(_ problem: SieveScriptProblem) {
    line = problem.line
    text = EscapedText.text(problem.text.span, for: .terminal)
  }

  /// One of our own check's.
  init(_ finding: SieveSyntaxFinding) {
    line = finding.line
    text = "\(finding.severity.rawValue): \(finding.text)"
  }

  /// For JSON: the text behind the line.
  var described: String { line.map { "line \($0): \(text)" } ?? text }

  /// The warnings of `OK (WARNINGS)`.
  static func warnings(_ text: [UInt8]?) -> [ScriptComplaint] {
    SieveScriptProblem.all(in: text ?? []).map(Self.init)
  }
}

extension Diagnostics {
  /// Prints what there is to say about a file: `FILE:N: text`, or `sievectl: FILE: text`.
  func complain(_ complaints: [ScriptComplaint], about file: String) {
    guard level >= .normal else { return }
    for complaint in complaints {
      if let line = complaint.line {
        RecordOutput.standardError.write(Array("\(file):\(line): \(complaint.text)\n".utf8))
      } else {
        problem("\(file): \(complaint.text)")
      }
    }
  }
}
