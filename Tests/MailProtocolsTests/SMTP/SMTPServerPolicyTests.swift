import MailProtocols
import Testing

@Suite("SMTP server policy")
struct SMTPServerPolicyTests {
  /// A stage, the lines before it, the line that it is asked about, and the usual answer.
  struct Hook: Sendable, CustomTestStringConvertible {
    let stage: String
    var before = ["EHLO c.test"]
    let line: String
    let usual: String
    /// What a 2yz of the policy comes to; nil when it is sent as it is.
    var positive: String?
    var testDescription: String { stage }
  }

  static let hooks = [
    Hook(stage: "helo", before: [], line: "HELO c.test", usual: "250"),
    Hook(stage: "ehlo", before: [], line: "EHLO c.test", usual: "250"),
    Hook(stage: "mail", line: "MAIL FROM:<a@c.test>", usual: "250 2.1.0"),
    Hook(
      stage: "rcpt", before: ["EHLO c.test", "MAIL FROM:<a@c.test>"], line: "RCPT TO:<b@s.test>",
      usual: "250 2.1.5"),
    Hook(
      stage: "data", before: ["EHLO c.test", "MAIL FROM:<a@c.test>", "RCPT TO:<b@s.test>"],
      line: "DATA", usual: "354", positive: "354"),
    Hook(
      stage: ".",
      before: ["EHLO c.test", "MAIL FROM:<a@c.test>", "RCPT TO:<b@s.test>", "DATA", "x"],
      line: ".", usual: "250 2.0.0"),
    Hook(
      stage: "chunk", before: ["EHLO c.test", "MAIL FROM:<a@c.test>", "RCPT TO:<b@s.test>"],
      line: "BDAT 2\r\n", usual: "250 2.0.0"),
    Hook(stage: "rset", line: "RSET", usual: "250 2.0.0"),
    Hook(stage: "noop", line: "NOOP x", usual: "250 2.0.0"),
    Hook(stage: "vrfy", line: "VRFY a@c.test", usual: "252 2.1.5"),
    Hook(stage: "expn", line: "EXPN list", usual: "502 5.5.1"),
    Hook(stage: "help", line: "HELP", usual: "250 2.0.0"),
    Hook(stage: "quit", line: "QUIT", usual: "221 2.0.0"),
    Hook(stage: "unknown", line: "XYZZY", usual: "500 5.5.1"),
  ]

  private func dialogue(_ hook: Hook, _ reply: String?) -> (dialogue: SMTPDialogue, code: String) {
    let policy = ScriptedPolicy()
    var dialogue = SMTPDialogue(policy: policy)
    for line in hook.before { _ = dialogue.ask(line) }
    let before = policy.asked.filter { $0.split(separator: " ")[0] == hook.stage }.count
    if let reply { policy.replies[hook.stage] = SMTPReply(wire: reply) }
    let code = dialogue.code(hook.line)
    let after = policy.asked.filter { $0.split(separator: " ")[0] == hook.stage }.count
    #expect(after == before + 1, "asked once")
    return (dialogue, code)
  }

  @Test("accept gives the usual answer", arguments: hooks)
  func accept(hook: Hook) {
    #expect(dialogue(hook, nil).code == hook.usual)
  }

  @Test("2yz takes the place of the usual answer, and the command is done", arguments: hooks)
  func positive(hook: Hook) {
    let (dialogue, code) = dialogue(hook, "299 2.9.9 Done")
    let isGreeting = hook.stage == "helo" || hook.stage == "ehlo"
    #expect(code == hook.positive ?? (isGreeting ? "299" : "299 2.9.9"))
    switch hook.stage {
    case "helo": #expect(dialogue.session.state.helo != nil)
    case "ehlo": #expect(dialogue.session.state.isExtended)
    case "mail": #expect(dialogue.session.isInTransaction)
    case "rcpt": #expect(dialogue.session.state.envelope?.recipients.count == 1)
    case "data": #expect(dialogue.session.hasUnfinishedMessage)
    case ".": #expect(dialogue.messages.count == 1)
    case "chunk": #expect(dialogue.session.hasUnfinishedMessage)
    case "quit": #expect(dialogue.closeReason == .quit)
    default: #expect(dialogue.closeReason == nil)
    }
    dialogue.checkEnd()
  }

