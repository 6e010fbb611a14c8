import MailProtocols

/// A policy that answers as it was told, and writes down what it was asked.
final class ScriptedPolicy: SMTPServerPolicy {
  /// Answers by stage: `connect helo ehlo mail rcpt data chunk . rset noop vrfy expn help quit
  /// unknown`, or `rcpt=ADDRESS` and, under LMTP, `.=ADDRESS` for one recipient.
  var replies: [String: SMTPReply] = [:]
  /// The same, for more than replies.
  var decisions: [String: SMTPDecision] = [:]
  /// What AUTH offers, and what serves it.
  var offers: [SMTPAuthOffer] = []
  var authority = TestAuthority()
  /// Which of XCLIENT and XFORWARD the client may use.
  var allowedForwarding: SMTPForwarding = []
  /// Mechanisms of its own.
  var entries: [SASLServerEntry] = []
  /// Lines for EHLO in place of ours.
  var ehloLines: [SMTPReplyText]?
  /// Each question as one line: the stage, then what it is about.
  private(set) var asked: [String] = []
  private(set) var rejected: [SMTPReply] = []
  private(set) var rejectedStages: [String] = []
  private(set) var rejectedCommands: [[UInt8]] = []
  /// Stages at which the connection ended, or fell silent, without a reply.
  private(set) var cuts: [String] = []
  private(set) var bareNewlines: [BareNewline] = []
  private(set) var plainTextByteCounts: [Int] = []
  private(set) var logins: [String] = []
  private(set) var lines: [[UInt8]] = []

  init(_ replies: [String: SMTPReply] = [:]) {
    self.replies = replies
  }

  private func decide(_ stage: String, _ what: [UInt8] = []) -> SMTPDecision {
    asked.append(what.isEmpty ? stage : stage + " " + String(decoding: what, as: UTF8.self))
    return decisions[stage] ?? replies[stage].map { .reply($0) } ?? .accept
  }

  func connect() -> SMTPDecision { decide("connect") }
  func proxy(_ header: ProxyHeader, _ state: SMTPSessionState) -> SMTPDecision {
    decide("proxy", [UInt8](header.familyName.utf8))
  }
  func forwarding(_ state: SMTPSessionState) -> SMTPForwarding { allowedForwarding }
  func xclient(_ attributes: XclientAttributes, _ state: SMTPSessionState) -> SMTPDecision {
    decide("xclient", XclientWriter.command(attributes)?.dropLast(2) ?? [])
  }
  func xforward(_ attributes: XforwardAttributes, _ state: SMTPSessionState) -> SMTPDecision {
    decide("xforward", XforwardWriter.commands(attributes).first?.dropLast(2) ?? [])
  }
  func helo(_ name: [UInt8], _ state: SMTPSessionState) -> SMTPDecision { decide("helo", name) }
  func ehlo(
    _ name: [UInt8], lines: inout [SMTPReplyText], _ state: SMTPSessionState
  ) -> SMTPDecision {
    if let ehloLines { lines = ehloLines }
    return decide("ehlo", name)
  }
  func mail(
    _ sender: SMTPPath, _ options: SMTPMailOptions, _ state: SMTPSessionState
  ) -> SMTPDecision { decide("mail", sender.address) }
  func rcpt(
    _ recipient: SMTPPath, _ options: SMTPRecipientOptions, _ state: SMTPSessionState
  ) -> SMTPDecision {
    let decision = decide("rcpt", recipient.address)
    let own = replies["rcpt=" + String(decoding: recipient.address, as: UTF8.self)]
    return own.map { .reply($0) } ?? decision
  }
  func data(_ state: SMTPSessionState) -> SMTPDecision { decide("data") }
  func chunk(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision {
    decide("chunk", [UInt8]("\(byteCount)".utf8))
  }
  func endOfData(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision {
    decide(".", [UInt8]("\(byteCount)".utf8))
  }
  func endOfData(
    byteCount: Int, for recipient: SMTPRecipient, _ state: SMTPSessionState
  ) -> SMTPDecision {
    let address = String(decoding: recipient.path.address, as: UTF8.self)
    let decision = decide(".", [UInt8]("\(byteCount) \(address)".utf8))
    return replies[".=\(address)"].map { .reply($0) } ?? decision
  }
  func rset(_ state: SMTPSessionState) -> SMTPDecision { decide("rset") }
  func noop(_ state: SMTPSessionState) -> SMTPDecision { decide("noop") }
  func vrfy(_ address: SMTPPath, _ state: SMTPSessionState) -> SMTPDecision {
    decide("vrfy", address.address)
  }
  func expn(_ argument: [UInt8], _ state: SMTPSessionState) -> SMTPDecision {
    decide("expn", argument)
  }
  func help(_ topic: [UInt8], _ state: SMTPSessionState) -> SMTPDecision { decide("help", topic) }
  func quit(_ state: SMTPSessionState) -> SMTPDecision { decide("quit") }
  func unknown(_ line: [UInt8], _ state: SMTPSessionState) -> SMTPDecision {
    decide("unknown", line)
  }

  func startTLS(_ state: SMTPSessionState) -> SMTPDecision { decide("starttls") }
  func mechanisms(_ state: SMTPSessionState) -> [SMTPAuthOffer] { offers }
  func exchange(
    with name: SASLMechanismName, _ state: SMTPSessionState
  ) -> SASLServerExchange? {
    (entries.first { $0.name == name } ?? SASLServerRegistry.standard[name]).map {
      SASLServerExchange($0.make(serverContext(authority)), successData: .asChallenge)
    }
  }
  func authenticated(
    _ identity: SASLIdentity, _ mechanism: SASLMechanismName, _ state: SMTPSessionState
  ) -> SMTPDecision { decide("auth", [UInt8](identity.user.utf8)) }

  func received(_ line: Span<UInt8>) {
    lines.append(line.copy(0..<line.count))
  }

  func note(_ note: SMTPServerNote) {
    switch note {
    case .rejected(let stage, let command, let reply):
      rejected.append(reply)
      rejectedStages.append(stage.name)
      rejectedCommands.append(command)
    case .cut(let stage, let command):
      let line = String(decoding: command, as: UTF8.self)
      cuts.append(line.isEmpty ? stage.name : "\(stage.name) \(line)")
    case .bareNewline(let found, _):
      bareNewlines.append(found)
    case .plainTextBehindStartTLS(let byteCount):
      plainTextByteCounts.append(byteCount)
    case .authentication(let mechanism, let identity, let isAccepted):
      logins.append("\(mechanism) \(identity?.user ?? "-") \(isAccepted)")
    }
  }
}

extension SMTPReply {
  /// A reply as it stands on the wire: `550 5.1.1 No such user`, lines apart by `\n`.
  init(wire: String) {
    var lines = wire.split(separator: "\n", omittingEmptySubsequences: false)
    let code = Int(lines[0].prefix(3))!
    lines[0] = lines[0].dropFirst(4)
    let numbers = lines[0].prefix { $0 != " " }.split(separator: ".").compactMap { Int($0) }
    var enhanced: EnhancedStatus?
    if numbers.count == 3 {
      enhanced = EnhancedStatus(numbers[1], numbers[2])
      lines[0] = lines[0].drop { $0 != " " }.dropFirst()
    }
    let texts = lines.map { SMTPReplyText(String($0))! }
    self.init(code, enhanced, texts[0], more: Array(texts.dropFirst()))
  }
}
