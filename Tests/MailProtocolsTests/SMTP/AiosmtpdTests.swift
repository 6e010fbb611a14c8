import MailProtocols
import Testing

/// What aiosmtpd 1.4.6 can be told and does, and how it is had here: a test a row of the table in
/// the contract, named after aiosmtpd's word. TLS, AUTH and LMTP stand in
/// AiosmtpdSecurityTests, what needs a process in SinkAiosmtpdTests.
@Suite("aiosmtpd's SMTP class")
struct AiosmtpdTests {
  private func dialogue(
    policy: ScriptedPolicy = ScriptedPolicy(),
    _ change: (inout SMTPServerConfiguration) -> Void = { _ in }
  ) -> SMTPDialogue {
    var configuration = SMTPDialogue.configuration
    change(&configuration)
    return SMTPDialogue(configuration, policy: policy)
  }

  @Test("data_size_limit: announced, held against SIZE=, held against the message")
  func dataSizeLimit() {
    var one = dialogue { $0.maxMessageByteCount = 9999 }
    #expect(one.ask("EHLO example.com").contains("250-SIZE 9999\r\n"))
    #expect(one.code("MAIL FROM:<anne@example.com> SIZE=10000") == "552 5.3.4")
    #expect(one.code("MAIL FROM:<anne@example.com> SIZE=9999") == "250 2.1.0")
    _ = one.ask("RCPT TO:<bart@example.com>", "DATA")
    #expect(one.code(String(repeating: "a", count: 9998)).isEmpty)
    #expect(one.code(".") == "552 5.3.4")
    var none = dialogue { $0.maxMessageByteCount = 0 }
    #expect(none.ask("EHLO example.com").contains("250-SIZE 0\r\n"))
    #expect(none.code("MAIL FROM:<anne@example.com> SIZE=99999999999") == "250 2.1.0")
  }

  @Test("enable_SMTPUTF8: announced and obeyed, or neither")
  func enableSMTPUTF8() {
    var on = dialogue()
    #expect(on.ask("EHLO example.com").contains("250-SMTPUTF8\r\n"))
    #expect(on.code("MAIL FROM:<anne@example.com> SMTPUTF8=x") == "501 5.5.4")
    #expect(on.code("MAIL FROM:<änne@example.com> SMTPUTF8") == "250 2.1.0")
    var off = dialogue { $0.keywords.remove(.smtpUTF8) }
    #expect(!off.ask("EHLO example.com").contains("SMTPUTF8"))
    #expect(off.code("MAIL FROM:<änne@example.com>") == "500 5.5.2")
    #expect(off.code("MAIL FROM:<anne@example.com> SMTPUTF8") == "555 5.5.4")
  }

