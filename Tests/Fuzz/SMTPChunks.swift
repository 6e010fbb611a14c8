// Fuzz entry: BDAT. The first octet configures, the second seeds cuts, then each chunk is an octet
// of length, an octet of kind, and its octets: whatever they are, they are never commands.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 2 else { return 0 }
  let options = start[0]
  let bytes = [UInt8](UnsafeBufferPointer(start: start + 2, count: count - 2))
  let isBinary = options & 1 == 1
  var wire = [UInt8]("EHLO x\r\nMAIL FROM:<a>\(isBinary ? " BODY=BINARYMIME" : "")\r\n".utf8)
  var commandCount = 2
  if options & 2 == 0 {
    wire += [UInt8]("RCPT TO:<b>\r\n".utf8)
    commandCount += 1
  }
  var expected: [UInt8] = []
  var isWhole = options & 2 == 0
  var isLast = false
  var index = 0
  while index + 1 < bytes.count && !isLast {
    let chunk = bytes[(index + 2)..<min(bytes.count, index + 2 + Int(bytes[index]))]
    let kind = bytes[index + 1]
    isLast = kind % 4 == 3
    let word = isLast ? " LAST" : kind % 16 == 5 ? " MORE" : ""
    if word == " MORE" { isWhole = false }
    wire += [UInt8]("BDAT \(chunk.count)\(word)\r\n".utf8) + chunk
    commandCount += 1
    expected += chunk
    index += 2 + chunk.count
  }

  var previous: (codes: [UInt8], message: [UInt8]?)?
  for isCut in [false, true] {
    let result = run(wire, isCut: isCut, seed: start[1], options)
    precondition(result.codes.count == commandCount, "a chunk was taken for a command")
    if let previous {
      precondition(previous.codes == result.codes && previous.message == result.message)
    }
    previous = result
    if let message = result.message {
      precondition(isLast && isWhole && message == expected, "the message is not its chunks")
    } else if isLast && isWhole && (isBinary || options & 12 == 0) && options & 16 == 0 {
      preconditionFailure("a good message was refused")
    }
  }
  return 0
}

private final class Silent: SMTPServerPolicy {}

/// The first digits of the replies behind the greeting, and the message if one was handed over.
private func run(
  _ wire: [UInt8], isCut: Bool, seed: UInt8, _ options: UInt8
) -> (codes: [UInt8], message: [UInt8]?) {
  var configuration = SMTPServerConfiguration(hostname: "h", greeting: "g")
  configuration.bareNewlines = options & 12 == 0 ? .accept : .reject
  if options & 16 != 0 { configuration.maxMessageByteCount = 40 }
  var session = SMTPServerSession(configuration: configuration, policy: Silent())
  _ = session.open()
  session.output = []
  var open: [UInt8]?
  var message: [UInt8]?
  var codes: [UInt8] = []
  var start = 0
  var state = UInt32(seed) &+ 7
  while start < wire.count {
    state = state &* 1_664_525 &+ 1_013_904_223
    let count = isCut ? 1 + Int(state >> 24) % (1 + Int(seed & 31)) : wire.count
    let piece = Array(wire[start..<min(wire.count, start + count)])
    start += piece.count
    var position = 0
    loop: while true {
      switch session.receive(piece.span, at: &position) {
      case .needsInput: break loop
      case .close, .startTLS, .delay, .stall:
        preconditionFailure("nobody said QUIT or STARTTLS, or wants to wait")
      case .flush: codes += take(&session.output)
      case .beginMessage: open = []
      case .content(let range): open! += piece[range]
      case .carriageReturn: open!.append(.carriageReturn)
      case .lineEnd: open! += [.carriageReturn, .lineFeed]
      case .discardMessage:
        precondition(open != nil)
        open = nil
      case .endMessage:
        message = open!
        open = nil
        session.finishMessage(SMTPReply(250, nil, "OK"))
      }
    }
    codes += take(&session.output)
  }
  return (codes, message)
}

private func take(_ output: inout [UInt8]) -> [UInt8] {
  let lines = output.split(separator: .lineFeed).filter { $0[$0.startIndex + 3] == .space }
  output = []
  return lines.map { $0.first! }
}
