// Fuzz entry: a whole SMTP server dialogue. The first octet configures the server, the second seeds
// where the input is cut, and its top bit says LMTP; in one mode each further octet stands for a word of the protocol.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 2 else { return 0 }
  let options = start[0]
  let rest = [UInt8](UnsafeBufferPointer(start: start + 2, count: count - 2))
  let input = options & 1 == 0 ? rest : rest.flatMap { words[Int($0) % words.count] }

  let isLMTP = start[1] & 128 != 0
  var whole = Dialogue(options, isLMTP: isLMTP)
  whole.receive(input)
  var pieces = Dialogue(options, isLMTP: isLMTP)
  var position = 0
  var seed = UInt32(start[1]) &* 2_654_435_761 &+ 1
  while position < input.count {
    seed = seed &* 1_664_525 &+ 1_013_904_223
    let end = min(input.count, position + 1 + Int(seed >> 24) % (1 + Int(start[1] & 15)))
    pieces.receive(Array(input[position..<end]))
    position = end
  }
  precondition(pieces.output == whole.output, "the replies depend on where the input was cut")
  precondition(pieces.messages == whole.messages, "the messages depend on where it was cut")
  precondition(pieces.policy.notes == whole.policy.notes)
  precondition(pieces.policy.lines == whole.policy.lines)
  precondition(pieces.closeReason == whole.closeReason)
  precondition(pieces.session.abortedByteCount == whole.session.abortedByteCount)
  precondition(pieces.session.stageName == whole.session.stageName)
  whole.checkReplies()
  for message in whole.messages { check(message) }
  whole.checkFresh()
  return 0
}

private let words: [[UInt8]] = [
  "\r\n", "\r", "\n", ".", "a", "\0", "\r\n.\r\n", "\n.\n", "\r\n.\n", "\r.\r", " ", ":",
  "EHLO x\r\n", "HELO x\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "RCPT TO:<e@f>\r\n",
  "DATA\r\n", ".\r\n", "RSET\r\n", "NOOP\r\n", "QUIT\r\n", "BDAT 0 LAST\r\n", "BDAT 3\r\n",
  "BDAT 2 LAST\r\n", "BDAT 1 X\r\n", "MAIL FROM:<a@b> BODY=BINARYMIME\r\n",
  "MAIL FROM:<a@b> SIZE=99\r\n", "VRFY a\r\n", "HELP\r\n", "XYZZY\r\n", "abcdefghijklmnop", "..",
  "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\nDATA\r\n", "STARTTLS\r\n", "AUTH PLAIN\r\n", "é",
  "LHLO x\r\n", "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<c>\r\nRCPT TO:<e@f>\r\nDATA\r\n",
].map { [UInt8]($0.utf8) }

/// Stuffed again and sent again, a message is one message, and the same.
private func check(_ content: [UInt8]) {
  var wire: [UInt8] = []
  var isLineStart = true
  for (index, octet) in content.enumerated() {
    if isLineStart && octet == .ascii(".") { wire.append(octet) }
    wire.append(octet)
    isLineStart = octet == .lineFeed && index > 0 && content[index - 1] == .carriageReturn
  }
  let ending: [UInt8] = isLineStart ? [] : [.carriageReturn, .lineFeed]
  wire += ending + [UInt8](".\r\n".utf8)
  var receiver = SMTPDataReceiver(
    framing: .dot,
    limits: SMTPDataReceiver.Limits(
      maxByteCount: 0, maxLineByteCount: 0, bareNewlines: .accept, refusesEightBit: false))
  var again: [UInt8] = []
  var position = 0
  while true {
    switch receiver.next(wire.span, at: &position) {
    case .content(let range): again += wire[range]
    case .carriageReturn, .lineEnd: preconditionFailure("nothing was cut here")
    case .end:
      precondition(position == wire.count, "the message ends inside itself")
      precondition(again == content + ending)
      return
    case .needsInput: preconditionFailure("the message does not end")
    }
  }
}

private final class Ears: SMTPServerPolicy {
  var refusesSome: Bool
  var notes: [SMTPServerNote] = []
  var lines: [[UInt8]] = []

  init(refusesSome: Bool) { self.refusesSome = refusesSome }

  func rcpt(
    _ recipient: SMTPPath, _ options: SMTPRecipientOptions, _ state: SMTPSessionState
  ) -> SMTPDecision {
    guard refusesSome, recipient.address.count > 2 else { return .accept }
    switch recipient.address[0] {
    case .ascii("c"): return SMTPDecision(.close)
    case .ascii("d"): return SMTPDecision(.usual, delay: .seconds(1), byteRate: 1)
    case .ascii("e"): return .reply(SMTPReply(550, EnhancedStatus(1, 1), "No"))
    case .ascii("s"): return SMTPDecision(.stall, delay: .seconds(1))
    default: return .accept
    }
  }
  func endOfData(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision {
    precondition(state.envelope?.recipients.isEmpty == false)
    return refusesSome && byteCount % 7 == 6 ? .reply(SMTPReply(451, nil, "No")) : .accept
  }
  func endOfData(
    byteCount: Int, for recipient: SMTPRecipient, _ state: SMTPSessionState
  ) -> SMTPDecision {
    refusesSome && recipient.place % 2 == byteCount % 3
      ? .reply(SMTPReply(552, nil, "No")) : .accept
  }
  func received(_ line: Span<UInt8>) { lines.append(line.copy(0..<line.count)) }
  func note(_ note: SMTPServerNote) { notes.append(note) }
}

private struct Dialogue {
  var session: SMTPServerSession
  let policy: Ears
  var output: [UInt8] = []
  var messages: [[UInt8]] = []
  var closeReason: SMTPCloseReason?
  var open: [UInt8]?

