import MailProtocols
import Testing

/// Lines 13 and 14 of the contract's section 7.
@Suite("SMTP STARTTLS and AUTH")
struct SMTPServerSecurityTests {
  private static let plain = base64("\0user\0pencil")

  private static func base64(_ text: String) -> String {
    String(decoding: Base64.encode(wire(text).span), as: UTF8.self)
  }

  /// EHLO was said to a server with these mechanisms.
  private func dialogue(
    _ mechanisms: [SASLMechanismName] = [.plain, .login, .cramMD5], isUsable: Bool = true,
    tls: SMTPTLSOffer = .unavailable, greeting: String? = "EHLO c.test",
    change: (inout SMTPServerConfiguration) -> Void = { _ in }
  ) -> SMTPDialogue {
    var configuration = SMTPDialogue.configuration
    configuration.tls = tls
    change(&configuration)
    let policy = ScriptedPolicy()
    policy.offers = mechanisms.map { SMTPAuthOffer(name: $0, isUsable: isUsable) }
    var dialogue = SMTPDialogue(configuration, policy: policy)
    if let greeting { dialogue.send(greeting + "\r\n") }
    return dialogue
  }

  // MARK: - STARTTLS

  @Test("STARTTLS: not configured 454, with an argument 501, twice 503")
  func startTLS() {
    var none = dialogue()
    #expect(none.code("STARTTLS") == "454 4.7.0")
    var offered = dialogue(tls: .offered)
    #expect(offered.text.contains("250-STARTTLS\r\n"))
    #expect(offered.code("STARTTLS x") == "501 5.5.4")
    #expect(offered.code("STARTTLS") == "220 2.0.0")
    #expect(!offered.ask("EHLO c.test").contains("STARTTLS"))
    #expect(offered.code("STARTTLS") == "503 5.5.1")
    offered.checkEnd()
  }

  @Test("octets behind STARTTLS in plain text end the session, in one packet or the same line's")
  func injection() {
    for behind in ["x", "EHLO m.test\r\n", "MAIL FROM:<m@m.test>\r\n"] {
      var dialogue = dialogue(tls: .offered)
      #expect(dialogue.ask("STARTTLS\r\n" + behind.dropLast(2)).hasPrefix("554 5.5.0 "))
      #expect(dialogue.closeReason == .limit)
      #expect(dialogue.policy.plainTextByteCounts.count == 1)
      #expect(!dialogue.session.state.isTLS && !dialogue.session.isInTransaction)
    }
  }

  @Test("TLS makes the server forget greeting, login, transaction")
  func forgets() {
    var dialogue = dialogue(tls: .offered)
    #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == "235 2.7.0")
    dialogue.send("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@s.test>\r\n")
    #expect(dialogue.code("STARTTLS") == "220 2.0.0")
    #expect(dialogue.session.state.isTLS && dialogue.session.state.identity == nil)
    #expect(dialogue.session.state.helo == nil && !dialogue.session.isInTransaction)
    #expect(dialogue.code("MAIL FROM:<a@c.test>") == "503")
    #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == "503")
    dialogue.checkEnd()
  }

  @Test("a policy may refuse STARTTLS")
  func refusedTLS() {
    var dialogue = dialogue(tls: .offered)
    dialogue.policy.replies["starttls"] = SMTPReply(wire: "454 4.7.0 Not now")
    #expect(dialogue.code("STARTTLS") == "454 4.7.0")
    #expect(!dialogue.session.state.isTLS && dialogue.code("NOOP") == "250 2.0.0")
  }

