// One client's session in smtp-sink: hears what the dialogue decides, keeps the message under way,
// and stores it. Lives on the session's thread.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// The policy and the ears of one session.
final class SinkSession: SMTPServerPolicy, SMTPMessageReceiver {
  let sink: Sink
  private let number: Int
  /// The client as the connection has it, by the socket or by a PROXY header.
  private var origin: SinkClient
  /// The client as it is believed to be, by XCLIENT if need be.
  private(set) var client: SinkClient
  private var proxyHeader: ProxyHeader?
  /// Whether the connection is a session: one that a proxy makes to see whether we live is none
  /// unless it does more than greet and leave.
  private(set) var isSession = false
  /// What was to be told of TLS before it was a session.
  private var untoldTLS: TLSFacts?
  private var message: SinkMessage?
  /// Whether there is TLS, known before the dialogue starts.
  private(set) var isTLS = false
  /// The rule that refused the command under way, for events.
  var ruleNumber: Int?
  /// What a rule wants said when the message is stored; under LMTP what one for chunks wants.
  var scriptedReply: SMTPReply?
  /// Under LMTP, what recipients are refused with, and the rule of each, until it is said.
  var refusedRecipients: [(reply: SMTPReply, ruleNumber: Int?)] = []
  private let authentication: SinkAuthentication?
  private var channel = SinkAuthentication.Channel()
  /// For dumps; nil when there are none.
  private var arguments: SMTPEnvelopeArguments?

  init(_ sink: Sink, number: Int, peer: SocketAddress) {
    self.sink = sink
    self.number = number
    origin = SinkClient(peer)
    client = origin
    authentication = sink.currentAuthentication
    if sink.settings.dumps.isWanted { arguments = SMTPEnvelopeArguments() }
    if sink.settings.trust.proxyUse(origin) == .none { beginSession() }
  }

  /// What is expected before the greeting.
  var proxyUse: SMTPProxyUse { sink.settings.trust.proxyUse(origin) }

  private func beginSession() {
    guard !isSession else { return }
    isSession = true
    sink.events.connect(session: number, origin, proxyHeader)
    sink.diagnostics.info("session \(number): \(origin.text) connected")
    if let facts = untoldTLS {
      untoldTLS = nil
      tell(facts)
    }
  }

  // MARK: - SMTPServerPolicy

  func forwarding(_ state: SMTPSessionState) -> SMTPForwarding {
    sink.settings.trust.forwarding(origin)
  }

  func xclient(_ attributes: XclientAttributes, _ state: SMTPSessionState) -> SMTPDecision {
    let decision = decide(.xclient, state)
    if !decision.isRefusal { client = client.applying(attributes) }
    return decision
  }

  func mail(
    _ sender: SMTPPath, _ options: SMTPMailOptions, _ state: SMTPSessionState
  ) -> SMTPDecision {
    beginSession()
    arguments?.keepMail()
    // With all of `--count` stored, the main thread may not have raised the drain yet.
    if sink.timing.drain.isRaised { return .reply(.shuttingDown, closing: .drain) }
    if sink.tally.isFull { return .reply(.shuttingDown, closing: .limit) }
    return decide(.mail, state) {
      $0.sender = sender.address
      $0.byteCount = options.size
    }
  }

  func rcpt(
    _ recipient: SMTPPath, _ options: SMTPRecipientOptions, _ state: SMTPSessionState
  ) -> SMTPDecision {
    arguments?.keepRecipient(behind: state.envelope?.recipients.count ?? 0)
    return decide(.rcpt, state) { $0.recipients = [recipient.address] }
  }

  func mechanisms(_ state: SMTPSessionState) -> [SMTPAuthOffer] {
    authentication?.offers(isTLS: state.isTLS, channel) ?? []
  }

  func exchange(
    with name: SASLMechanismName, _ state: SMTPSessionState
  ) -> SASLServerExchange? {
    authentication?.exchange(with: name, channel)
  }

  func received(_ line: Span<UInt8>) {
    ruleNumber = nil
    arguments?.receive(line)
    sink.trace.line(line, from: .client, session: number)
  }

