// The wire dialogue for people to read (`--trace`, `-vv`): a line of the wire on a line, `C:` for the
// client and `S:` for the server, the session's number before it. Content is counted, not shown.
// Secrets are masked by those who pass the lines, and never get here.

internal import MailIO
internal import MailProtocols

/// Writes dialogues, if anybody wants them.
package struct DialogueTrace: Sendable {
  /// Who sent a line.
  package enum Side: String, Sendable {
    case client = "C"
    case server = "S"
  }

  private let outputs: [RecordOutput]

  package init(outputs: [RecordOutput]) {
    self.outputs = outputs
  }

  /// A command line, without its line end.
  package func line(_ octets: Span<UInt8>, from side: Side, session: Int) {
    guard !outputs.isEmpty else { return }
    write("\(session) \(side.rawValue): \(EscapedText.text(octets, for: .terminal))\n")
  }

  /// Replies as they are sent, some lines at once.
  package func replies(_ octets: Span<UInt8>, session: Int) {
    guard !outputs.isEmpty else { return }
    var text = ""
    var start = 0
    for index in 0..<octets.count where octets[index] == .lineFeed {
      let line = octets.extracting(start..<max(start, index - 1))
      text += "\(session) S: \(EscapedText.text(line, for: .terminal))\n"
      start = index + 1
    }
    write(text)
  }

  /// A piece of a message.
  package func content(_ octets: Span<UInt8>, session: Int) {
    guard !outputs.isEmpty else { return }
    write("\(session) C: [\(octets.count) octets of message]\n")
  }

  private func write(_ text: String) {
    let record = [UInt8](text.utf8)
    for output in outputs { output.write(record) }
  }
}