  init(_ options: UInt8, isLMTP: Bool) {
    var configuration = SMTPServerConfiguration(hostname: "h", greeting: "g")
    configuration.bareNewlines = BareNewlinePolicy.allCases[Int(options >> 1) % 3]
    if options & 8 != 0 {
      configuration.maxMessageByteCount = 20
      configuration.maxDataLineByteCount = 12
      configuration.maxCommandByteCount = 40
    }
    if options & 16 != 0 { configuration.keywords.subtract([.eightBitMIME, .smtpUTF8]) }
    if options & 32 != 0 { configuration.leniency = .strict }
    if options & 128 != 0 { configuration.maxUnknownCommandCount = 3 }
    if isLMTP { configuration.dialect = .lmtp }
    policy = Ears(refusesSome: options & 64 != 0)
    session = SMTPServerSession(configuration: configuration, policy: policy)
    precondition(session.open() == .needsInput)
    take()
  }

  mutating func take() {
    output += session.output
    session.output = []
  }

  mutating func receive(_ input: [UInt8]) {
    guard closeReason == nil else { return }
    var position = 0
    while true {
      let before = position
      let effect = session.receive(input.span, at: &position)
      precondition(position >= before && position <= input.count)
      switch effect {
      case .needsInput:
        precondition(position == input.count)
        precondition((open != nil) == session.hasUnfinishedMessage)
        precondition(open == nil || session.abortedByteCount != nil)
        return take()
      case .close(let reason):
        closeReason = reason
        return take()
      case .stall:
        precondition(position == input.count)
        return take()
      case .delay:
        take()
        session.endDelay()
      case .flush:
        precondition(!session.output.isEmpty)
        take()
      case .startTLS: preconditionFailure("nobody offered TLS, which depends on the cut")
      case .beginMessage:
        precondition(open == nil)
        open = []
      case .content(let range):
        precondition(!range.isEmpty && range.upperBound <= position)
        open! += input[range]
      case .carriageReturn: open!.append(.carriageReturn)
      case .lineEnd: open! += [.carriageReturn, .lineFeed]
      case .discardMessage:
        precondition(open != nil)
        open = nil
      case .endMessage:
        messages.append(open!)
        open = nil
        session.finishMessage(SMTPReply(250, EnhancedStatus(0, 0), "OK"))
      }
    }
  }

  func checkReplies() {
    var refusalCount = 0
    var start = 0
    while start < output.count {
      guard let end = output[start...].firstIndex(of: .lineFeed) else {
        preconditionFailure("the output ends inside a line")
      }
      let line = output[start..<end]
      start = end + 1
      precondition(line.count >= 5 && line.count <= 520 && line.last == .carriageReturn)
      precondition(line.prefix(3).allSatisfy(\.isDigit))
      let separator = line[line.startIndex + 3]
      precondition(separator == .space || separator == .ascii("-"))
      precondition(!line.dropLast().contains { $0 == .carriageReturn || $0 == .nul })
      if line.first! >= .ascii("4") && separator == .space { refusalCount += 1 }
    }
    let noted = policy.notes.count { if case .rejected = $0 { true } else { false } }
    precondition(noted == refusalCount, "a refusal without a note")
    precondition(session.state.messageCount == messages.count)
  }

  /// Whatever came before, the next transaction is as the first of a session.
  mutating func checkFresh() {
    guard closeReason == nil, session.stageName == "command" else { return }
    receive([.carriageReturn, .lineFeed])
    guard closeReason == nil, session.stageName == "command" else { return }
    policy.refusesSome = false
    let outputCount = output.count
    let messageCount = messages.count
    let greeting = session.state.isLMTP ? "LHLO x\r\n" : "HELO x\r\n"
    receive([UInt8](greeting.utf8))
    let greetedCount = output.count
    precondition(output[outputCount...].starts(with: "250".utf8))
    receive([UInt8]("MAIL FROM:<>\r\nRCPT TO:<b@s>\r\nDATA\r\nz\r\n.\r\n".utf8))
    let answer = String(decoding: output[greetedCount...], as: UTF8.self)
    let codes = answer.split(separator: "\r\n").map { $0.prefix(3) }
    precondition(codes == ["250", "250", "354", "250"])
    precondition(messages.count == messageCount + 1)
    precondition(messages.last == [UInt8]("z\r\n".utf8))
    precondition(session.abortedByteCount == nil && !session.isInTransaction)
  }
}
