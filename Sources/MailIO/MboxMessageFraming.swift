// Messages as an mbox of the kind mboxrd holds them; the format is MboxFraming's (MailProtocols).

internal import MailProtocols

/// A message in an mbox: its From_ line, its lines quoted, an empty line.
struct MboxMessageFraming: MessageFraming {
  private var framing = MboxFraming()

  func begin(_ stamp: MessageStamp, into output: inout [UInt8]) {
    output += MboxSeparator.line(sender: stamp.sender.span, seconds: stamp.seconds)
  }

  mutating func append(_ piece: Span<UInt8>, into output: inout [UInt8]) {
    framing.quote(piece, into: &output)
  }

  mutating func finish(into output: inout [UInt8]) { framing.finish(into: &output) }
}
