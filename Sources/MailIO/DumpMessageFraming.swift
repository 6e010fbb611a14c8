// Messages as dump files hold them; the format is DumpFraming's (MailProtocols), the time local.

internal import MailProtocols

/// A message in a dump file.
struct DumpMessageFraming: MessageFraming {
  private let style: DumpFraming.Style
  private let id: UInt32
  private var framing = DumpFraming()

  init(style: DumpFraming.Style, id: UInt32) {
    self.style = style
    self.id = id
  }

  func begin(_ stamp: MessageStamp, into output: inout [UInt8]) {
    let date = LocalTime.mailDate(seconds: stamp.seconds)
    framing.begin(stamp.dialogue, style, id: id, date: date, into: &output)
  }

  mutating func append(_ piece: Span<UInt8>, into output: inout [UInt8]) {
    framing.append(piece, into: &output)
  }

  func finish(into output: inout [UInt8]) { framing.finish(into: &output) }
}