  @Test(
    "4yz and 5yz refuse it, nothing has happened, and the session lives", arguments: hooks,
    ["451 4.3.0 Later", "550 5.7.1 Never"])
  func negative(hook: Hook, reply: String) {
    let (dialogue, code) = dialogue(hook, reply)
    let isExtended = hook.stage != "helo" && hook.stage != "ehlo"
    #expect(code == reply.prefix(isExtended ? 9 : 3))
    #expect(dialogue.closeReason == nil)
    #expect(dialogue.messages.isEmpty)
    switch hook.stage {
    case "helo", "ehlo": #expect(dialogue.session.state.helo == nil)
    case "mail", ".": #expect(!dialogue.session.isInTransaction)
    case "rcpt": #expect(dialogue.session.state.envelope?.recipients.isEmpty == true)
    case "data", "chunk":
      #expect(!dialogue.session.hasUnfinishedMessage && dialogue.session.isInTransaction)
    default: break
    }
    #expect(dialogue.policy.rejectedStages == [hook.stage == "chunk" ? "bdat" : hook.stage])
    dialogue.checkEnd()
    var going = dialogue
    #expect(going.code("NOOP") == (isExtended ? "250 2.0.0" : "250") || hook.stage == "noop")
  }

  @Test("421 ends the session, and nothing that was sent behind it counts", arguments: hooks)
  func goodbye(hook: Hook) {
    var (dialogue, code) = dialogue(hook, "421 4.7.0 Goodbye")
    #expect(code.hasPrefix("421"))
    #expect(dialogue.closeReason == .rule)
    #expect(dialogue.messages.isEmpty)
    #expect(dialogue.ask("NOOP").isEmpty)
    dialogue.checkEnd()
  }

  @Test("data may have a 3yz of the policy's own")
  func dataText() {
    let policy = ScriptedPolicy(["data": SMTPReply(354, nil, "Go on")])
    var dialogue = SMTPDialogue.inTransaction(policy: policy)
    #expect(dialogue.ask("DATA") == "354 Go on\r\n")
    #expect(dialogue.ask("x", ".") == "250 2.0.0 OK\r\n")
    #expect(dialogue.messages.count == 1)
  }

  @Test("it may change the lines of EHLO")
  func ehloLines() {
    let policy = ScriptedPolicy()
    policy.ehloLines = ["X-ONE", "HELP"]
    var dialogue = SMTPDialogue(policy: policy)
    #expect(dialogue.ask("EHLO c.test") == "250-sink.test\r\n250-X-ONE\r\n250 HELP\r\n")
    policy.ehloLines = []
    #expect(dialogue.ask("EHLO c.test") == "250 sink.test\r\n")
  }

  @Test("it is asked only about commands that are well-formed and in order")
  func notAsked() {
    var dialogue = SMTPDialogue()
    _ = dialogue.ask("MAIL FROM:<a@c.test>", "EHLO", "EHLO c.test", "RCPT TO:<b@s.test>", "DATA")
    _ = dialogue.ask("MAIL FROM:<a@>", "MAIL FROM:<a@c.test> X=1", "VRFY", "RSET x", "QUIT x", "\0")
    _ = dialogue.ask("MAIL FROM:<a@c.test>", "MAIL FROM:<a@c.test>", "DATA", "RCPT TO:<>")
    #expect(dialogue.policy.asked == ["connect", "ehlo c.test", "mail a@c.test"])
  }

  @Test("a refusal is told with its stage, its line and its reply")
  func notes() {
    var dialogue = SMTPDialogue()
    _ = dialogue.ask("EHLO c.test", "rcpt to:<b@s.test>", "XYZZY 1", "BDAT 1")
    dialogue.send("x")
    #expect(dialogue.policy.rejectedStages == ["rcpt", "unknown", "bdat"])
    let commands = dialogue.policy.rejectedCommands.map { String(decoding: $0, as: UTF8.self) }
    #expect(commands == ["rcpt to:<b@s.test>", "XYZZY 1", ""])
    #expect(dialogue.policy.rejected.map(\.code) == [503, 500, 503])
  }

  @Test("every command line is heard, without its line end")
  func received() {
    var dialogue = SMTPDialogue()
    dialogue.send("EHLO c.test\r\nNOOP\n\r\nNO\0OP\r\n", inPiecesOf: 3)
    let lines = dialogue.policy.lines.map { String(decoding: $0, as: UTF8.self) }
    #expect(lines == ["EHLO c.test", "NOOP", "", "NO\0OP"])
  }
}
