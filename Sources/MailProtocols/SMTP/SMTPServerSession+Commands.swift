// What each command does (RFC 5321 4.1.1). Each is judged in the same order: limits on calls, the
// order of commands (4.1.4), syntax, the policy; a thrown reply refuses it.

extension SMTPServerSession {
  mutating func perform(
    _ verb: SMTPVerb, _ line: Span<UInt8>, argumentStart: Int
  ) throws(SMTPReply) -> SMTPServerEffect? {
    if !configuration.maxCallCounts.isEmpty { try countCall(of: verb) }
    if !isKnown(verb) { return try performUnknown(line) }
    if verb == .bdat { return try performChunk(line, argumentStart) }
    if isRefused && verb != .quit { throw .noService }
    try checkOrder(of: verb)

    let command = try parser.parse(
      verb, line, from: argumentStart, isExtended: state.isExtended)
    switch command {
    case .helo(let name): return try helo(name)
    case .ehlo(let name): return try ehlo(name)
    case .mail(let sender, let options):
      // RFC 4954 5: the parameter comes with the extension.
      if options.authenticatedSender != nil && policy.mechanisms(state).isEmpty {
        throw .unknownParameter
      }
      guard let reply = try settleMail(policy.mail(sender, options, state)) else { return nil }
      state.envelope = SMTPEnvelope(sender: sender, options: options)
      write(reply)
    case .rcpt(let recipient, let options):
      try rcpt(recipient, options)
    case .data:
      return try beginData()
    case .bdat:
      preconditionFailure("BDAT goes its own way, above")
    case .rset:
      guard let reply = try settle(policy.rset(state), .ok) else { return nil }
      write(reply)
      return abandonTransaction()
    case .noop:
      try answer(policy.noop(state), .ok)
    case .vrfy(let address):
      try answer(policy.vrfy(address, state), .cannotVerify)
    case .expn(let argument):
      try answer(policy.expn(argument, state), .notImplemented)
    case .help(let topic):
      try answer(policy.help(topic, state), help(on: topic))
    case .quit:
      guard let reply = try settle(policy.quit(state), .bye) else { return nil }
      write(reply)
      phase = .closed(.quit)
    case .startTLS: return try startTLS()
    case .auth(var argument):
      defer { SASLSecret.wipe(&argument) }
      return try authenticate(argument)
    case .xclient(let attributes): try xclient(attributes)
    case .xforward(let attributes): try xforward(attributes)
    case .notImplemented: throw .notImplemented
    }
    return nil
  }

  mutating func performUnknown(_ line: Span<UInt8>) throws(SMTPReply) -> SMTPServerEffect? {
    var isASCII = true
    var end = 0
    while end < line.count && !line[end].isBlank {
      if line[end] & 0x80 != 0 { isASCII = false }
      end += 1
    }
    guard isASCII, end > 0 else { throw .badSyntax }
    if isRefused { throw .noService }
    let decision = policy.unknown(line.copy(0..<line.count), state)
    switch decision.verb {
    case .usual, .drop:
      hold(for: decision.delay)
      unknownCommandCount += 1
      throw unknownCommandCount >= configuration.maxUnknownCommandCount
        ? .tooManyUnknown : .unknownCommand
    case .reply, .close, .reset, .stall:
      try answer(decision, .unknownCommand)
    }
    return nil
  }

  /// Settles a command that does nothing but be answered.
  private mutating func answer(
    _ decision: SMTPDecision, _ usual: SMTPReply
  ) throws(SMTPReply) {
    if let reply = try settle(decision, usual) { write(reply) }
  }

  private mutating func countCall(of verb: SMTPVerb) throws(SMTPReply) {
    guard let limit = configuration.maxCallCounts[verb] else { return }
    callCounts[verb, default: 0] += 1
    if callCounts[verb, default: 0] > limit { throw .sentTooOften(verb) }
  }

  /// RFC 5321 4.1.4.
  private func checkOrder(of verb: SMTPVerb) throws(SMTPReply) {
    switch verb {
    case .mail:
      try checkGreeting()
      if state.envelope != nil { throw .nestedMail }
    case .rcpt:
      try checkGreeting()
      if state.envelope == nil { throw .mailFirst }
      if chunk.hasBegun || chunk.hasFailed { throw .chunksBegun }
    case .data:
      try checkGreeting()
      guard let envelope = state.envelope else { throw .mailFirst }
      if chunk.hasBegun || chunk.hasFailed { throw .chunksBegun }
      if envelope.recipients.isEmpty { throw .recipientFirst }
      if envelope.options.body == .binaryMIME { throw .binaryNeedsChunks }
    case .auth:
      try checkGreeting()
      if !state.isExtended { throw .unknownCommand }
    case .xclient: try checkForwarding(.xclient)
    case .xforward: try checkForwarding(.xforward)
    case .bdat, .ehlo, .etrn, .expn, .helo, .help, .lhlo, .noop, .quit, .rset, .startTLS, .turn,
      .vrfy:
      break
    }
  }

  func checkGreeting() throws(SMTPReply) {
    guard state.helo == nil else { return }
    throw state.isLMTP ? .lhloFirst : .greetingFirst
  }