  func note(_ note: SMTPServerNote) {
    beginSession()
    switch note {
    case .rejected(let stage, let command, let reply):
      if let first = refusedRecipients.first, stage == .endOfData, first.reply == reply {
        ruleNumber = first.ruleNumber
        refusedRecipients.removeFirst()
      }
      defer { ruleNumber = nil }
      sink.tally.countRejection()
      if sink.events.isWanted {
        sink.events.rejected(
          session: number, stage: stage, command: command, reply: reply.eventText,
          rule: ruleNumber)
      }
      sink.diagnostics.info(
        "session \(number): \(stage.name): \(EscapedText.text(reply.eventText, for: .terminal))")
    case .cut(let stage, let command):
      sink.tally.countRejection()
      sink.events.rejected(
        session: number, stage: stage, command: command, reply: nil, rule: ruleNumber)
      sink.diagnostics.info("session \(number): \(stage.name): no reply, by a rule")
    case .plainTextBehindStartTLS(let byteCount):
      sink.events.smuggling(session: number, sequence: "STARTTLS", offset: byteCount, "reject")
      sink.diagnostics.info("session \(number): \(byteCount) octets behind STARTTLS")
    case .authentication(let mechanism, let identity, let isAccepted):
      sink.events.auth(session: number, mechanism, identity, isAccepted: isAccepted)
      let user = EscapedText.text(identity?.user ?? "", for: .terminal)
      sink.diagnostics.info(
        "session \(number): AUTH \(mechanism): \(isAccepted ? user : "refused")")
    case .bareNewline(let found, let policy):
      sink.events.smuggling(
        session: number, sequence: found.sequence, offset: found.offset, policy.rawValue)
      sink.diagnostics.info(
        "session \(number): bare newline: \(found.sequence) at octet \(found.offset)")
    }
  }

  // MARK: - SMTPMessageReceiver

  func beginMessage(_ state: SMTPSessionState) {
    guard let envelope = state.envelope else { preconditionFailure("a message without MAIL") }
    scriptedReply = nil
    let spool = sink.interest.spool ? MessageSpool(overflow: sink.stores.overflow) : nil
    let lineEnds = lineEnds(envelope)
    if sink.settings.addsEnvelopeHeaders {
      spool?.append(envelopeHeader(envelope, state, lineEnds).span)
    }
    message = SinkMessage(
      envelope: envelope, clientText: client.host, user: state.identity?.user, usesTLS: state.isTLS,
      interest: sink.interest,
      maxHeaderByteCount: sink.settings.maxHeaderByteCount, spool: spool,
      lineEnds: lineEnds)
  }

  /// Octets of the message under way.
  var messageByteCount: Int { message?.byteCount ?? 0 }

  /// Binary content has no lines: nothing of it is changed (RFC 3030 3).
  private func lineEnds(_ envelope: SMTPEnvelope) -> LineEnds {
    envelope.options.body == .binaryMIME ? .crlf : sink.settings.lineEnds
  }

  func append(_ content: Span<UInt8>) {
    message?.append(content)
    sink.trace.content(content, session: number)
  }

  func endMessage(_ state: SMTPSessionState) -> SMTPReply {
    guard let message else { preconditionFailure("the end of no message") }
    self.message = nil
    message.finish()
    guard let envelope = state.envelope else { preconditionFailure("a message without MAIL") }
    guard sink.tally.reserve() else { return .shuttingDown }
    let id = sink.ids.next()
    let folders = sink.settings.split?.folders(envelope, user: state.identity?.user)
    let paths: [String]
    do throws(SinkStores.Failure) {
      paths = try store(message, envelope, in: folders?.names ?? [], id: id, state)
    } catch {
      sink.tally.giveBack()
      report(error)
      if sink.timing.abort.isRaised { sink.tally.countCutTransaction() }
      return error.reply
    }
    let reply = SMTPReply.stored(id: id)
    let count = sink.tally.count(message)
    sink.printer.print(message, id: id, paths: paths)
    sink.events.message(
      session: number, message, client: client, state: state,
      SinkEvents.Stored(
        number: count, id: id, path: paths.first,
        recipientPaths: folders?.recipients.map { paths[$0] } ?? [],
        reply: (scriptedReply ?? reply).eventText))
    sink.diagnostics.info("session \(number): message \(count): \(message.byteCount) octets")
    return reply
  }

  func discardMessage() {
    message = nil
  }

  func messageAborted(stage: String, byteCount: Int, why: SMTPSessionEnd.Cause) {
    sink.tally.countAbort()
    sink.events.aborted(session: number, stage: stage, byteCount: byteCount, why: why)
    sink.diagnostics.info("session \(number): message cut off after \(byteCount) octets")
  }

  func proxied(_ header: ProxyHeader) {
    proxyHeader = header
    if let source = SinkClient(header) {
      origin = source
      client = source
    }
    if !header.isLocal { beginSession() }
  }

  func proxyFailed(_ failure: SMTPProxyFailure) {
    sink.events.error(session: number, what: "proxy", why: "\(origin.host): \(failure)")
    sink.diagnostics.info("session \(number): \(origin.host): \(failure)")
  }

  func tlsStarted(_ facts: TLSFacts, bindings: [SASLChannelBinding]) {
    isTLS = true
    channel.bindings = bindings
    channel.certificateName = facts.peerCertificate?.commonName
    // What XCLIENT said before is forgotten (RFC 3207 4.2).
    client = origin
    if isSession { tell(facts) } else { untoldTLS = facts }
  }

