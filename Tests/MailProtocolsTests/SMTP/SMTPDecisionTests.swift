import MailProtocols
import Testing

/// What a policy may do besides replying: end the connection, fall silent, wait, slow down, drop.
@Suite("SMTP decisions")
struct SMTPDecisionTests {
  typealias Hook = SMTPServerPolicyTests.Hook

  /// Those that come with lines alone; the greeting, STARTTLS and AUTH have tests of their own.
  static let hooks = SMTPServerPolicyTests.hooks

  /// Says what stands before the hook's line, and sets what it is answered then.
  private func dialogue(_ hook: Hook, _ decision: SMTPDecision) -> SMTPDialogue {
    var dialogue = SMTPDialogue()
    for line in hook.before { _ = dialogue.ask(line) }
    dialogue.policy.decisions[hook.stage] = decision
    return dialogue
  }

  private static let silences: [SMTPDecision.Verb] = [.close, .reset, .stall]

  private func checkSilence(_ dialogue: SMTPDialogue, _ verb: SMTPDecision.Verb) {
    switch verb {
    case .close: #expect(dialogue.closeReason == .rule && !dialogue.isStalled)
    case .reset: #expect(dialogue.closeReason == .reset && !dialogue.isStalled)
    case .stall: #expect(dialogue.closeReason == nil && dialogue.isStalled)
    case .usual, .reply, .drop: Issue.record("\(verb) is no silence")
    }
  }

