import MailProtocols
import Testing

/// What transcripts cannot say of LMTP: names, questions, writes. The dialogues are in Fixtures/smtp,
/// lmtp-*.
@Suite("LMTP server session")
struct LMTPServerSessionTests {
  private static var configuration: SMTPServerConfiguration {
    var configuration = SMTPDialogue.configuration
    configuration.dialect = .lmtp
    return configuration
  }

  private func transaction(
    _ recipients: [String], policy: ScriptedPolicy = ScriptedPolicy(),
    _ configuration: SMTPServerConfiguration = Self.configuration
  ) -> SMTPDialogue {
    var dialogue = SMTPDialogue(configuration, policy: policy)
    dialogue.send("LHLO client.test\r\nMAIL FROM:<a@c.test>\r\n")
    for recipient in recipients { dialogue.send("RCPT TO:<\(recipient)>\r\n") }
    return dialogue
  }

  @Test("the protocol has the words of RFC 3848 and RFC 6531 4.3")
  func names() {
    var configuration = Self.configuration
    configuration.tls = .offered
    let policy = ScriptedPolicy()
    policy.offers = [SMTPAuthOffer(name: .plain, isUsable: true)]
    policy.authority = TestAuthority(user: "tim", secret: "tanstaaftanstaaf")
    for (usesTLS, logsIn, suffix) in [
      (false, false, ""), (true, false, "S"), (false, true, "A"), (true, true, "SA"),
    ] {
      var dialogue = SMTPDialogue(configuration, policy: policy)
      #expect(dialogue.session.state.protocolName == "LMTP")
      if usesTLS {
        _ = dialogue.ask("LHLO x", "STARTTLS")
        #expect(dialogue.session.state.protocolName == "LMTP")
        #expect(dialogue.session.state.isTLS && dialogue.session.state.isLMTP)
      }
      _ = dialogue.ask("LHLO x")
      if logsIn {
        #expect(dialogue.code("AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm") == "235 2.7.0")
      }
      #expect(dialogue.session.state.protocolName == "LMTP" + suffix)
      _ = dialogue.ask("MAIL FROM:<a@c.test> SMTPUTF8")
      #expect(dialogue.session.state.protocolName == "UTF8LMTP" + suffix)
    }
  }

  @Test("before TLS, where it is required, LHLO is done; HELP and MAIL are not")
  func requiredTLS() {
    var configuration = Self.configuration
    configuration.tls = .required
    var dialogue = SMTPDialogue(configuration)
    #expect(dialogue.ask("LHLO x").contains("250-STARTTLS\r\n"))
    #expect(dialogue.code("MAIL FROM:<a@c.test>") == "530 5.7.0")
    #expect(dialogue.code("STARTTLS") == "220 2.0.0" || dialogue.session.state.isTLS)
    #expect(dialogue.code("MAIL FROM:<a@c.test>") == "503")
    #expect(!dialogue.ask("LHLO x").contains("STARTTLS"))
  }

  @Test("the end of the data is asked about for each recipient, in order, duplicates too")
  func askedForEach() {
    let policy = ScriptedPolicy([".=c@s.test": SMTPReply(wire: "550 5.1.1 no")])
    var dialogue = transaction(["b@s.test", "c@s.test", "b@s.test"], policy: policy)
    dialogue.send("DATA\r\nx\r\n.\r\n")
    #expect(policy.asked.suffix(3) == [". 3 b@s.test", ". 3 c@s.test", ". 3 b@s.test"])
    #expect(policy.rejectedStages == ["."])
    #expect(dialogue.messages.map(\.recipients) == [["b@s.test", "b@s.test"]])
    dialogue.checkEnd()
  }

  @Test("a policy that knows of messages alone is asked as if each recipient had its own")
  func plainPolicy() {
    final class Plain: SMTPServerPolicy {
      var byteCounts: [Int] = []
      func endOfData(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision {
        byteCounts.append(byteCount)
        return byteCounts.count == 2 ? .reply(SMTPReply(550, nil, "no")) : .accept
      }
    }
    let policy = Plain()
    var session = SMTPServerSession(configuration: Self.configuration, policy: policy)
    _ = session.open()
    let input = [UInt8](
      ("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@s>\r\nRCPT TO:<c@s>\r\nDATA\r\nx\r\n.\r\n").utf8)
    var position = 0
    while case let effect = session.receive(input.span, at: &position), effect != .needsInput {
      if effect == .endMessage {
        #expect(session.state.envelope?.recipients.map(\.place) == [0])
        session.finishMessage(SMTPReply(250, nil, "OK"))
      }
    }
    #expect(policy.byteCounts == [3, 3])
    #expect(session.state.messageCount == 1)
  }

  @Test("a last chunk that the policy refuses is refused for each recipient (RFC 2033 4.3)")
  func refusedLastChunk() {
    var dialogue = transaction(["b@s.test", "c@s.test"])
    dialogue.policy.replies["chunk"] = SMTPReply(wire: "452 4.2.2 Full")
    #expect(dialogue.ask("BDAT 2\r\n") == "452 4.2.2 Full\r\n")
    #expect(dialogue.code("RSET") == "250 2.0.0")
    dialogue = transaction(["b@s.test", "c@s.test"])
    dialogue.policy.replies["chunk"] = SMTPReply(wire: "452 4.2.2 Full")
    #expect(dialogue.ask("BDAT 2 LAST\r\n") == "452 4.2.2 Full\r\n452 4.2.2 Full\r\n")
    #expect(dialogue.messages.isEmpty)
    dialogue.checkEnd()
  }

  @Test("HELP lists LHLO and neither HELO nor EHLO")
  func help() {
    var dialogue = SMTPDialogue(Self.configuration)
    let words = dialogue.ask("HELP").split(separator: " ")
    #expect(words.contains("LHLO"))
    #expect(!words.contains("HELO") && !words.contains("EHLO"))
    var plain = SMTPDialogue()
    #expect(!plain.ask("HELP").contains("LHLO"))
  }

  @Test("EHLO and HELO count as unknown commands, and the last one allowed ends the session")
  func unknownLimit() {
    var configuration = Self.configuration
    configuration.maxUnknownCommandCount = 2
    var dialogue = SMTPDialogue(configuration)
    #expect(dialogue.code("EHLO x") == "500")
    #expect(dialogue.code("HELO x") == "502")
    #expect(dialogue.closeReason == .limit)
  }

  @Test("a thousand recipients are answered in one piece of output")
  func manyInOneWrite() {
    var dialogue = transaction((0..<1000).map { "r\($0)@s.test" })
    dialogue.send("DATA\r\nx\r\n")
    let flushCount = dialogue.flushCount
    let start = dialogue.output.count
    dialogue.send(".\r\n")
    #expect(dialogue.flushCount == flushCount)
    let answers = SMTPWire.replies(Array(dialogue.output[start...]))
    #expect(answers.map(\.code) == Array(repeating: 250, count: 1000))
    #expect(dialogue.messages.first?.recipients.count == 1000)
  }
}
