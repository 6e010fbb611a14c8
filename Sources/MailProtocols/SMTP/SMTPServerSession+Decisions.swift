// What a policy's decision does to a session: replies that wait, content that is read slowly,
// connections that end or fall silent without a reply.

extension SMTPServerSession {
  /// Replies that wait, because a policy wants a delay before them.
  struct HeldReplies {
    let delay: Duration
    var output: [UInt8] = []
  }

  /// What a decision makes of a command that may be done: the reply to it; nil when the connection is
  /// to end or to be silent instead. A refusal is thrown. Unless there is a 2yz or 3yz, the command is
  /// not done.
  mutating func settle(
    _ decision: SMTPDecision, _ usual: SMTPReply
  ) throws(SMTPReply) -> SMTPReply? {
    if let rate = decision.byteRate {
      if state.envelope == nil { sessionByteRate = rate }
      contentByteRate = rate
    }
    hold(for: decision.delay)
    let reply: SMTPReply
    switch decision.verb {
    case .usual, .drop: reply = usual
    case .reply(let own, closing: let reason):
      reply = own
      if own.code == 421 { phase = .closed(reason) }
    case .close, .reset, .stall:
      fallSilent(decision.verb)
      return nil
    }
    if reply.isNegative { throw reply }
    return reply
  }

  /// Ends the dialogue without a reply.
  mutating func fallSilent(_ verb: SMTPDecision.Verb) {
    switch verb {
    case .close: phase = .closed(.rule)
    case .reset: phase = .closed(.reset)
    case .stall: phase = .stalled
    case .usual, .reply, .drop: preconditionFailure("a decision with a reply")
    }
    isCutUntold = true
  }

  /// As `settle`, for MAIL: what it says of the content is of this message alone.
  mutating func settleMail(_ decision: SMTPDecision) throws(SMTPReply) -> SMTPReply? {
    let before = sessionByteRate
    defer { sessionByteRate = before }
    return try settle(decision, .senderOK)
  }

  /// Tells that the connection ends, or falls silent, in place of a reply.
  mutating func noteCut(_ stage: SMTPStage, _ command: [UInt8] = []) {
    isCutUntold = false
    cutStage = stage
    policy.note(.cut(stage: stage, command: command))
  }

  // MARK: - Delays

  /// Has all replies from here on wait.
  mutating func hold(for delay: Duration) {
    if delay > .zero { heldReplies.append(HeldReplies(delay: delay)) }
  }

  /// The wait that `delay` asked for is over: what was held back may be sent. To be called before
  /// the session is given anything more.
  package mutating func endDelay() {
    precondition(!heldReplies.isEmpty, "no delay to end")
    output += heldReplies.removeFirst().output
  }

  /// Whether `delay` was told, and `endDelay` not called yet.
  package var isDelayed: Bool { !heldReplies.isEmpty }
}