  @Test("with TLS required, all but EHLO NOOP STARTTLS QUIT is 530")
  func requiredTLS() {
    for line in [
      "MAIL FROM:<a@c.test>", "RCPT TO:<a@c.test>", "DATA", "RSET", "VRFY a", "EXPN a", "HELP",
      "AUTH PLAIN", "HELO c.test", "ETRN x", "XYZZY",
    ] {
      var dialogue = dialogue(tls: .required)
      #expect(dialogue.code(line) == "530 5.7.0", "\(line)")
      #expect(dialogue.code("NOOP") == "250 2.0.0")
      #expect(dialogue.code("STARTTLS") == "220 2.0.0")
      dialogue.send("EHLO c.test\r\n")
      #expect(dialogue.code("MAIL FROM:<a@c.test>") == "250 2.1.0")
    }
    var chunk = dialogue(tls: .required)
    #expect(chunk.ask("BDAT 6 LAST", "NOOP", "QUIT").hasPrefix("530 5.7.0 "))
    #expect(chunk.codes.suffix(2) == [530, 221])
  }

  // MARK: - AUTH

  @Test("AUTH out of order", arguments: [("EHLO c.test", "235 2.7.0"), ("HELO c.test", "500")])
  func order(greeting: String, code: String) {
    var dialogue = dialogue(greeting: nil)
    #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == "503")
    dialogue.send(greeting + "\r\n")
    #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == code)
  }

  @Test("AUTH twice or in a transaction is 503; RSET keeps the login")
  func once() {
    var dialogue = dialogue()
    dialogue.send("MAIL FROM:<a@c.test>\r\n")
    #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == "503 5.5.1")
    #expect(dialogue.code("RSET") == "250 2.0.0")
    #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == "235 2.7.0")
    #expect(dialogue.code("RSET") == "250 2.0.0")
    #expect(dialogue.session.state.identity?.user == "user")
    #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == "503 5.5.1")
    #expect(dialogue.policy.logins == ["PLAIN user true"])
  }

  @Test(
    "each refusal of AUTH has its code",
    arguments: [
      ("AUTH", "501"), ("AUTH  ", "501"), ("AUTH PLAIN a b", "501"), ("AUTH XYZZY", "504 5.5.4"),
      ("AUTH GSSAPI", "504 5.5.4"), ("AUTH PLAIN =", "501 5.5.2"), ("AUTH PLAIN !", "501 5.5.2"),
      ("AUTH PLAIN AA", "501 5.5.2"), ("AUTH PLAIN AAAA", "501 5.5.2"),
      ("AUTH PLAIN AHVzZXIAd3Jvbmc=", "535 5.7.8"),
    ])
  func refusals(line: String, code: String) {
    var dialogue = dialogue()
    #expect(dialogue.code(line).hasPrefix(code))
    #expect(dialogue.code("auth  Plain  \(Self.plain) ") == "235 2.7.0")
    dialogue.checkEnd()
  }

  @Test("without TLS a mechanism that shows the secret is 538; without mechanisms there is no AUTH")
  func notOffered() {
    var exposed = dialogue([.plain], isUsable: false)
    #expect(!exposed.text.contains("AUTH"))
    #expect(exposed.code("AUTH PLAIN \(Self.plain)") == "538 5.7.11")
    var none = dialogue([])
    #expect(none.code("AUTH PLAIN \(Self.plain)").hasPrefix("50"))
  }

  @Test("PLAIN without an initial response: 334 and a space")
  func prompted() {
    var dialogue = dialogue()
    #expect(dialogue.ask("AUTH PLAIN") == "334 \r\n")
    #expect(dialogue.code(Self.plain) == "235 2.7.0")
  }

  @Test(
    "a response that cannot be: the exchange is over",
    arguments: [
      ("*", "501 5.7.0"), ("!!!!", "501 5.5.2"), ("=", "501 5.5.2"), ("AAA", "501 5.5.2"),
      ("", "501 5.5.2"), ("AAAA", "501 5.5.2"),
    ])
  func badResponse(line: String, code: String) {
    var dialogue = dialogue()
    _ = dialogue.ask("AUTH PLAIN")
    #expect(dialogue.code(line) == code)
    #expect(dialogue.code("NOOP") == "250 2.0.0")
    dialogue.checkEnd()
  }

