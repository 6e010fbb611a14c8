import MailProtocols
import Testing

/// Drives a session over octets in memory, as SMTPServerDriver does over a connection, and holds
/// it to what it promises: effects in order, well-formed replies, a note for each refusal.
struct SMTPDialogue {
  /// A message that was handed over.
  struct Message: Equatable {
    let sender: String
    let recipients: [String]
    let content: [UInt8]
  }

  var session: SMTPServerSession
  let policy: ScriptedPolicy
  /// The answer to the end of each message.
  var storeReply = SMTPReply(250, EnhancedStatus(0, 0), "OK")
  /// Everything the client was sent.
  private(set) var output: [UInt8] = []
  private(set) var messages: [Message] = []
  private(set) var discardCount = 0
  private(set) var flushCount = 0
  private(set) var closeReason: SMTPCloseReason?
  private(set) var isStalled = false
  /// Each delay, and what the client had been sent before it.
  private(set) var delays: [(duration: Duration, sent: String)] = []
  private var openContent: [UInt8]?

  static var configuration: SMTPServerConfiguration {
    SMTPServerConfiguration(hostname: "sink.test", greeting: "ESMTP")
  }

  init(
    _ configuration: SMTPServerConfiguration = Self.configuration,
    policy: ScriptedPolicy = ScriptedPolicy()
  ) {
    self.policy = policy
    session = SMTPServerSession(configuration: configuration, policy: policy)
    obey(session.open())
  }

  /// What a session asks for at its start, and behind delays.
  private mutating func obey(_ effect: SMTPServerEffect) {
    takeOutput()
    switch effect {
    case .close(let reason): closeReason = reason
    case .stall: isStalled = true
    case .delay(let duration):
      delays.append((duration, text))
      session.endDelay()
      var position = 0
      obey(session.receive([UInt8]().span, at: &position))
    default: #expect(effect == .needsInput)
    }
  }

  /// The client sends octets that arrive at once.
  mutating func send(_ octets: [UInt8]) {
    guard closeReason == nil, !isStalled else { return }
    var position = 0
    while true {
      let before = position
      let effect = session.receive(octets.span, at: &position)
      #expect(position >= before && position <= octets.count)
      switch effect {
      case .needsInput:
        #expect(position == octets.count)
        takeOutput()
        return
      case .close(let reason):
        closeReason = reason
        takeOutput()
        return
      case .stall:
        #expect(position == octets.count)
        isStalled = true
        takeOutput()
        return
      case .delay(let duration):
        takeOutput()
        delays.append((duration, text))
        session.endDelay()
      case .flush:
        #expect(!session.output.isEmpty)
        flushCount += 1
        takeOutput()
      case .startTLS:
        takeOutput()
        session.tlsStarted()
      case .beginMessage:
        #expect(openContent == nil && session.state.envelope?.recipients.isEmpty == false)
        openContent = []
      case .content(let range):
        #expect(openContent != nil && !range.isEmpty && range.upperBound <= position)
        openContent? += octets[range]
      case .carriageReturn:
        #expect(openContent != nil)
        openContent?.append(.carriageReturn)
      case .lineEnd:
        #expect(openContent != nil)
        openContent? += [.carriageReturn, .lineFeed]
      case .endMessage:
        finish()
      case .discardMessage:
        #expect(openContent != nil)
        openContent = nil
        discardCount += 1
      }
    }
  }

  /// The client sends text, cut after each `size` octets.
  mutating func send(_ text: String, inPiecesOf size: Int = .max) {
    let octets = [UInt8](text.utf8)
    var start = 0
    while start < octets.count {
      let end = start + min(size, octets.count - start)
      send(Array(octets[start..<end]))
      start = end
    }
  }

  /// Sends command lines and gives what was answered to them.
  mutating func ask(_ lines: String...) -> String {
    let start = output.count
    send(lines.map { $0 + "\r\n" }.joined())
    return String(decoding: output[start...], as: UTF8.self)
  }

  /// The code (and, where there is one, the enhanced code) of the reply to one line.
  mutating func code(_ line: String) -> String {
    let words = ask(line).split(separator: "\r\n").last?.split(separator: " ") ?? []
    let isEnhanced = words.count > 1 && words[1].split(separator: ".").count == 3
    return words.prefix(isEnhanced ? 2 : 1).joined(separator: " ")
  }

  /// A dialogue in which the client has said EHLO, MAIL and one RCPT.
  static func inTransaction(
    _ configuration: SMTPServerConfiguration = configuration,
    policy: ScriptedPolicy = ScriptedPolicy(), mail: String = "MAIL FROM:<a@c.test>"
  ) -> SMTPDialogue {
    var dialogue = SMTPDialogue(configuration, policy: policy)
    dialogue.send("EHLO client.test\r\n\(mail)\r\nRCPT TO:<b@s.test>\r\n")
    #expect(dialogue.session.state.envelope?.recipients.count == 1)
    return dialogue
  }

  var text: String { String(decoding: output, as: UTF8.self) }

  /// The codes of all replies so far, the greeting's first.
  var codes: [Int] { SMTPWire.replies(output).map(\.code) }

  private mutating func finish() {
    let envelope = session.state.envelope!
    #expect(openContent != nil)
    if !storeReply.isNegative {
      messages.append(
        Message(
          sender: String(decoding: envelope.sender.address, as: UTF8.self),
          recipients: envelope.recipients.map { String(decoding: $0.path.address, as: UTF8.self) },
          content: openContent ?? []))
    }
    openContent = nil
    session.finishMessage(storeReply)
  }

  private mutating func takeOutput() {
    output += session.output
    session.output = []
    if closeReason == nil {
      #expect((openContent != nil) == session.hasUnfinishedMessage)
    }
  }

  /// What holds at the end of every dialogue.
  func checkEnd() {
    let replies = SMTPWire.replies(output)
    let refusals = replies.map(\.code).filter { $0 >= 400 }
    #expect(refusals == policy.rejected.map(\.code), "a note for each refusal, and no other")
    #expect(session.state.messageCount == messages.count)
    #expect(
      (openContent != nil) == session.hasUnfinishedMessage,
      "a message is open that the session has forgotten")
    #expect(
      closeReason != nil || openContent == nil || session.abortedByteCount != nil,
      "a connection lost now would leave a message open")
  }
}

/// Replies as a client reads them.
enum SMTPWire {
  static func replies(_ output: [UInt8]) -> [(code: Int, lines: [[UInt8]])] {
    var replies: [(code: Int, lines: [[UInt8]])] = []
    var lines: [[UInt8]] = []
    var start = 0
    while start < output.count {
      guard let end = output[start...].firstIndex(of: .lineFeed) else {
        Issue.record("the output ends inside a line")
        return replies
      }
      let line = Array(output[start..<end])
      start = end + 1
      guard line.last == .carriageReturn, line.count >= 5,
        let code = Int(String(decoding: line.prefix(3), as: UTF8.self)), code >= 200,
        line[3] == .space || line[3] == .ascii("-"),
        !line.dropLast().contains(where: { $0 == .carriageReturn || $0 == .nul })
      else {
        Issue.record("not the line of a reply: \(String(decoding: line, as: UTF8.self))")
        continue
      }
      lines.append(line.dropLast())
      #expect(lines.allSatisfy { $0.prefix(3) == line.prefix(3) }, "one code in all lines")
      if line[3] == .space {
        replies.append((code, lines))
        lines = []
      }
    }
    #expect(lines.isEmpty, "the output ends inside a reply")
    return replies
  }
}
