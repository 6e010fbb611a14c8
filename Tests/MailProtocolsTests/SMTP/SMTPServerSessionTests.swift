import MailProtocols
import Testing

/// A command line of exactly so many octets, CRLF included.
private func line(_ start: String, _ count: Int) -> String {
  start + String(repeating: "a", count: count - start.utf8.count - 2) + "\r\n"
}

@Suite("SMTP server session")
struct SMTPServerSessionTests {
  @Test(
    "a command may have as many octets as its extensions add, and no more",
    arguments: [
      ("NOOP ", "250", 512), ("XYZZY ", "500", 512), ("HELP ", "501", 512), ("VRFY ", "252", 522),
      ("EXPN ", "502", 522), ("EHLO ", "250", 512), ("HELO ", "250", 512),
      ("MAIL FROM:<a@c.test> AUTH=", "250", 512 + 26 + 17 + 10 + 100 + 500),
      ("RCPT TO:<", "553", 1012), ("BDAT ", "501", 512), ("RSET ", "501", 512),
    ])
  func commandLimits(start: String, code: String, limit: Int) {
    for octetsAtOnce in [Int.max, 100, 1] {
      for extra in 0...1 {
        var configuration = SMTPDialogue.configuration
        configuration.maxCommandByteCount = 512
        let policy = ScriptedPolicy()
        policy.offers = [SMTPAuthOffer(name: .plain, isUsable: true)]
        var dialogue = SMTPDialogue(configuration, policy: policy)
        dialogue.send("EHLO c.test\r\n")
        if start.hasPrefix("RCPT") { dialogue.send("MAIL FROM:<a@c.test>\r\n") }
        let before = dialogue.codes.count
        dialogue.send(line(start, limit + extra), inPiecesOf: octetsAtOnce)
        #expect(dialogue.codes.count == before + 1)
        let isTooLong = dialogue.text.hasSuffix("500 5.5.2 Error: command line too long\r\n")
        #expect(isTooLong == (extra == 1))
        if extra == 0 { #expect("\(dialogue.codes.last!)" == code) }
        #expect(dialogue.code("NOOP").hasPrefix("250"))
      }
    }
  }

  @Test("without extensions every command has the same limit, but MAIL with AUTH and AUTH")
  func plainCommandLimits() {
    var configuration = SMTPDialogue.configuration
    configuration.keywords = []
    for verb in SMTPVerb.allCases {
      let limit = verb == .mail ? 2548 : verb == .auth ? 12_290 : 2048
      #expect(configuration.maxByteCount(of: verb) == limit)
    }
    #expect(configuration.maxByteCount(of: nil) == 2048)
    #expect(configuration.maxLineByteCount == 12_290)
  }

  @Test("a line without end costs no memory, and one reply")
  func endlessLine() {
    var dialogue = SMTPDialogue()
    let piece = [UInt8](repeating: .ascii("x"), count: 65_536)
    for _ in 0..<64 { dialogue.send(piece) }
    #expect(dialogue.codes == [220])
    dialogue.send("\r\nNOOP\r\n")
    #expect(dialogue.codes == [220, 500, 250])
    #expect(dialogue.policy.lines[0].count == dialogue.session.configuration.maxLineByteCount)
  }

  @Test("the Nth unknown command ends the session", arguments: [1, 2, 20])
  func unknownLimit(limit: Int) {
    var configuration = SMTPDialogue.configuration
    configuration.maxUnknownCommandCount = limit
    var dialogue = SMTPDialogue(configuration)
    for _ in 1..<limit { #expect(dialogue.code("XYZZY") == "500") }
    #expect(dialogue.code("NOOP") == "250")
    #expect(dialogue.closeReason == nil)
    #expect(dialogue.code("XYZZY") == "502")
    #expect(dialogue.closeReason == .limit)
  }

  @Test("a command may be called as often as its limit says", arguments: [0, 1, 3])
  func callLimit(limit: Int) {
    var configuration = SMTPDialogue.configuration
    configuration.maxCallCounts = [.noop: limit, .rset: limit + 1]
    var dialogue = SMTPDialogue(configuration)
    for _ in 0..<limit { #expect(dialogue.code("NOOP") == "250") }
    #expect(dialogue.code("RSET") == "250")
    #expect(dialogue.code("VRFY a") == "252")
    #expect(dialogue.code("noop x") == "421")
    #expect(dialogue.closeReason == .limit)
  }

  @Test("recipients are limited per message", arguments: [1, 5])
  func recipientLimit(limit: Int) {
    var configuration = SMTPDialogue.configuration
    configuration.maxRecipientCount = limit
    var dialogue = SMTPDialogue(configuration)
    _ = dialogue.ask("EHLO c.test")
    for _ in 0..<2 {
      _ = dialogue.ask("MAIL FROM:<>")
      for number in 0..<limit {
        #expect(dialogue.code("RCPT TO:<\(number)@s.test>") == "250 2.1.5")
      }
      #expect(dialogue.code("RCPT TO:<x@s.test>") == "452 4.5.3")
      #expect(dialogue.ask("DATA", ".").hasSuffix("250 2.0.0 OK\r\n"))
    }
    #expect(dialogue.messages.map(\.recipients.count) == [limit, limit])
  }

  @Test("a client that pipelines without reading makes the server send in between")
  func flush() {
    var dialogue = SMTPDialogue()
    dialogue.send(String(repeating: "NOOP\r\n", count: 10_000))
    #expect(dialogue.codes.count == 10_001)
    // 8 octets a reply, 16 KiB at a time.
    #expect((4...5).contains(dialogue.flushCount))
    var small = SMTPDialogue()
    small.send(String(repeating: "NOOP\r\n", count: 2048))
    #expect(small.flushCount == 0)
    small.send(String(repeating: "NOOP\r\n", count: 2049))
    #expect(small.flushCount == 1)
  }

  @Test("one reply to the commands of one packet, one write")
  func oneWrite() {
    let policy = ScriptedPolicy()
    var session = SMTPServerSession(configuration: SMTPDialogue.configuration, policy: policy)
    #expect(session.open() == .needsInput)
    session.output = []
    let input = [UInt8]("EHLO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<b@s.test>\r\nDATA\r\n".utf8)
    var position = 0
    #expect(session.receive(input.span, at: &position) == .beginMessage)
    #expect(session.receive(input.span, at: &position) == .needsInput)
    #expect(position == input.count)
    #expect(SMTPWire.replies(session.output).map(\.code) == [250, 250, 250, 354])
  }

  @Test("a message that is being stored is asked for until it is answered")
  func storing() {
    let policy = ScriptedPolicy()
    var session = SMTPServerSession(configuration: SMTPDialogue.configuration, policy: policy)
    _ = session.open()
    let input = [UInt8]("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\nDATA\r\n.\r\nNOOP\r\n".utf8)
    var position = 0
    #expect(session.receive(input.span, at: &position) == .beginMessage)
    #expect(session.receive(input.span, at: &position) == .endMessage)
    #expect(session.receive(input.span, at: &position) == .endMessage)
    #expect(session.stageName == "." && session.abortedByteCount == 0)
    #expect(session.state.envelope?.recipients.count == 1)
    session.finishMessage(SMTPReply(250, nil, "Kept"))
    #expect(session.state.messageCount == 1 && !session.isInTransaction)
    #expect(session.receive(input.span, at: &position) == .needsInput)
    #expect(String(decoding: session.output, as: UTF8.self).hasSuffix("250 Kept\r\n250 OK\r\n"))
  }

  @Test(
    "the answer of the store is the client's",
    arguments: ["250 2.0.0 Kept", "451 4.3.0 Later", "452 4.3.1 Full", "550 5.7.1 No"])
  func storeReply(reply: String) {
    var dialogue = SMTPDialogue.inTransaction()
    dialogue.storeReply = SMTPReply(wire: reply)
    #expect(dialogue.ask("DATA", "x", ".").hasSuffix("\r\n\(reply)\r\n"))
    #expect(dialogue.messages.count == (reply.hasPrefix("250") ? 1 : 0))
    #expect(dialogue.code("MAIL FROM:<>") == "250 2.1.0")
    dialogue.checkEnd()
  }

  @Test("what a policy wants said at the end is not said when storing failed")
  func storeFailsAfterPolicy() {
    let policy = ScriptedPolicy([".": SMTPReply(wire: "250 2.0.0 Queued")])
    var dialogue = SMTPDialogue.inTransaction(policy: policy)
    dialogue.storeReply = SMTPReply(wire: "451 4.3.0 Later")
    #expect(dialogue.ask("DATA", ".").hasSuffix("451 4.3.0 Later\r\n"))
    dialogue.storeReply = SMTPReply(250, EnhancedStatus(0, 0), "Kept")
    policy.replies = [:]
    #expect(dialogue.ask("MAIL FROM:<>", "RCPT TO:<b>", "DATA", ".").hasSuffix("Kept\r\n"))
  }

  @Test("refused content is dropped at once, and the message thrown away before its end")
  func discardEarly() {
    var configuration = SMTPDialogue.configuration
    configuration.maxMessageByteCount = 10
    var dialogue = SMTPDialogue.inTransaction(configuration)
    dialogue.send("DATA\r\n01234567\r\n")
    #expect(dialogue.discardCount == 0)
    dialogue.send("0")
    #expect(dialogue.discardCount == 1)
    #expect(dialogue.session.abortedByteCount == 11)
    dialogue.send("\r\n.\r\n")
    #expect(dialogue.discardCount == 1)
    #expect(dialogue.codes.last == 552)
    dialogue.checkEnd()
  }

  @Test("the end from our side is said once")
  func end() {
    for (reason, text) in [
      (SMTPCloseReason.timeout, "421 4.4.2 Error: time-out exceeded\r\n"),
      (.drain, "421 4.3.2 Service shutting down\r\n"), (.limit, ""), (.quit, ""),
    ] {
      var dialogue = SMTPDialogue.inTransaction()
      dialogue.session.end(reason)
      #expect(String(decoding: dialogue.session.output, as: UTF8.self) == text)
      let start = dialogue.output.count
      dialogue.send("NOOP\r\n")
      #expect(dialogue.closeReason == reason)
      #expect(dialogue.output.count == start + text.utf8.count)
    }
  }

  @Test("the state tells what the client has said")
  func state() {
    var dialogue = SMTPDialogue()
    #expect(dialogue.session.state.helo == nil && dialogue.session.state.protocolName == "SMTP")
    _ = dialogue.ask("EHLO c.test", "XYZZY", "MAIL FROM:<a> SMTPUTF8")
    #expect(dialogue.session.state.helo == [UInt8]("c.test".utf8))
    #expect(dialogue.session.state.protocolName == "UTF8SMTP")
    #expect(dialogue.session.state.commandCount == 3)
    _ = dialogue.ask("RSET")
    #expect(dialogue.session.state.protocolName == "ESMTP")
    #expect(dialogue.session.stageName == "command")
    #expect(dialogue.session.abortedByteCount == nil)
    _ = dialogue.ask("HELO d.test")
    #expect(dialogue.session.state.protocolName == "SMTP")
    #expect(dialogue.session.state.helo == [UInt8]("d.test".utf8))
  }

  @Test("a refused greeting leaves the one before")
  func refusedGreeting() {
    let policy = ScriptedPolicy()
    var dialogue = SMTPDialogue.inTransaction(policy: policy)
    policy.replies["helo"] = SMTPReply(wire: "550 5.7.1 No")
    #expect(dialogue.code("HELO d.test") == "550 5.7.1")
    #expect(dialogue.session.state.helo == [UInt8]("client.test".utf8))
    #expect(dialogue.session.isInTransaction && dialogue.session.state.isExtended)
  }

  @Test("STARTTLS between the chunks of a message throws it away (RFC 3207 4.2)")
  func startTLSBetweenChunks() {
    var configuration = SMTPDialogue.configuration
    configuration.tls = .offered
    var dialogue = SMTPDialogue.inTransaction(configuration)
    dialogue.send("BDAT 2\r\nab")
    #expect(dialogue.code("STARTTLS") == "220 2.0.0")
    #expect(dialogue.discardCount == 1)
    #expect(dialogue.code("BDAT 0 LAST") == "503")
    _ = dialogue.ask("EHLO c.test", "MAIL FROM:<>", "RCPT TO:<b@s.test>", "BDAT 0 LAST")
    #expect(dialogue.messages.map(\.content) == [[]])
    dialogue.checkEnd()
  }

  @Test("a message of 8 MiB goes through in pieces of the input")
  func large() {
    var dialogue = SMTPDialogue.inTransaction()
    _ = dialogue.ask("DATA")
    let line = [UInt8](repeating: .ascii("x"), count: 998) + [.carriageReturn, .lineFeed]
    let piece = (0..<64).flatMap { _ in line }
    for _ in 0..<131 { dialogue.send(piece) }
    dialogue.send(".\r\n")
    #expect(dialogue.messages.first?.content.count == 131 * 64_000)
    #expect(dialogue.policy.asked.last == ". \(131 * 64_000)")
  }
}
