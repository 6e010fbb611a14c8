// STARTTLS (RFC 3207) and AUTH (RFC 4954) in a server session. What the client sends for AUTH is a
// secret: it is told to nobody, and wiped where it was copied. Whose buffer it came in wipes that
// (`holdsSecretInput`).

extension SMTPServerSession {
  // MARK: - STARTTLS

  mutating func startTLS() throws(SMTPReply) -> SMTPServerEffect? {
    if state.isTLS { throw .tlsActive }
    if configuration.tls == .unavailable { throw .tlsNotAvailable }
    if followingByteCount > 0 {
      // CVE-2011-0411, CVE-2024-34083: what stands behind the command was sent in plain text by
      // anybody, and would be obeyed as if it had come through TLS.
      policy.note(.plainTextBehindStartTLS(byteCount: followingByteCount))
      phase = .closed(.limit)
      throw .inputBehindStartTLS
    }
    guard let reply = try settle(policy.startTLS(state), .startTLS) else { return nil }
    write(reply)
    phase = .startingTLS
    return discardMessage()
  }

  /// The handshake is done: all that was said before is forgotten (RFC 3207 4.2).
  package mutating func tlsStarted() {
    resetTransaction()
    state = SMTPSessionState(following: state)
    phase = .command
  }

  /// The connection was TLS from its first octet; to be called before `open`.
  package mutating func tlsPresent() {
    state.isTLS = true
  }

  /// Commands that are done before TLS where it is required, and before AUTH where that is.
  func checkSecurity(of verb: SMTPVerb?) throws(SMTPReply) {
    if configuration.tls == .required && !state.isTLS {
      switch verb {
      case .ehlo, .lhlo, .noop, .startTLS, .quit: break
      case .auth, .bdat, .data, .etrn, .expn, .helo, .help, .mail, .rcpt, .rset, .turn, .vrfy,
        .xclient, .xforward, nil:
        throw .tlsFirst
      }
    }
    if configuration.requiresAuthentication && state.identity == nil {
      switch verb {
      case .help, .vrfy, .mail, .rcpt, .data, .bdat: throw .authenticationFirst
      case .auth, .ehlo, .etrn, .expn, .helo, .lhlo, .noop, .quit, .rset, .startTLS, .turn,
        .xclient,
        .xforward, nil:
        break
      }
    }
  }

  // MARK: - AUTH

  /// `argument` is what stands behind AUTH, blanks around it removed.
  mutating func authenticate(_ argument: [UInt8]) throws(SMTPReply) -> SMTPServerEffect? {
    if state.identity != nil { throw .alreadyAuthenticated }
    if state.envelope != nil { throw .authInTransaction }
    let offers = policy.mechanisms(state)
    if offers.isEmpty { throw .authNotAvailable }
    let words = argument.split(separator: .space, omittingEmptySubsequences: true)
    guard let word = words.first, words.count <= 2 else { throw .badSyntax(of: "AUTH mechanism") }
    guard let name = SASLMechanismName(String(decoding: word, as: UTF8.self)),
      let offer = offers.first(where: { $0.name == name })
    else { throw .unknownMechanism }
    guard offer.isUsable else { throw .encryptionRequired }
    guard var exchange = policy.exchange(with: name, state) else { throw .authUnavailable }

    var initial: [UInt8]?
    if words.count == 2 {
      // RFC 4954 4: a lone `=` is a response that is there and empty.
      var text = [UInt8](words[1])
      defer { SASLSecret.wipe(&text) }
      initial = text == [.ascii("=")] ? [] : Base64.decode(text.span)
      guard initial != nil else { throw .badBase64 }
    }
    let step = exchange.start(initial)
    if var secret = initial { SASLSecret.wipe(&secret) }
    self.exchange = exchange
    return try take(step)
  }

  /// A line inside an AUTH exchange.
  mutating func answerChallenge(
    _ line: Span<UInt8>, isTooLong: Bool
  ) throws(SMTPReply) -> SMTPServerEffect? {
    phase = .command
    if isTooLong {
      abandonExchange()
      throw .authLineTooLong
    }
    // Behind a challenge that was the policy's.
    guard var exchange else { throw .badCredentials }
    if line.count == 1 && line[0] == .ascii("*") { return try take(exchange.abort()) }
    guard var response = Base64.decode(line) else {
      abandonExchange()
      throw .badBase64
    }
    let step = exchange.respond(response)
    SASLSecret.wipe(&response)
    self.exchange = exchange
    return try take(step)
  }

  /// Ends the exchange without a word from the mechanism.
  mutating func abandonExchange() {
    exchange = nil
    phase = .command
  }

  private mutating func take(_ step: SASLServerStep) throws(SMTPReply) -> SMTPServerEffect? {
    guard let exchange else { preconditionFailure("a step of no exchange") }
    switch step {
    case .challenge(let challenge):
      // The space stands even before nothing (RFC 4954 4).
      output += [.ascii("3"), .ascii("3"), .ascii("4"), .space]
      output += Base64.encode(challenge.span)
      output += [.carriageReturn, .lineFeed]
      phase = .authenticating
      return nil
    case .success(let identity, additionalData: _):
      self.exchange = nil
      let decision = policy.authenticated(identity, exchange.name, state)
      guard let reply = try settle(decision, .authenticated) else { return nil }
      guard reply.isPositive else {
        write(reply)
        phase = .authenticating
        return nil
      }
      state.identity = identity
      policy.note(.authentication(exchange.name, identity, isAccepted: true))
      write(reply)
      return nil
    case .aborted:
      self.exchange = nil
      throw .authAborted
    case .failure(let failure):
      self.exchange = nil
      policy.note(.authentication(exchange.name, nil, isAccepted: false))
      switch failure {
      case .malformed: throw .badAuthResponse
      case .credentials, .authorization, .channelBinding: throw .badCredentials
      case .unavailable: throw .authUnavailable
      }
    }
  }
}
