// Fuzz entry: mbox framing and line end conversion. The first octet is the length of the pieces
// the rest is cut into.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let pieceLength = input.first.map({ Int($0 % 31) + 1 }) else { return 0 }
  let message = Array(input.dropFirst())
  checkFraming(message, pieceLength)
  checkLineEnds(message, pieceLength)
  return 0
}

/// However it is cut, a message between two others comes back as it was, and they do too.
private func checkFraming(_ message: [UInt8], _ pieceLength: Int) {
  let framed = frame(message, pieceLength)
  precondition(framed == frame(message, max(message.count, 1)))
  let separator = MboxSeparator.line(sender: message.span, seconds: 1_700_000_000)
  precondition(separator.filter { $0 == .lineFeed }.count == 1)
  let neighbour = Array("Subject: x\n\nFrom y\n".utf8)
  let mbox = separator + frame(neighbour, 3) + separator + framed + separator + frame(neighbour, 4)
  guard let read = MboxReader.messages(in: mbox) else { preconditionFailure("no mbox") }
  let ended = message.isEmpty || message.last == .lineFeed ? message : message + [.lineFeed]
  precondition(read.map(\.content) == [neighbour, ended, neighbour])
}

/// Exactly the CRs that stood before an LF are gone, however the message is cut.
private func checkLineEnds(_ message: [UInt8], _ pieceLength: Int) {
  var converter = LineEndConverter()
  var converted: [UInt8] = []
  for piece in pieces(message, pieceLength) { converter.convert(piece.span, into: &converted) }
  converter.finish(into: &converted)
  let expected = message.indices.filter { index in
    !(message[index] == .carriageReturn && index + 1 < message.count
      && message[index + 1] == .lineFeed)
  }.map { message[$0] }
  precondition(converted == expected)
}

private func frame(_ message: [UInt8], _ pieceLength: Int) -> [UInt8] {
  var framing = MboxFraming()
  var output: [UInt8] = []
  for piece in pieces(message, pieceLength) { framing.quote(piece.span, into: &output) }
  framing.finish(into: &output)
  return output
}

private func pieces(_ message: [UInt8], _ length: Int) -> [[UInt8]] {
  stride(from: 0, to: message.count, by: length).map {
    Array(message[$0..<min($0 + length, message.count)])
  }
}
