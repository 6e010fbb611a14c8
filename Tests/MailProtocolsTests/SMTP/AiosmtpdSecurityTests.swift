import MailProtocols
import Testing

/// The rows of the contract's aiosmtpd table that are about TLS, AUTH and LMTP, named after
/// aiosmtpd's words. AiosmtpdTests has the others.
@Suite("aiosmtpd's SMTP class: TLS, AUTH, LMTP")
struct AiosmtpdSecurityTests {
  private static func base64(_ text: String) -> String {
    String(decoding: Base64.encode(wire(text).span), as: UTF8.self)
  }
  private static let plain = "AUTH PLAIN " + base64("\0user\0pencil")

  private func dialogue(
    _ mechanisms: [SASLMechanismName] = [.plain, .login], isUsable: Bool = true,
    _ change: (inout SMTPServerConfiguration) -> Void = { _ in }
  ) -> SMTPDialogue {
    var configuration = SMTPDialogue.configuration
    change(&configuration)
    let policy = ScriptedPolicy()
    policy.offers = mechanisms.map { SMTPAuthOffer(name: $0, isUsable: isUsable) }
    return SMTPDialogue(configuration, policy: policy)
  }

  @Test("tls_context: STARTTLS is announced before TLS, and 454 without a context")
  func tlsContext() {
    var none = dialogue()
    #expect(!none.ask("EHLO x").contains("STARTTLS"))
    #expect(none.code("STARTTLS") == "454 4.7.0")
    var some = dialogue { $0.tls = .offered }
    #expect(some.ask("EHLO x").contains("250-STARTTLS\r\n"))
    #expect(some.code("STARTTLS") == "220 2.0.0")
    #expect(!some.ask("EHLO x").contains("STARTTLS"))
  }

  @Test("require_starttls: all but NOOP EHLO LHLO STARTTLS QUIT is 530")
  func requireStartTLS() {
    for isLMTP in [false, true] {
      var dialogue = dialogue {
        $0.tls = .required
        if isLMTP { $0.dialect = .lmtp }
      }
      #expect(dialogue.code(isLMTP ? "LHLO x" : "EHLO x") == "250")
      for line in ["MAIL FROM:<>", "HELP", "VRFY x", "RSET", "AUTH PLAIN"] {
        #expect(dialogue.code(line) == "530 5.7.0")
      }
      #expect(dialogue.code("NOOP") == "250 2.0.0")
      #expect(dialogue.code("QUIT") == "221 2.0.0")
    }
  }

  @Test("auth_required: HELP VRFY MAIL RCPT DATA are 530 before a login")
  func authRequired() {
    var dialogue = dialogue { $0.requiresAuthentication = true }
    _ = dialogue.ask("EHLO x")
    for line in ["HELP", "VRFY x", "MAIL FROM:<>", "RCPT TO:<b>", "DATA"] {
      #expect(dialogue.code(line) == "530 5.7.0")
    }
    #expect(dialogue.code(Self.plain) == "235 2.7.0")
    #expect(dialogue.code("MAIL FROM:<>") == "250 2.1.0")
  }

  @Test("auth_require_tls: AUTH is not announced, and 538, where it is not usable")
  func authRequireTLS() {
    var dialogue = dialogue(isUsable: false)
    #expect(!dialogue.ask("EHLO x").contains("AUTH"))
    #expect(dialogue.code(Self.plain) == "538 5.7.11")
  }

  @Test("auth_exclude_mechanism: left out of EHLO, and 504")
  func authExcludeMechanism() {
    var dialogue = dialogue([.plain])
    #expect(dialogue.ask("EHLO x").contains("250-AUTH PLAIN\r\n"))
    #expect(dialogue.code("AUTH LOGIN") == "504 5.5.4")
  }

  @Test("auth_callback, authenticator, LoginPassword: who is asked about names and passwords")
  func authenticator() {
    var dialogue = dialogue()
    _ = dialogue.ask("EHLO x")
    #expect(dialogue.code("AUTH PLAIN " + Self.base64("\0user\0wrong")) == "535 5.7.8")
    #expect(dialogue.session.state.identity == nil)
    #expect(dialogue.code("AUTH LOGIN " + Self.base64("user")) == "334")
    #expect(dialogue.code(Self.base64("pencil")) == "235 2.7.0")
    #expect(dialogue.session.state.identity?.user == "user")
    #expect(dialogue.policy.logins == ["PLAIN - false", "LOGIN user true"])
  }

  @Test("AuthResult(success, handled, message, auth_data): the policy has the last word")
  func authResult() {
    var refused = dialogue()
    refused.policy.replies["auth"] = SMTPReply(wire: "454 4.7.0 later")
    _ = refused.ask("EHLO x")
    #expect(refused.ask(Self.plain) == "454 4.7.0 later\r\n")
    #expect(refused.session.state.identity == nil)
    var worded = dialogue()
    worded.policy.replies["auth"] = SMTPReply(wire: "235 2.7.0 welcome")
    _ = worded.ask("EHLO x")
    #expect(worded.ask(Self.plain) == "235 2.7.0 welcome\r\n")
    #expect(worded.session.state.identity?.authcid == "user")
  }