  @Test("LOGIN asks for name and password; an initial response is the name")
  func login() {
    var asked = dialogue()
    #expect(asked.ask("AUTH LOGIN") == "334 \(Self.base64("Username:"))\r\n")
    #expect(asked.ask(Self.base64("user")) == "334 \(Self.base64("Password:"))\r\n")
    #expect(asked.code(Self.base64("pencil")) == "235 2.7.0")
    var named = dialogue()
    let prompt = named.ask("AUTH LOGIN \(Self.base64("user"))")
    #expect(prompt == "334 \(Self.base64("Password:"))\r\n")
    #expect(named.code(Self.base64("pen")) == "535 5.7.8")
    #expect(named.policy.logins == ["LOGIN - false"])
  }

  @Test("what is down for now is 454, as is what the policy says")
  func temporary() {
    var down = dialogue()
    down.policy.authority.isAvailable = false
    #expect(down.code("AUTH PLAIN \(Self.plain)") == "454 4.7.0")
    var refused = dialogue()
    refused.policy.replies["auth"] = SMTPReply(wire: "454 4.7.0 Later")
    #expect(refused.code("AUTH PLAIN \(Self.plain)") == "454 4.7.0")
    #expect(refused.session.state.identity == nil)
  }

  @Test("a line of an exchange has 12288 octets at most", arguments: [Int.max, 4096, 1])
  func lineLimit(octetsAtOnce: Int) {
    for (count, code) in [(12_288, 501), (12_289, 500), (100_000, 500)] {
      var dialogue = dialogue()
      dialogue.send("AUTH PLAIN\r\n")
      dialogue.send(String(repeating: "A", count: count) + "\r\n", inPiecesOf: octetsAtOnce)
      #expect(dialogue.codes.last == code)
      #expect(dialogue.text.hasSuffix("too long\r\n") == (code == 500))
      #expect(dialogue.code("NOOP") == "250 2.0.0")
    }
  }

  @Test("with a login required: HELP VRFY MAIL RCPT DATA are 530, BDAT is swallowed")
  func requiredLogin() {
    for line in ["HELP", "VRFY a", "MAIL FROM:<a@c.test>", "RCPT TO:<a@c.test>", "DATA"] {
      var dialogue = dialogue(change: { $0.requiresAuthentication = true })
      #expect(dialogue.code(line) == "530 5.7.0", "\(line)")
      #expect(dialogue.code("NOOP") == "250 2.0.0")
      #expect(dialogue.code("AUTH PLAIN \(Self.plain)") == "235 2.7.0")
      #expect(dialogue.code("MAIL FROM:<a@c.test>") == "250 2.1.0")
    }
    var chunk = dialogue(change: { $0.requiresAuthentication = true })
    #expect(chunk.ask("BDAT 6 LAST", "NOOP", "QUIT").hasPrefix("530 5.7.0 "))
    #expect(chunk.codes.suffix(2) == [530, 221])
  }

  @Test(
    "no line with a secret is told, also where the client is lost",
    arguments: [
      ["AUTH PLAIN \(plain)"], ["AUTH PLAIN", plain], ["auth plain", "!\(plain)"],
      ["AUTH LOGIN", "!", plain], ["AUTH \(plain)"], ["AUTH", plain], ["AUTH\(plain)"],
      [" AUTH PLAIN \(plain)"], ["AUTH GSSAPI \(plain)", plain], ["AUTH PLAIN", "*", plain],
      ["AUTH LOGIN x y", plain, plain],
    ])
  func secrets(lines: [String]) {
    var dialogue = dialogue()
    dialogue.send(lines.map { $0 + "\r\n" }.joined())
    let told = dialogue.policy.lines + dialogue.policy.rejectedCommands
    #expect(!told.contains { String(decoding: $0, as: UTF8.self).contains(Self.plain) })
    #expect(dialogue.session.holdsSecretInput)
    // What is no secret is shown again after a command that is one.
    dialogue.send("NOOP\r\nXYZZY\r\n")
    #expect(dialogue.policy.lines.last == wire("XYZZY"))
  }
}
