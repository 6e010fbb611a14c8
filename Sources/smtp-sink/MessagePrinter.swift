// What stdout carries for each message: its path, a line about it, the message itself, or nothing.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Prints messages that are stored.
struct MessagePrinter: Sendable {
  let style: PrintStyle
  private let output: RecordOutput
  private let terminator: [UInt8]
  private let emptyLine: [UInt8]

  init(style: PrintStyle, output: RecordOutput, endsWithNul: Bool, lineEnds: LineEnds) {
    self.style = style
    self.output = output
    terminator = endsWithNul ? [.nul] : [.lineFeed]
    emptyLine =
      switch (endsWithNul, lineEnds) {
      case (true, _): [.nul]
      case (false, .lf): [.lineFeed]
      case (false, .crlf): [.carriageReturn, .lineFeed]
      }
  }

  /// What went wrong with stdout, if anything did.
  var failure: SystemError? { output.failure }

  /// Whether it prints what is in the header.
  var needsHeader: Bool { style == .line }
  /// Whether it prints the message, which then has to be kept.
  var needsSpool: Bool { style == .message }

  /// Prints one message. `paths` is where a store put it, if it is in files of its own.
  func print(_ message: SinkMessage, id: String, paths: [String]) {
    switch style {
    case .none: break
    case .path:
      // A message without a file of its own has no path; its id says which one it was.
      let names = paths.isEmpty ? [id] : paths
      output.write(names.flatMap { [UInt8]($0.utf8) + terminator })
    case .line:
      let recipients = message.envelope.recipients.map { field($0.path.address) }
      let fields = [
        EscapedText.text(paths.first ?? id, for: .field), field(message.envelope.sender.address),
        recipients.joined(separator: ","), String(message.byteCount),
        EscapedText.text(message.fieldText("Subject") ?? "", for: .field),
      ]
      output.write([UInt8](fields.joined(separator: "\t").utf8) + terminator)
    case .message:
      guard let spool = message.spool else { return }
      output.write(endingWith: emptyLine) { (append) throws(SystemError) in
        var last = UInt8.lineFeed
        try spool.forEachPiece { (piece) throws(SystemError) in
          last = piece.last ?? last
          try append(piece)
        }
        // BDAT may end inside a line, and then the empty line would end that one only.
        if last != .lineFeed, emptyLine != [.nul] {
          try emptyLine.span.withUnsafeBytes { (bytes) throws(SystemError) in try append(bytes) }
        }
      }
    }
  }

  private func field(_ octets: [UInt8]) -> String {
    EscapedText.text(octets.span, for: .field)
  }
}
