// The events of smtp-sink as JSON lines: smtp-sink(1), EVENTS, lists their keys, which are never
// renamed. They go to stdout (--json), to --events, or to both.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Writes events for whoever wants them.
struct SinkEvents: Sendable {
  private let outputs: [RecordOutput]

  init(outputs: [RecordOutput]) {
    self.outputs = outputs
  }

  /// Whether anybody wants events; they cost something.
  var isWanted: Bool { !outputs.isEmpty }

  func listening(_ address: SocketAddress) {
    emit("listening") {
      $0.add("address", address.port == nil ? address.text : address.host)
      $0.add("port", address.port.map(Int.init))
    }
  }

  func connect(session: Int, _ client: SinkClient, _ header: ProxyHeader?) {
    emit("connect", session: session) { line in
      line.add("client") { Self.addClient(client, to: &$0) }
      line.add(proxy: header)
    }
  }

  /// `rule` is the number of the rule that wanted it.
  func rejected(
    session: Int, stage: SMTPStage, command: [UInt8], reply: String?, rule: Int?
  ) {
    emit("rejected", session: session) {
      $0.add("stage", stage.name)
      if !command.isEmpty { $0.add("command", EscapedText.text(command.span, for: .event)) }
      $0.add("reply", reply)
      $0.add("rule", rule)
    }
  }

  func smuggling(session: Int, sequence: String, offset: Int, _ action: String) {
    emit("smuggling", session: session) {
      $0.add("sequence", sequence)
      $0.add("offset", offset)
      $0.add("action", action)
    }
  }

  func tls(session: Int, _ facts: TLSFacts) {
    emit("tls", session: session) {
      $0.add("version", facts.version)
      $0.add("cipher", facts.cipher)
      $0.add("sni", facts.serverName.map { EscapedText.text($0, for: .event) })
      $0.add("client_cert") { line in
        line.add(
          "subject", facts.peerCertificate.map { EscapedText.text($0.subject, for: .event) })
        line.add("sha256", facts.peerCertificate?.sha256)
      }
    }
  }

  func auth(
    session: Int, _ mechanism: SASLMechanismName, _ identity: SASLIdentity?, isAccepted: Bool
  ) {
    emit("auth", session: session) {
      $0.add("mech", mechanism.text)
      $0.add("user", identity.map { EscapedText.text($0.authcid, for: .event) })
      $0.add("authzid", identity?.authzid.map { EscapedText.text($0, for: .event) })
      $0.add("ok", isAccepted)
    }
  }

  func aborted(session: Int, stage: String, byteCount: Int, why: SMTPSessionEnd.Cause) {
    emit("aborted", session: session) {
      $0.add("stage", stage)
      $0.add("bytes", byteCount)
      $0.add("why", why.rawValue)
    }
  }

  func error(session: Int?, what: String, _ error: SystemError) {
    emit("error", session: session) {
      $0.add("what", what)
      $0.add("why", error.description)
      $0.add("errno", Int(error.code))
    }
  }

  func error(session: Int, what: String, why: String) {
    emit("error", session: session) {
      $0.add("what", what)
      $0.add("why", why)
    }
  }

  func disconnect(session: Int, _ state: SMTPSessionState, _ end: SMTPSessionEnd) {
    emit("disconnect", session: session) {
      $0.add("messages", state.messageCount)
      $0.add("commands", state.commandCount)
      $0.add("bytes_in", end.receivedByteCount)
      $0.add("bytes_out", end.sentByteCount)
      $0.add("why", end.cause.rawValue)
    }
  }

  func summary(_ counts: SinkTally.Counts, duration: Duration) {
    emit("summary") {
      $0.add("messages", counts.messages)
      $0.add("sessions", counts.sessions)
      $0.add("rejected", counts.rejected)
      $0.add("aborted", counts.aborted)
      $0.add("errors", counts.errors)
      $0.add("seconds", seconds: duration)
    }
  }

  /// What a `message` event says besides what is in the message.
  struct Stored {
    let number: Int
    let id: String
    /// The file that holds the message, if one does; the first of several.
    let path: String?
    /// The file of each recipient, when several may have the message (`--split`); else empty.
    let recipientPaths: [String]
    let reply: String
  }

  func message(
    session: Int, _ message: SinkMessage, client: SinkClient, state: SMTPSessionState,
    _ stored: Stored
  ) {
    guard isWanted else { return }
    let sha256 = message.digest().map { Self.text(Hex.encode($0.span)) }
    let envelope = message.envelope
    emit("message", session: session) { line in
      line.add("n", stored.number)
      line.add("id", stored.id)
      line.add("client") {
        Self.addClient(client, to: &$0)
        $0.add("helo", state.helo.map { EscapedText.text($0.span, for: .event) })
        $0.add("proto", state.protocolName)
        if state.isTLS { $0.add("tls", true) }
        $0.add("auth", state.identity.map { EscapedText.text($0.user, for: .event) })
        $0.add(proxy: state.proxy)
        $0.add(xclient: state.xclient)
        $0.add(xforward: state.xforward)
      }
      line.add("from", EscapedText.text(envelope.sender.address.span, for: .event))
      line.add("from_raw", EscapedText.text(envelope.sender.raw.span, for: .event))
      line.add("from_params") { Self.add(envelope.options.parameters, to: &$0) }
      let paths = stored.recipientPaths.map(Optional.some)
      let pairs = zip(
        envelope.recipients,
        paths.isEmpty ? Array(repeating: nil, count: envelope.recipients.count) : paths)
      line.add("to", Array(pairs)) { line, pair in
        let (recipient, path) = pair
        line.add("addr", EscapedText.text(recipient.path.address.span, for: .event))
        line.add("raw", EscapedText.text(recipient.path.raw.span, for: .event))
        line.add("params") { Self.add(recipient.options.parameters, to: &$0) }
        line.add("path", path.map { EscapedText.text($0, for: .event) })
      }
      line.add("size", message.byteCount)
      line.add("lines", message.lineCount)
      line.add("sha256", sha256)
      line.add("body", envelope.options.body?.rawValue)
      line.add("smtputf8", envelope.options.usesUTF8)
      line.add("path", stored.path.map { EscapedText.text($0, for: .event) })
      line.add("message_id", message.fieldText("Message-ID"))
      line.add("subject", message.fieldText("Subject"))
      line.add("reply", stored.reply)
    }
  }

  // MARK: - Parts

  private func emit(
    _ event: StaticString, session: Int? = nil, _ body: (inout JSONLine) -> Void
  ) {
    guard isWanted else { return }
    var line = JSONLine()
    line.add("event", "\(event)")
    line.add("time", WallClock.now.rfc3339)
    line.add("session", session)
    body(&line)
    let record = line.finish()
    for output in outputs { output.write(record) }
  }

  private static func addClient(_ client: SinkClient, to line: inout JSONLine) {
    line.add("addr", client.host)
    line.add("port", client.port.map(Int.init))
  }

  private static func add(_ parameters: [SMTPParameter], to line: inout JSONLine) {
    for parameter in parameters {
      line.add(
        name: parameter.name, parameter.value.map { EscapedText.text($0.span, for: .event) })
    }
  }

  private static func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }
}
