// What a scripted answer does, as a decision about a command.

extension SMTPDecision {
  /// The decision that a rule's action is.
  package init(_ action: ReplyRuleAction) {
    let verb: Verb =
      switch action.verb {
      case .reply(let reply): .reply(reply, closing: .rule)
      case .close: .close
      case .reset: .reset
      case .stall: .stall
      case .drop: .drop
      case .ok: .usual
      }
    self.init(verb, delay: action.delay, byteRate: action.bytesPerSecond)
  }

  /// What is said in place of the usual reply when the command is done.
  package var positiveReply: SMTPReply? {
    switch verb {
    case .reply(let reply, closing: _): reply.isNegative ? nil : reply
    case .usual, .close, .reset, .stall, .drop: nil
    }
  }

  /// Whether the command is not done.
  package var isRefusal: Bool {
    switch verb {
    case .reply(let reply, closing: _): reply.isNegative
    case .close, .reset, .stall: true
    case .usual, .drop: false
    }
  }
}