  private func tell(_ facts: TLSFacts) {
    sink.events.tls(session: number, facts)
    sink.diagnostics.info("session \(number): \(facts.version) \(facts.cipher)")
  }

  func connectionFailed(_ error: ConnectionError) {
    guard isSession else { return }
    sink.events.error(session: number, what: "connection", why: error.description)
    sink.diagnostics.info(
      "session \(number): \(EscapedText.text(error.description, for: .terminal))")
  }

  func sending(_ output: Span<UInt8>) {
    sink.trace.replies(output, session: number)
  }

  // MARK: - Storing

  private func store(
    _ message: SinkMessage, _ envelope: SMTPEnvelope, in folders: [MaildirFolderName], id: String,
    _ state: SMTPSessionState
  ) throws(SinkStores.Failure) -> [String] {
    do throws(SystemError) {
      try message.keepRecipients(of: envelope) {
        sink.settings.addsEnvelopeHeaders
          ? envelopeHeader(envelope, state, lineEnds(envelope)) : nil
      } makeSpool: {
        MessageSpool(overflow: sink.stores.overflow)
      }
    } catch {
      throw .system(what: "store", error)
    }
    guard let spool = message.spool else { return [] }
    let stamp = MessageStamp(
      sender: message.envelope.sender.address, seconds: Int64(WallClock.now.seconds),
      dialogue: dialogue(state))
    return try sink.stores.store(
      spool, stamp: stamp, folders: folders,
      environment: sink.settings.execWords == nil ? [] : environment(message, id: id, state),
      unless: sink.timing.abort)
  }

  /// What dumps tell of the client; nothing when there are none.
  private func dialogue(_ state: SMTPSessionState) -> DumpDialogue {
    var dialogue = DumpDialogue()
    guard let arguments else { return dialogue }
    if !client.isLocal {
      dialogue.clientAddress = DumpDialogue.clientAddress(host: client.host)
    }
    dialogue.protocolName = state.protocolName
    dialogue.helo = state.helo
    dialogue.mailArguments = arguments.mail
    // Those that LMTP refused after the data are in the arguments still.
    dialogue.recipientArguments =
      state.envelope?.recipients.map { arguments.recipients[$0.place] } ?? []
    return dialogue
  }

  private func report(_ failure: SinkStores.Failure) {
    switch failure {
    case .refused: return
    case .system(let what, let error):
      sink.events.error(session: number, what: what, error)
      sink.diagnostics.problem("message not stored: \(error)")
    case .command(let why):
      sink.events.error(session: number, what: "exec", why: why)
      sink.diagnostics.problem("message not stored: --exec \(why)")
    }
    sink.tally.countStoreFailure()
  }

  /// What `--exec` commands are told; octets that an environment cannot hold are escaped.
  private func environment(
    _ message: SinkMessage, id: String, _ state: SMTPSessionState
  ) -> [String] {
    let recipients = message.recipients.map { EscapedText.text($0.span, for: .event) }
    let helo = state.helo ?? []
    return [
      "SMTP_FROM=\(EscapedText.text(message.sender.span, for: .event))",
      "SMTP_RECIPIENTS=\(recipients.joined(separator: "\n"))",
      "SMTP_CLIENT_ADDR=\(client.host)",
      "SMTP_HELO=\(EscapedText.text(helo.span, for: .event))",
      "SMTP_PROTO=\(state.protocolName)",
      "SMTP_USER=\(EscapedText.text(state.identity?.user ?? "", for: .event))",
      "SMTP_ID=\(id)",
    ]
  }

  /// Return-Path, Delivered-To for each recipient, and Received (RFC 5321 4.4).
  private func envelopeHeader(
    _ envelope: SMTPEnvelope, _ state: SMTPSessionState, _ lineEnds: LineEnds
  ) -> [UInt8] {
    let lineEnd = lineEnds == .lf ? "\n" : "\r\n"
    var text = "Return-Path: <\(terminalText(envelope.sender.address))>\(lineEnd)"
    for recipient in envelope.recipients {
      text += "Delivered-To: \(terminalText(recipient.path.address))\(lineEnd)"
    }
    let address = client.host.contains(":") ? "IPv6:\(client.host)" : client.host
    text += "Received: from \(terminalText(state.helo ?? [])) ([\(address)])\(lineEnd)"
    text += "\tby \(sink.settings.configuration.hostname.text) (smtp-sink)"
    text += " with \(state.protocolName);\(lineEnd)\t\(WallClock.now.rfc5322)\(lineEnd)"
    return [UInt8](text.utf8)
  }

  private func terminalText(_ octets: [UInt8]) -> String {
    EscapedText.text(octets.span, for: .field)
  }
}