  @Test(
    "close, reset and stall: no reply, the command is not done, and nothing behind it is heard",
    arguments: hooks, silences)
  func silence(hook: Hook, verb: SMTPDecision.Verb) {
    var dialogue = dialogue(hook, SMTPDecision(verb))
    let asked = dialogue.policy.asked.count
    let before = dialogue.session.state
    #expect(dialogue.ask(hook.line, "NOOP", "XYZZY", "QUIT") == "")
    checkSilence(dialogue, verb)
    #expect(dialogue.policy.asked.count == asked + 1)
    #expect(dialogue.messages.isEmpty && dialogue.session.messageCount == 0)
    let after = dialogue.session.state
    #expect(after.helo == before.helo && after.envelope == before.envelope)
    let stage = hook.stage == "chunk" ? "bdat" : hook.stage
    let isContent = stage == "." || stage == "bdat"
    #expect(dialogue.policy.cuts == [isContent ? stage : "\(stage) \(hook.line)"])
    // Content that was not thrown away is told of as cut short, where it was cut.
    #expect(dialogue.session.abortedByteCount == (stage == "." ? 3 : stage == "bdat" ? 2 : nil))
    if isContent { #expect(dialogue.session.stageName == stage) }
    #expect(dialogue.policy.rejected.isEmpty)
  }

  @Test("the same in place of the greeting", arguments: silences)
  func silentGreeting(verb: SMTPDecision.Verb) {
    let policy = ScriptedPolicy()
    policy.decisions["connect"] = SMTPDecision(verb)
    var dialogue = SMTPDialogue(policy: policy)
    #expect(dialogue.ask("EHLO c.test") == "" && dialogue.output.isEmpty)
    checkSilence(dialogue, verb)
    #expect(policy.cuts == ["connect"])
  }

  @Test("the same for STARTTLS and AUTH, whose secret is told to nobody", arguments: silences)
  func silentSecurity(verb: SMTPDecision.Verb) {
    for (stage, line) in [("starttls", "STARTTLS"), ("auth", "AUTH PLAIN AHVzZXIAcGVuY2ls")] {
      let policy = ScriptedPolicy()
      policy.offers = [SMTPAuthOffer(name: .plain, isUsable: true)]
      policy.decisions[stage] = SMTPDecision(verb)
      var configuration = SMTPDialogue.configuration
      configuration.tls = .offered
      var dialogue = SMTPDialogue(configuration, policy: policy)
      _ = dialogue.ask("EHLO c.test")
      #expect(dialogue.ask(line) == "")
      checkSilence(dialogue, verb)
      #expect(!dialogue.session.state.isTLS && dialogue.session.state.identity == nil)
      #expect(policy.cuts == [stage == "auth" ? "auth AUTH" : "starttls STARTTLS"])
    }
  }

  // MARK: - Delays

  @Test(
    "a delay: what was answered before is sent, then comes the wait, then the reply and all behind it",
    arguments: hooks)
  func delay(hook: Hook) {
    var plain = dialogue(hook, .accept)
    var delayed = dialogue(hook, SMTPDecision(.usual, delay: .seconds(7)))
    let before = delayed.text
    let lines = hook.line + "\r\n" + (hook.stage == "data" ? "x\r\n.\r\n" : "") + "XYZZY\r\n"
    plain.send(lines)
    delayed.send(lines)
    let expected = hook.stage == "unknown" ? 2 : 1
    #expect(delayed.delays.map(\.duration) == Array(repeating: .seconds(7), count: expected))
    #expect(delayed.delays[0].sent == before)
    #expect(delayed.output == plain.output)
    #expect(delayed.messages == plain.messages)
    #expect(delayed.closeReason == plain.closeReason)
    delayed.checkEnd()
  }

  @Test(
    "refusals wait as well, and so does the end of the session",
    arguments: [
      (SMTPDecision.Verb.reply(SMTPReply(451, nil, "No")), nil as SMTPCloseReason?),
      (.reply(SMTPReply(421, nil, "No")), .rule), (.close, .rule), (.reset, .reset),
    ])
  func delayedRefusal(verb: SMTPDecision.Verb, reason: SMTPCloseReason?) {
    for hook in Self.hooks {
      var dialogue = dialogue(hook, SMTPDecision(verb, delay: .milliseconds(5)))
      let before = dialogue.text
      let answer = dialogue.ask(hook.line)
      #expect(dialogue.delays.map(\.duration) == [.milliseconds(5)])
      #expect(dialogue.delays.first?.sent == before)
      if case .reply(let reply, _) = verb { #expect(answer == "\(reply.code) No\r\n") }
      #expect(dialogue.closeReason == reason)
    }
  }

  @Test("a greeting that waits, and one that is refused late")
  func delayedGreeting() {
    let policy = ScriptedPolicy()
    policy.decisions["connect"] = SMTPDecision(.usual, delay: .seconds(3))
    let patient = SMTPDialogue(policy: policy)
    #expect(patient.delays.map(\.sent) == [""])
    #expect(patient.text == "220 sink.test ESMTP\r\n")
    policy.decisions["connect"] = SMTPDecision(
      .reply(SMTPReply(421, nil, "Busy")), delay: .seconds(3))
    let refused = SMTPDialogue(policy: policy)
    #expect(refused.delays.map(\.sent) == [""])
    #expect(refused.text == "421 Busy\r\n")
    #expect(refused.closeReason == .rule)
  }

  @Test("TLS starts behind a 220 that waits")
  func delayedTLS() {
    var configuration = SMTPDialogue.configuration
    configuration.tls = .offered
    let policy = ScriptedPolicy()
    policy.decisions["starttls"] = SMTPDecision(.usual, delay: .seconds(1))
    var dialogue = SMTPDialogue(configuration, policy: policy)
    _ = dialogue.ask("EHLO c.test")
    #expect(dialogue.code("STARTTLS") == "220 2.0.0")
    #expect(dialogue.delays.count == 1 && dialogue.session.isStartingTLS == false)
    #expect(dialogue.code("NOOP") == "250")
  }

  @Test("a reply that waits when the server goes down is said before 421")
  func delayedDrain() {
    let policy = ScriptedPolicy()
    policy.decisions["."] = SMTPDecision(.usual, delay: .seconds(60))
    var session = SMTPServerSession(configuration: SMTPDialogue.configuration, policy: policy)
    _ = session.open()
    let input = [UInt8](
      "EHLO c\r\nMAIL FROM:<a@c.test>\r\nRCPT TO:<b@s.test>\r\nDATA\r\nx\r\n.\r\nNOOP\r\n".utf8)
    var position = 0
    while true {
      let effect = session.receive(input.span, at: &position)
      if effect == .endMessage { session.finishMessage(SMTPReply(250, nil, "Kept")) }
      if case .delay(let duration) = effect {
        #expect(duration == .seconds(60) && position == input.count - 6)
        break
      }
    }
    #expect(session.isDelayed)
    session.output = []
    session.end(.drain)
    let text = String(decoding: session.output, as: UTF8.self)
    #expect(text == "250 Kept\r\n421 4.3.2 Service shutting down\r\n")
  }

  // MARK: - Content

  @Test("drop: 250, and the message is thrown away; the next one is not", arguments: ["", "B"])
  func drop(kind: String) {
    let policy = ScriptedPolicy()
    policy.decisions["."] = SMTPDecision(.drop)
    var dialogue = SMTPDialogue.inTransaction(policy: policy)
    let message = kind.isEmpty ? "DATA\r\nx\r\n." : "BDAT 2 LAST\r\n"
    #expect(dialogue.ask(message).hasSuffix("250 2.0.0 OK\r\n"))
    #expect(dialogue.messages.isEmpty && dialogue.discardCount == 1)
    #expect(dialogue.session.messageCount == 0 && !dialogue.session.isInTransaction)
    policy.decisions = [:]
    #expect(
      dialogue.ask("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@s.test>\r\nDATA\r\ny\r\n.").hasSuffix(
        "OK\r\n"))
    #expect(dialogue.messages.map(\.content) == [Array("y\r\n".utf8)])
    dialogue.checkEnd()
  }

  @Test("a rate at the greetings holds for all messages, one in a transaction for its own")
  func rate() {
    for stage in ["connect", "helo", "ehlo"] {
      let policy = ScriptedPolicy()
      policy.decisions[stage] = SMTPDecision(.usual, byteRate: 100)
      var dialogue = SMTPDialogue(policy: policy)
      _ = dialogue.ask("\(stage == "helo" ? "HELO" : "EHLO") c.test")
      for _ in 0..<2 {
        _ = dialogue.ask("MAIL FROM:<a@c.test>", "RCPT TO:<b@s.test>", "DATA")
        #expect(dialogue.session.contentByteRate == 100)
        _ = dialogue.ask("x", ".")
      }
    }
    for stage in ["mail", "rcpt", "data"] {
      let policy = ScriptedPolicy()
      policy.decisions[stage] = SMTPDecision(.usual, byteRate: 7)
      var dialogue = SMTPDialogue.inTransaction(policy: policy)
      _ = dialogue.ask("DATA")
      #expect(dialogue.session.contentByteRate == 7)
      _ = dialogue.ask("x", ".")
      policy.decisions = [:]
      _ = dialogue.ask("MAIL FROM:<a@c.test>", "RCPT TO:<b@s.test>", "DATA")
      #expect(dialogue.session.contentByteRate == nil)
    }
  }

  @Test("bdat is asked about the last chunk, too, and its reply is said when the message is stored")
  func lastChunk() {
    let policy = ScriptedPolicy(["chunk": SMTPReply(250, nil, "Mine")])
    var dialogue = SMTPDialogue.inTransaction(policy: policy)
    #expect(dialogue.ask("BDAT 2\r\n\r\nBDAT 2 LAST\r\n") == "250 Mine\r\n250 Mine\r\n")
    #expect(dialogue.messages.count == 1)
    #expect(policy.asked.suffix(3) == ["chunk 2", "chunk 2", ". 4"])
    policy.replies = ["chunk": SMTPReply(452, nil, "Full")]
    _ = dialogue.ask("MAIL FROM:<a@c.test>", "RCPT TO:<b@s.test>")
    #expect(dialogue.ask("BDAT 2 LAST\r\n") == "452 Full\r\n")
    #expect(dialogue.code("BDAT 0 LAST") == "503 5.5.1")
    #expect(dialogue.code("RSET") == "250 2.0.0")
    #expect(dialogue.messages.count == 1)
    dialogue.checkEnd()
  }

  @Test("content may be read after a pause, or never")
  func contentStart() {
    var configuration = SMTPDialogue.configuration
    configuration.contentStart = .after(.seconds(2))
    var late = SMTPDialogue.inTransaction(configuration)
    let before = late.text
    #expect(late.ask("DATA", "x", ".").hasSuffix("250 2.0.0 OK\r\n"))
    #expect(late.delays.map(\.duration) == [.seconds(2)])
    #expect(late.delays[0].sent == before + "354 End data with <CR><LF>.<CR><LF>\r\n")
    late.checkEnd()

    configuration.contentStart = .never(.seconds(2), SMTPReply(550, nil, "Enough"))
    var never = SMTPDialogue.inTransaction(configuration)
    #expect(
      never.ask("DATA", "x", ".").hasSuffix("354 End data with <CR><LF>.<CR><LF>\r\n550 Enough\r\n")
    )
    #expect(never.delays[0].sent.hasSuffix("<CR><LF>.<CR><LF>\r\n"))
    #expect(never.closeReason == .rule && never.messages.isEmpty)
    #expect(never.session.abortedByteCount == nil)
    #expect(never.policy.rejectedCommands == [Array("DATA".utf8)] && never.policy.cuts.isEmpty)
    never.checkEnd()
  }

