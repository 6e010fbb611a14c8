// Fuzz entry: the end-of-data machine against a naive one. The first octet chooses what to do about
// bare newlines and whether octets are mapped onto CR, LF, dot and the like; the second seeds cuts.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 2 else { return 0 }
  let options = start[0]
  let alphabet: [UInt8] = [.carriageReturn, .lineFeed, .ascii("."), .ascii("a"), .nul, 0x80]
  var input = [UInt8](UnsafeBufferPointer(start: start + 2, count: count - 2))
  if options & 1 == 1 { input = input.map { alphabet[Int($0) % alphabet.count] } }
  input += [UInt8]("\r\n.\r\n".utf8)
  let limits = SMTPDataReceiver.Limits(
    maxByteCount: options & 8 == 0 ? 0 : Int(options >> 4) + 1,
    maxLineByteCount: options & 4 == 0 ? 0 : Int(options >> 4) + 3,
    bareNewlines: BareNewlinePolicy.allCases[Int(start[1]) % 3], refusesEightBit: options & 2 != 0)

  let whole = run(input, limits) { $0 }
  let octets = run(input, limits) { _ in 1 }
  var seed = UInt32(start[1]) &+ 1
  let pieces = run(input, limits) { count in
    seed = seed &* 1_664_525 &+ 1_013_904_223
    return 1 + Int(seed >> 24) % min(count, 9)
  }
  precondition(whole == octets && whole == pieces, "the result depends on where it was cut")
  check(whole, input, limits)
  return 0
}

private struct Result: Equatable {
  var content: [UInt8]?
  var receiverCounts: [Int] = []
  var violation: SMTPDataReceiver.Violation?
  var bareNewline: BareNewline?
  var end = 0
}

private func run(
  _ input: [UInt8], _ limits: SMTPDataReceiver.Limits, _ pieceCount: (Int) -> Int
) -> Result {
  var receiver = SMTPDataReceiver(framing: .dot, limits: limits)
  var content: [UInt8] = []
  var start = 0
  while start < input.count {
    let piece = Array(input[start..<(start + pieceCount(input.count - start))])
    var position = 0
    while true {
      let before = position
      let event = receiver.next(piece.span, at: &position)
      precondition(position >= before && position <= piece.count)
      switch event {
      case .content(let range):
        precondition(receiver.violation == nil && !range.isEmpty)
        content += piece[range]
      case .carriageReturn: content.append(.carriageReturn)
      case .lineEnd: content += [.carriageReturn, .lineFeed]
      case .end:
        return Result(
          content: receiver.violation == nil ? content : nil,
          receiverCounts: [receiver.byteCount, receiver.lineCount],
          violation: receiver.violation, bareNewline: receiver.bareNewline, end: start + position)
      case .needsInput:
        precondition(position == piece.count)
      }
      if event == .needsInput { break }
    }
    start += piece.count
  }
  preconditionFailure("no end, and there is one")
}

/// Says it plainly: lines between CRLFs, a dot off each that has one, up to the line that is a dot.
private func check(_ result: Result, _ input: [UInt8], _ limits: SMTPDataReceiver.Limits) {
  var content: [UInt8] = []
  var line: [UInt8] = []
  var hasBare = false
  var end = 0
  var index = 0
  while end == 0 {
    let isLineEnd =
      input[index] == .carriageReturn && index + 1 < input.count && input[index + 1] == .lineFeed
    if isLineEnd {
      index += 2
      if line == [.ascii(".")] {
        end = index
      } else {
        for octet in line.first == .ascii(".") ? line[1...] : line[...] {
          let isBare = octet == .carriageReturn || octet == .lineFeed
          hasBare = hasBare || isBare
          if isBare && limits.bareNewlines == .normalize {
            content += [.carriageReturn, .lineFeed]
          } else {
            content.append(octet)
          }
        }
        content += [.carriageReturn, .lineFeed]
        line = []
      }
    } else {
      line.append(input[index])
      index += 1
    }
  }
  precondition(result.end == end, "another end")
  precondition((result.bareNewline != nil) == hasBare)
  precondition(result.receiverCounts[0] == content.count)
  precondition(result.content == nil || result.content == content)
  let isTooLarge = limits.maxByteCount > 0 && content.count > limits.maxByteCount
  let mustRefuse =
    isTooLarge || (hasBare && limits.bareNewlines == .reject)
    || (limits.refusesEightBit && content.contains { $0 >= 0x80 })
  if mustRefuse { precondition(result.violation != nil, "not refused") }
  if limits.maxLineByteCount == 0 { precondition(mustRefuse == (result.violation != nil)) }
}