  /// Whether the server knows the command at all; where it does not, it is an unknown one.
  func isKnown(_ verb: SMTPVerb) -> Bool {
    switch verb {
    case .helo: configuration.dialect != .lmtp
    case .ehlo: configuration.dialect == .extended
    case .lhlo: configuration.dialect == .lmtp
    case .xclient: configuration.forwarding.contains(.xclient)
    case .xforward: configuration.forwarding.contains(.xforward)
    case .auth, .bdat, .data, .etrn, .expn, .help, .mail, .noop, .quit, .rcpt, .rset, .startTLS,
      .turn, .vrfy:
      true
    }
  }

  // MARK: - HELO and EHLO

  private mutating func helo(_ name: [UInt8]) throws(SMTPReply) -> SMTPServerEffect? {
    let usual = SMTPReply(250, nil, configuration.hostname)
    guard let reply = try settle(policy.helo(name, state), usual) else { return nil }
    state.helo = name
    state.isExtended = false
    write(reply)
    return abandonTransaction()
  }

  private mutating func ehlo(_ name: [UInt8]) throws(SMTPReply) -> SMTPServerEffect? {
    var lines = keywordLines
    let decision = policy.ehlo(name, lines: &lines, state)
    // A text of the policy takes the place of the first line; the keywords stay.
    let usual = SMTPReply(250, nil, configuration.hostname)
    guard let settled = try settle(decision, usual) else { return nil }
    state.helo = name
    state.isExtended = true
    write(SMTPReply(settled.code, nil, settled.text, more: settled.moreText + lines))
    return abandonTransaction()
  }

  private var keywordLines: [SMTPReplyText] {
    var lines: [SMTPReplyText] = []
    for (name, keyword) in SMTPKeywords.names {
      if keyword == .pipelining { lines += securityLines }
      guard configuration.keywords.contains(keyword) else { continue }
      if keyword == .size {
        lines.append(SMTPReplyText("SIZE \(configuration.maxMessageByteCount)") ?? "SIZE")
      } else if keyword != .binaryMIME || configuration.keywords.contains(.chunking) {
        lines.append(name)
      }
    }
    let forwarding = policy.forwarding(state).intersection(configuration.forwarding)
    return lines + forwarding.ehloLines + configuration.extraEhloLines + ["HELP"]
  }

  private var securityLines: [SMTPReplyText] {
    var lines: [SMTPReplyText] = []
    if configuration.tls != .unavailable && !state.isTLS { lines.append("STARTTLS") }
    let names = policy.mechanisms(state).filter(\.isUsable).map(\.name.text)
    if !names.isEmpty && state.identity == nil,
      let line = SMTPReplyText("AUTH " + names.joined(separator: " "))
    {
      lines.append(line)
    }
    return lines
  }

  // MARK: - The envelope

  private mutating func rcpt(
    _ recipient: SMTPPath, _ options: SMTPRecipientOptions
  ) throws(SMTPReply) {
    guard let envelope = state.envelope else { throw .mailFirst }
    try parser.checkEightBit(recipient, usesUTF8: envelope.options.usesUTF8)
    guard envelope.recipients.count < configuration.maxRecipientCount else {
      throw .tooManyRecipients
    }
    guard let reply = try settle(policy.rcpt(recipient, options, state), .recipientOK) else {
      return
    }
    state.envelope?.recipients.append(
      SMTPRecipient(path: recipient, options: options, place: envelope.recipients.count))
    write(reply)
  }

  private mutating func beginData() throws(SMTPReply) -> SMTPServerEffect? {
    guard let reply = try settle(policy.data(state), .startData) else { return nil }
    // A 2yz in place of 354 would leave both sides waiting.
    write(reply.isPositive ? .startData : reply)
    switch configuration.contentStart {
    case .atOnce: break
    case .after(let pause): hold(for: pause)
    case .never(let pause, let reply):
      hold(for: pause)
      phase = .closed(.rule)
      throw reply
    }
    return beginContent(framing: .dot)
  }

  /// Ends the transaction without a message.
  mutating func abandonTransaction() -> SMTPServerEffect? {
    resetTransaction()
    return discardMessage()
  }

  // MARK: - HELP

  private func help(on topic: [UInt8]) -> SMTPReply {
    guard !topic.isEmpty else {
      let known = SMTPVerb.allCases.filter { isServed($0) }.map(\.rawValue)
      let text = SMTPReplyText("Supported commands: " + known.joined(separator: " "))
      return SMTPReply(250, EnhancedStatus(0, 0), text ?? "See RFC 5321")
    }
    guard let verb = SMTPVerb(word: topic), isServed(verb), let syntax = verb.syntax,
      let text = SMTPReplyText("Syntax: \(syntax.text)")
    else { return .helpUnknown }
    return SMTPReply(250, EnhancedStatus(0, 0), text)
  }

  private func isServed(_ verb: SMTPVerb) -> Bool {
    switch verb {
    case .ehlo, .helo, .lhlo, .xclient, .xforward: isKnown(verb)
    case .bdat: configuration.keywords.contains(.chunking)
    case .data, .help, .mail, .noop, .quit, .rcpt, .rset, .vrfy: true
    case .startTLS: configuration.tls != .unavailable
    case .auth: !policy.mechanisms(state).isEmpty
    case .etrn, .expn, .turn: false
    }
  }
}