  @Test("decode_data: content is octets, unless 8BITMIME and SMTPUTF8 are off")
  func decodeData() {
    var octets = SMTPDialogue.inTransaction()
    octets.send("DATA\r\n")
    octets.send([0xFF, 0x00, 0xC3, 0x0D, 0x0A])
    octets.send(".\r\n")
    #expect(octets.messages.first?.content == [0xFF, 0x00, 0xC3, 0x0D, 0x0A])
    var configuration = SMTPDialogue.configuration
    configuration.keywords.subtract([.eightBitMIME, .smtpUTF8])
    var ascii = SMTPDialogue.inTransaction(configuration)
    #expect(
      ascii.ask("DATA", "é", ".").hasSuffix("500 5.6.1 Error: 8-bit content is not allowed\r\n"))
  }

  @Test("hostname, ident: the greeting, and the first line of HELO and EHLO")
  func hostnameAndIdent() {
    let configuration = SMTPServerConfiguration(hostname: "mx.example", greeting: "Hello there")
    var dialogue = SMTPDialogue(configuration)
    #expect(dialogue.text == "220 mx.example Hello there\r\n")
    #expect(dialogue.ask("HELO x") == "250 mx.example\r\n")
    #expect(dialogue.ask("EHLO x").hasPrefix("250-mx.example\r\n"))
  }

  @Test("command_call_limit: 421 4.7.0 and the close")
  func commandCallLimit() {
    var dialogue = dialogue { $0.maxCallCounts = [.noop: 15, .expn: 5] }
    for _ in 0..<15 { #expect(dialogue.code("NOOP") == "250") }
    for _ in 0..<5 { #expect(dialogue.code("EXPN") == "502") }
    for _ in 0..<50 { #expect(dialogue.code("RSET") == "250") }
    #expect(dialogue.ask("EXPN") == "421 EXPN sent too many times\r\n")
    #expect(dialogue.closeReason == .limit)
  }

  @Test("BOGUS_LIMIT: the last unknown command is 502 and the close")
  func bogusLimit() {
    var dialogue = dialogue { $0.maxUnknownCommandCount = 5 }
    for _ in 0..<4 { #expect(dialogue.code("BOGUS") == "500") }
    #expect(dialogue.code("BOGUS") == "502")
    #expect(dialogue.closeReason == .limit)
  }

  @Test("line_length_limit: 500 after the end of the data")
  func lineLengthLimit() {
    var configuration = SMTPDialogue.configuration
    configuration.maxDataLineByteCount = 1001
    for (length, code) in [(999, "250 2.0.0"), (1000, "500 5.5.2")] {
      var dialogue = SMTPDialogue.inTransaction(configuration)
      #expect(dialogue.code("DATA") == "354")
      #expect(dialogue.code(String(repeating: "a", count: length)).isEmpty)
      #expect(dialogue.code(".") == code)
      #expect(dialogue.code("NOOP") == "250 2.0.0")
    }
  }

  @Test("local_part_limit: 553 5.1.3 one past it")
  func localPartLimit() {
    var dialogue = dialogue { $0.maxLocalPartByteCount = 64 }
    _ = dialogue.ask("EHLO example.com", "MAIL FROM:<>")
    let name = String(repeating: "a", count: 64)
    #expect(dialogue.code("RCPT TO:<\(name)@example.com>") == "250 2.1.5")
    #expect(dialogue.code("RCPT TO:<\(name)a@example.com>") == "553 5.1.3")
  }

  @Test("command_size_limit(s): SIZE and SMTPUTF8 add to MAIL, and to no later session")
  func commandSizeLimits() {
    var configuration = SMTPDialogue.configuration
    configuration.maxCommandByteCount = 512
    configuration.keywords = []
    let plain = configuration.maxByteCount(of: .mail)
    configuration.keywords = [.size]
    #expect(configuration.maxByteCount(of: .mail) == plain + 26)
    configuration.keywords = [.size, .smtpUTF8]
    #expect(configuration.maxByteCount(of: .mail) == plain + 36)
    var dialogue = SMTPDialogue(configuration)
    for _ in 0..<3 { _ = dialogue.ask("EHLO example.com") }
    #expect(dialogue.session.configuration.maxByteCount(of: .mail) == plain + 36)
    #expect(dialogue.code("HELP " + String(repeating: "a", count: 506)) == "500")
  }

  @Test("smtp_COMMAND: a command of one's own is answered by the policy, and is not bogus")
  func smtpCommand() {
    let policy = ScriptedPolicy(["unknown": SMTPReply(wire: "250 2.0.0 pong")])
    var dialogue = dialogue(policy: policy) { $0.maxUnknownCommandCount = 1 }
    for _ in 0..<3 { #expect(dialogue.ask("PING now") == "250 pong\r\n") }
    #expect(
      policy.asked == ["connect", "unknown PING now", "unknown PING now", "unknown PING now"])
  }

  @Test("@syntax, HELP: the policy may answer for commands of its own")
  func syntaxAndHelp() {
    let policy = ScriptedPolicy()
    var dialogue = dialogue(policy: policy)
    #expect(dialogue.ask("HELP").hasPrefix("250 Supported commands: "))
    #expect(dialogue.ask("HELP HELO") == "250 Syntax: HELO <hostname>\r\n")
    #expect(dialogue.code("HELP PING") == "501")
    policy.replies["help"] = SMTPReply(wire: "250 Syntax: PING [text]")
    #expect(dialogue.ask("HELP PING") == "250 Syntax: PING [text]\r\n")
    #expect(policy.asked.last == "help PING")
  }

  @Test("handle_HELO, handle_EHLO, handle_NOOP, handle_QUIT, handle_VRFY, handle_RSET")
  func handleSimple() {
    for (stage, line) in [
      ("helo", "HELO x"), ("ehlo", "EHLO x"), ("noop", "NOOP"), ("vrfy", "VRFY x"),
      ("rset", "RSET"),
      ("quit", "QUIT"),
    ] {
      var dialogue = dialogue(policy: ScriptedPolicy([stage: SMTPReply(wire: "250 handled")]))
      let reply = dialogue.ask(line)
      // The keywords stay behind the text of an EHLO hook.
      #expect(stage == "ehlo" ? reply.hasPrefix("250-handled\r\n") : reply == "250 handled\r\n")
    }
  }

  @Test("handle_EHLO(responses), ehlo_hook: the policy has the lines, and may change them")
  func handleEhloResponses() {
    let policy = ScriptedPolicy()
    policy.ehloLines = ["FEATURE1", "FEATURE2", "HELP"]
    var dialogue = dialogue(policy: policy)
    #expect(
      dialogue.ask("EHLO me") == "250-sink.test\r\n250-FEATURE1\r\n250-FEATURE2\r\n250 HELP\r\n")
  }

  @Test("handle_MAIL, handle_RCPT: the envelope fills itself when the answer is 2yz")
  func handleMailAndRcpt() {
    let policy = ScriptedPolicy([
      "mail": SMTPReply(wire: "250 2.1.0 mailed"), "rcpt": SMTPReply(wire: "250 2.1.5 received"),
      "rcpt=no@s.test": SMTPReply(wire: "550 5.1.1 no"),
    ])
    var dialogue = SMTPDialogue(policy: policy)
    _ = dialogue.ask("EHLO x")
    #expect(dialogue.ask("MAIL FROM:<a@c.test>") == "250 2.1.0 mailed\r\n")
    #expect(dialogue.ask("RCPT TO:<b@s.test>") == "250 2.1.5 received\r\n")
    #expect(dialogue.ask("RCPT TO:<no@s.test>") == "550 5.1.1 no\r\n")
    #expect(dialogue.ask("DATA", ".").hasSuffix("OK\r\n"))
    #expect(dialogue.messages.map(\.recipients) == [["b@s.test"]])
    #expect(dialogue.messages.map(\.sender) == ["a@c.test"])
  }

  @Test("handle_DATA: asked before 354, at the end, and by the store")
  func handleData() {
    let policy = ScriptedPolicy([".": SMTPReply(wire: "599 5.9.9 not today")])
    var dialogue = SMTPDialogue.inTransaction(policy: policy)
    #expect(dialogue.ask("DATA", "x", ".").hasSuffix("599 5.9.9 not today\r\n"))
    #expect(dialogue.messages.isEmpty)
    #expect(policy.asked.suffix(2) == ["data", ". 3"])
  }

  @Test("rset_hook: RSET forgets the envelope, and the session knows its client still")
  func rsetHook() {
    var dialogue = SMTPDialogue.inTransaction()
    #expect(dialogue.code("RSET") == "250 2.0.0")
    #expect(dialogue.session.state.envelope == nil)
    #expect(dialogue.session.state.isExtended)
    #expect(dialogue.policy.asked.last == "rset")
  }

  @Test("session, envelope: peers' words, senders, recipients and options as they were said")
  func sessionAndEnvelope() throws {
    var dialogue = SMTPDialogue()
    _ = dialogue.ask("EHLO Example.COM", "MAIL FROM:<Anne@c.test> BODY=8BITMIME ENVID=AbC SMTPUTF8")
    _ = dialogue.ask("RCPT TO:<@r.test:Bart@s.test> NOTIFY=SUCCESS ORCPT=rfc822;Bart@Old.test")
    let state = dialogue.session.state
    #expect(state.helo == [UInt8]("Example.COM".utf8) && state.isExtended)
    let envelope = try #require(state.envelope)
    #expect(envelope.sender.address == [UInt8]("Anne@c.test".utf8))
    #expect(envelope.options.usesUTF8 && envelope.options.body == .eightBitMIME)
    #expect(envelope.options.envelopeID == [UInt8]("AbC".utf8))
    let recipient = try #require(envelope.recipients.first)
    #expect(recipient.path.raw == [UInt8]("@r.test:Bart@s.test".utf8))
    #expect(recipient.path.address == [UInt8]("Bart@s.test".utf8))
    #expect(recipient.options.notify == .success)
    #expect(recipient.options.originalRecipient?.address == [UInt8]("Bart@Old.test".utf8))
  }
}