  @Test("a delay before 354 and a pause behind it are two waits")
  func twoWaits() {
    var configuration = SMTPDialogue.configuration
    configuration.contentStart = .after(.seconds(2))
    let policy = ScriptedPolicy()
    policy.decisions["data"] = SMTPDecision(.usual, delay: .seconds(1))
    var dialogue = SMTPDialogue.inTransaction(configuration, policy: policy)
    _ = dialogue.ask("DATA", "x", ".")
    #expect(dialogue.delays.map(\.duration) == [.seconds(1), .seconds(2)])
    #expect(!dialogue.delays[0].sent.contains("354") && dialogue.delays[1].sent.contains("354"))
    #expect(dialogue.messages.count == 1)
  }

  @Test("a 3yz to AUTH is one more challenge, and nobody is let in")
  func authChallenge() {
    let policy = ScriptedPolicy(["auth": SMTPReply(334, nil, "eyJzdGF0dXMiOiI0MDAifQ==")])
    policy.offers = [SMTPAuthOffer(name: .plain, isUsable: true)]
    var dialogue = SMTPDialogue(policy: policy)
    _ = dialogue.ask("EHLO c.test")
    let answer = dialogue.ask("AUTH PLAIN AHVzZXIAcGVuY2ls")
    #expect(answer == "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n")
    #expect(dialogue.code("") == "535 5.7.8")
    #expect(dialogue.session.state.identity == nil && policy.logins.isEmpty)
    policy.replies = [:]
    #expect(dialogue.code("AUTH PLAIN AHVzZXIAcGVuY2ls") == "235 2.7.0")
    dialogue.checkEnd()
  }
}