  @Test("AuthLoginUsernameChallenge, AuthLoginPasswordChallenge: the prompts may be others")
  func authLoginChallenges() {
    var dialogue = dialogue([.login])
    _ = dialogue.ask("EHLO x")
    #expect(dialogue.ask("AUTH LOGIN") == "334 \(Self.base64("Username:"))\r\n")
    #expect(dialogue.ask(Self.base64("user")) == "334 \(Self.base64("Password:"))\r\n")
    #expect(dialogue.code("*") == "501 5.7.0")
    dialogue.policy.entries = [
      SASLServerEntry(name: .login, exposesSecret: true) { context in
        var context = context
        context.loginPrompts = LoginPrompts(
          user: wire("User Name\0"), password: wire("Password\0"))
        return LoginServer(context: context)
      }
    ]
    #expect(dialogue.ask("AUTH LOGIN") == "334 VXNlciBOYW1lAA==\r\n")
    #expect(dialogue.ask(Self.base64("user")) == "334 UGFzc3dvcmQA\r\n")
    #expect(dialogue.code(Self.base64("pencil")) == "235 2.7.0")
  }

  @Test("auth_MECH, @auth_mechanism, challenge_auth, MISSING: a mechanism of one's own")
  func ownMechanism() throws {
    struct Riddle: SASLServerMechanism {
      let name: SASLMechanismName
      mutating func next(_ response: [UInt8]?) -> SASLServerStep {
        guard let response else { return .challenge(wire("what has keys and opens nothing?")) }
        return response == wire("a piano")
          ? .success(SASLIdentity(authcid: "sphinx"), additionalData: nil)
          : .failure(.credentials)
      }
    }
    let name = try #require(SASLMechanismName("X-RIDDLE"))
    var dialogue = dialogue([name])
    dialogue.policy.entries = [
      SASLServerEntry(name: name, exposesSecret: false) { _ in Riddle(name: name) }
    ]
    #expect(dialogue.ask("EHLO x").contains("250-AUTH X-RIDDLE\r\n"))
    let question = Self.base64("what has keys and opens nothing?")
    #expect(dialogue.ask("auth x-riddle") == "334 \(question)\r\n")
    #expect(dialogue.code(Self.base64("a lock")) == "535 5.7.8")
    #expect(dialogue.code("AUTH X-RIDDLE") == "334")
    #expect(dialogue.code("*") == "501 5.7.0")
    #expect(dialogue.code("AUTH X-RIDDLE " + Self.base64("a piano")) == "235 2.7.0")
    #expect(dialogue.session.state.identity?.user == "sphinx")
  }

  @Test("handle_AUTH, handle_STARTTLS: the policy may refuse")
  func handleAuthAndStartTLS() {
    var dialogue = dialogue { $0.tls = .offered }
    dialogue.policy.replies["starttls"] = SMTPReply(wire: "454 4.7.0 no")
    dialogue.policy.replies["auth"] = SMTPReply(wire: "535 5.7.8 no")
    _ = dialogue.ask("EHLO x")
    #expect(dialogue.code("STARTTLS") == "454 4.7.0")
    #expect(dialogue.code(Self.plain) == "535 5.7.8")
    #expect(!dialogue.session.state.isTLS && dialogue.session.state.identity == nil)
  }

  @Test("authenticated, auth_data: the state tells who has logged in, until TLS")
  func authenticated() {
    var dialogue = dialogue { $0.tls = .offered }
    _ = dialogue.ask("EHLO x", Self.plain)
    #expect(dialogue.session.state.identity == SASLIdentity(authcid: "user"))
    _ = dialogue.ask("RSET")
    #expect(dialogue.session.state.identity != nil)
    _ = dialogue.ask("STARTTLS")
    #expect(dialogue.session.state.identity == nil)
  }

  @Test("LMTP: LHLO in place of HELO and EHLO; and, unlike there, a reply for each recipient")
  func lmtp() {
    var dialogue = dialogue { $0.dialect = .lmtp }
    #expect(dialogue.code("EHLO x") == "500")
    #expect(dialogue.code("HELO x") == "500")
    #expect(dialogue.ask("LHLO x").hasPrefix("250-sink.test\r\n"))
    #expect(dialogue.ask("HELP").contains("LHLO"))
    _ = dialogue.ask("MAIL FROM:<>", "RCPT TO:<b@s.test>", "RCPT TO:<c@s.test>", "DATA")
    #expect(dialogue.ask("x", ".") == "250 2.0.0 OK\r\n250 2.0.0 OK\r\n")
  }
}
