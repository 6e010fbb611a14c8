// The client's side of one ManageSieve dialogue (RFC 5804): commands in, octets out; octets in,
// events out. Opens no socket and knows no time. What is asked of a server that cannot be parsed, or
// that said BYE, is never sent.

/// The state of a dialogue.
package struct SieveClientSession: Sendable {
  /// What came of what was received.
  package enum Event: Equatable, Sendable {
    /// The server's first words; its capabilities when it said OK.
    case greeting(SieveReply)
    /// A challenge of SASL, decoded: `respond` or `cancel`.
    case challenge([UInt8])
    /// The reply to the oldest command.
    case reply(SieveReply)
    /// STARTTLS was granted: the handshake, then `tlsStarted`.
    case startTLS
    /// Capabilities came anew, after TLS or `refreshCapabilities`.
    case capabilities
    /// The server ends the connection, in place of any reply.
    case bye(SieveResponse, SieveVerb?)
  }

  /// A line of the dialogue for a trace, secrets masked.
  package struct TraceLine: Equatable, Sendable {
    /// Who sent it.
    package enum Side: Sendable { case client, server }
    package let side: Side
    /// The line without its line end; octets of any kind.
    package let octets: [UInt8]
  }

  private enum Phase {
    case greeting
    case ready
    /// Between the OK to STARTTLS and the end of the handshake.
    case handshake
    /// TLS stands; capabilities come unasked (RFC 5804 2.2), or not at all.
    case afterHandshake
    case ended
  }

  /// A CAPABILITY and, to know when its reply is through, a NOOP with a tag: some servers send
  /// capabilities unasked, too (Stalwart before 0.9 after AUTHENTICATE).
  private struct Refresh {
    let tag: [UInt8]?
    var hasCapabilities = false
  }

  private var parser: SieveResponseParser
  private var writer = SieveCommandWriter()
  private var phase = Phase.greeting
  private var waiting: [SieveVerb] = []
  private var lines: [SieveLine] = []
  private var refresh: Refresh?
  /// Whether a challenge waits for our answer: it is not the server's turn.
  private var isChallenged = false
  /// Whether somebody has just logged in or out: capabilities may come unasked.
  private var mayBeTold = false
  private var refreshCount = 0
  private var trace: [TraceLine] = []
  private let isTraced: Bool
  private let pipelineDepth: Int

  /// What the server can do, as it last said; none before the greeting and while TLS starts.
  package private(set) var capabilities: SieveCapabilities?

  /// A dialogue before the greeting.
  /// - Parameter pipelineDepth: commands without a reply at most, at least 1.
  package init(
    limits: SieveLimits = SieveLimits(), pipelineDepth: Int = 16, isTraced: Bool = false
  ) {
    parser = SieveResponseParser(limits: limits)
    self.pipelineDepth = max(1, pipelineDepth)
    self.isTraced = isTraced
  }

  /// Commands without a reply.
  package var waitingCount: Int { waiting.count }
  /// Whether the dialogue is over, by BYE, by an error, or by the connection's end.
  package var isOver: Bool { phase == .ended }
  /// Whether it is the server's turn.
  package var isWaiting: Bool {
    switch phase {
    case .greeting, .afterHandshake: true
    case .ready: !waiting.isEmpty
    case .handshake, .ended: false
    }
  }
  /// Steps forward in what is received, for who watches over time.
  package var stepCount: Int { parser.stepCount }

  // MARK: - Commands

  /// Whether the command may be sent now.
  package func canSend(_ verb: SieveVerb) -> Bool {
    guard phase == .ready, refresh == nil, waiting.count < pipelineDepth else { return false }
    guard let last = waiting.last else { return true }
    // What changes who speaks or how must be the last of a pipeline (RFC 5804 1.1), and to be
    // simple, all of it; LOGOUT may end any.
    return last.isPipelined && (verb.isPipelined || verb == .logout)
  }

  /// Adds a command to the output. Traps when it may not be sent now.
  package mutating func send(_ command: SieveCommand) {
    precondition(canSend(command.verb), "\(command.verb.rawValue) cannot be sent now")
    mayBeTold = false
    append(command)
  }

  private mutating func append(_ command: SieveCommand) {
    writer.write(command)
    waiting.append(command.verb)
    note(.client, command.traceLine)
  }

  /// Whether a challenge waits for an answer; a server that goes on without one has ended the
  /// dialogue.
  package var canRespond: Bool { phase == .ready && isChallenged }

  /// Answers a challenge.
  package mutating func respond(_ response: [UInt8]) {
    precondition(canRespond, "nothing was asked")
    isChallenged = false
    writer.writeResponse(response)
    note(.client, Array("*".utf8))
  }

  /// Gives an authentication up; the server's NO follows.
  package mutating func cancel() {
    precondition(canRespond, "nothing was asked")
    isChallenged = false
    writer.writeCancellation()
    note(.client, Array("\"*\"".utf8))
  }

  /// Asks for the capabilities again, after something that may have changed them, and swallows
  /// those that come unasked.
  package mutating func refreshCapabilities() {
    precondition(canSend(.noOperation) && waiting.isEmpty, "not between commands")
    // Servers older than the RFC know no NOOP, and send nothing unasked.
    let knowsNoOperation = capabilities?.offers(.noOperation) ?? true
    refreshCount += 1
    let tag = knowsNoOperation ? Array("postroom-\(refreshCount)".utf8) : nil
    refresh = Refresh(tag: tag)
    append(.capability)
    if let tag { append(.noOperation(tag: tag)) }
  }

  /// The octets to be sent, which are then gone from here; none when the dialogue is over. They may
  /// hold a secret.
  package mutating func takeOutput() -> [UInt8] {
    if phase == .ended { writer.wipe() }
    return writer.take()
  }

  /// The lines since the last call, when the dialogue is traced.
  package mutating func takeTrace() -> [TraceLine] {
    defer { trace = [] }
    return trace
  }

  // MARK: - TLS

  /// The handshake after `startTLS` is done: what was known of the server is forgotten already.
  package mutating func tlsStarted() {
    precondition(phase == .handshake, "nobody granted STARTTLS")
    phase = .afterHandshake
  }

  /// The server did not send its capabilities after the handshake (old Cyrus did not): asks.
  package mutating func askForCapabilities() {
    precondition(phase == .afterHandshake, "capabilities are here")
    phase = .ready
    refreshCapabilities()
  }

  // MARK: - Input

  /// Takes input up to the next event; nil when all of it is consumed. After an error the dialogue
  /// is over.
  package mutating func receive(
    _ input: Span<UInt8>, at position: inout Int
  ) throws(SieveProtocolError) -> Event? {
    do throws(SieveProtocolError) {
      while phase != .ended {
        switch try parser.next(input, at: &position) {
        case nil: return nil
        case .line(let line):
          if let challenge = try take(line) { return .challenge(challenge) }
        case .response(let response, let line):
          noteReceived(line, response)
          if let event = try take(response, line) {
            if event == .startTLS, position < input.count {
              let octets = input.copy(position..<min(input.count, position + 200))
              throw SieveProtocolError(.octetsBehindStartTLS, octets)
            }
            return event
          }
        }
      }
      return nil
    } catch {
      phase = .ended
      throw error
    }
  }

  /// The connection is over, whoever ended it.
  package mutating func end() { phase = .ended }

  /// A data line. Returns a challenge when it is one.
  private mutating func take(_ line: SieveLine) throws(SieveProtocolError) -> [UInt8]? {
    let verb = phase == .ready ? waiting.first ?? (mayBeTold ? .capability : nil) : .capability
    if verb == .authenticate {
      noteMasked()
    } else {
      note(.server, line.text)
    }
    switch verb {
    case .listScripts:
      guard SieveScriptEntry(line) != nil else {
        throw SieveProtocolError(line.fault == nil ? .malformedListing : .malformedLine, line.text)
      }
    case .authenticate:
      if let fault = line.fault { throw fault }
      guard let texts = line.strings, let text = texts.first, texts.count == 1,
        let octets = Base64.decode(text.span)
      else { throw SieveProtocolError(.malformedChallenge, []) }
      guard !isChallenged else { throw SieveProtocolError(.unexpectedLine, []) }
      isChallenged = true
      return octets
    case .getScript:
      if let fault = line.fault { throw fault }
      guard lines.isEmpty, line.strings?.count == 1 else {
        throw SieveProtocolError(.unexpectedLine, line.text)
      }
    case .capability, .raw:
      if let fault = line.fault { throw fault }
    case .noOperation, .startTLS, .logout, .haveSpace, .putScript, .setActive, .deleteScript,
      .renameScript, .checkScript, .unauthenticate, nil:
      throw SieveProtocolError(line.fault == nil ? .unexpectedLine : .malformedLine, line.text)
    }
    lines.append(line)
    return nil
  }

  /// The end of a response.
  private mutating func take(
    _ response: SieveResponse, _ line: SieveLine
  ) throws(SieveProtocolError) -> Event? {
    let lines = self.lines
    self.lines = []
    if response.status == .bye {
      let verb = waiting.first
      phase = .ended
      // The answer to LOGOUT may be BYE.
      if verb == .logout {
        return .reply(SieveReply(verb: .logout, lines: lines, response: response))
      }
      return .bye(response, verb)
    }
    switch phase {
    case .greeting:
      if response.status == .ok { capabilities = try SieveCapabilities(lines: lines) }
      phase = response.status == .ok ? .ready : .ended
      return .greeting(SieveReply(verb: nil, lines: lines, response: response))
    case .afterHandshake:
      guard response.status == .ok, !lines.isEmpty else {
        throw SieveProtocolError(.unexpectedResponse, line.text)
      }
      capabilities = try SieveCapabilities(lines: lines)
      phase = .ready
      return .capabilities
    case .ready:
      return try takeReply(lines, response, line)
    case .handshake, .ended:
      throw SieveProtocolError(.unexpectedResponse, line.text)
    }
  }

  private mutating func takeReply(
    _ lines: [SieveLine], _ response: SieveResponse, _ line: SieveLine
  ) throws(SieveProtocolError) -> Event? {
    guard let verb = waiting.first, !isChallenged else {
      guard mayBeTold, response.status == .ok, !lines.isEmpty else {
        throw SieveProtocolError(.unexpectedResponse, line.text)
      }
      capabilities = try SieveCapabilities(lines: lines)
      return nil
    }
    if refresh != nil { return try takeRefresh(lines, response, line) ? .capabilities : nil }
    waiting.removeFirst()
    let reply = SieveReply(verb: verb, lines: lines, response: response)
    if verb == .getScript, reply.isOK, lines.isEmpty {
      throw SieveProtocolError(.missingScript, line.text)
    }
    if verb == .capability, reply.isOK { capabilities = try SieveCapabilities(lines: lines) }
    if verb == .startTLS, reply.isOK {
      phase = .handshake
      capabilities = nil
      return .startTLS
    }
    if verb == .logout { phase = .ended }
    mayBeTold = reply.isOK && (verb == .authenticate || verb == .unauthenticate)
    return .reply(reply)
  }

  /// True when the refresh is through.
  private mutating func takeRefresh(
    _ lines: [SieveLine], _ response: SieveResponse, _ line: SieveLine
  ) throws(SieveProtocolError) -> Bool {
    guard var refresh else { return false }
    var isThrough: Bool
    if response.status == .ok, !lines.isEmpty {
      capabilities = try SieveCapabilities(lines: lines)
      refresh.hasCapabilities = true
      isThrough = refresh.tag == nil
    } else {
      // The tag, or what a server says that echoes none or knows no NOOP.
      guard refresh.hasCapabilities, lines.isEmpty,
        response.tag == nil || response.tag == refresh.tag
      else { throw SieveProtocolError(.unexpectedResponse, line.text) }
      isThrough = true
    }
    if isThrough {
      waiting = []
      mayBeTold = false
    }
    self.refresh = isThrough ? nil : refresh
    return isThrough
  }

  // MARK: - Trace

  private mutating func note(_ side: TraceLine.Side, _ octets: [UInt8]) {
    if isTraced { trace.append(TraceLine(side: side, octets: octets)) }
  }

  private mutating func noteMasked() { note(.server, Array("*".utf8)) }

  private mutating func noteReceived(_ line: SieveLine, _ response: SieveResponse) {
    let isSASL = phase == .ready && waiting.first == .authenticate && response.saslText != nil
    note(.server, isSASL ? Array("\(response.status.rawValue) (SASL *)".utf8) : line.text)
  }
}
