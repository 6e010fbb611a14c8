// What a scripted answer does. smtp-sink(1), RULES.

/// What is answered, when, and how fast the data is read after it.
package struct ReplyRuleAction: Equatable, Sendable {
  package enum Verb: Equatable, Sendable {
    /// 2yz does what the command does, 3yz goes on (`data`, `auth`), 4yz and 5yz refuse.
    case reply(SMTPReply)
    /// The connection is closed without a reply.
    case close
    /// The connection is reset without a reply.
    case reset
    /// Nothing is answered until the client's time is over.
    case stall
    /// The end of the data gets 250, and nothing is stored.
    case drop
    /// As if there were no rule.
    case ok
  }

  /// The wait before the reply.
  package let delay: Duration
  /// Octets a second that the data is read at; nil is as fast as it comes.
  package let bytesPerSecond: Int?
  package let verb: Verb

  package init(_ verb: Verb, delay: Duration = .zero, bytesPerSecond: Int? = nil) {
    self.verb = verb
    self.delay = delay
    self.bytesPerSecond = bytesPerSecond
  }

  /// Whether the connection ends with it.
  package var endsConnection: Bool {
    switch verb {
    case .reply(let reply): reply.code == 421
    case .close, .reset: true
    case .stall, .drop, .ok: false
    }
  }

  // MARK: - Nonsense

  /// Why the verb cannot be had where the rule is asked, or nil.
  func verbFault(in scope: ReplyRuleScope) -> String? {
    switch verb {
    case .reply(let reply): Self.fault(ofCode: reply.code, in: scope)
    case .drop:
      scope == .only(.endOfData)
        ? nil : "drop belongs to '.', the end of the data, not to \(scope.name)"
    case .close, .reset, .stall, .ok: nil
    }
  }

  private static func fault(ofCode code: Int, in scope: ReplyRuleScope) -> String? {
    switch code / 100 {
    case 2:
      switch scope {
      case .only(.data): "data goes on with 3xx, or is refused with 4xx or 5xx: no \(code)"
      case .only(.proxy): "a PROXY header has no reply to replace: 4xx or 5xx, not \(code)"
      case .any: "\(code) would answer DATA too: name one stage"
      case .only: nil
      }
    case 3:
      switch scope {
      case .only(.data), .only(.auth): nil
      case .any, .only: "\(code) is an answer at data and auth alone, not at \(scope.name)"
      }
    // SMTPReply has no others.
    default: nil
    }
  }

  /// Why the wait says nothing, or nil.
  var delayFault: String? {
    if delay < .zero { return "no wait is below 0" }
    return delay > .zero && verb == .stall ? "stall never answers: there is no reply to delay" : nil
  }

  /// Why there is no data to read slowly, or nil.
  func slowFault(in scope: ReplyRuleScope) -> String? {
    guard let bytesPerSecond else { return nil }
    guard bytesPerSecond > 0 else { return "at 0 bytes a second no data comes: stall does that" }
    guard scope == .only(.data) || scope == .only(.bdat) else {
      return "slow= belongs to data and bdat: no data is read at \(scope.name)"
    }
    let readsOn =
      switch verb {
      case .reply(let reply): !reply.isNegative
      case .ok: true
      case .close, .reset, .stall, .drop: false
      }
    return readsOn ? nil : "slow= goes with ok or a reply that goes on: no data is read after this"
  }
}
