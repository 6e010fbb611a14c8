// Where a session of smtp-sink asks the rules: each point of the dialogue, and what is known there.

internal import MailIO
internal import MailProtocols

extension SinkSession {
  /// What the rules say of a point of the dialogue; `accept` when they say nothing.
  /// - Parameters:
  ///   - state: nil before the greeting.
  ///   - add: what only this stage knows.
  func decide(
    _ stage: ReplyRuleStage, _ state: SMTPSessionState?,
    _ add: (inout ReplyRuleSubject) -> Void = { _ in }
  ) -> SMTPDecision {
    ruleNumber = nil
    guard let rules = sink.rules, rules.hasRules(for: stage) else { return .accept }
    var subject = ReplyRuleSubject(stage)
    subject.client = IPAddress(client.host)
    subject.isTLS = state?.isTLS ?? isTLS
    subject.helo = state?.helo
    subject.user = state?.identity.map { [UInt8]($0.user.utf8) }
    subject.isAuthenticated = state?.identity != nil
    if let envelope = state?.envelope {
      subject.sender = envelope.sender.address
      subject.recipients = envelope.recipients.map(\.path.address)
      subject.byteCount = envelope.options.size
    }
    add(&subject)
    guard let answer = rules.answer(to: subject) else { return .accept }
    if answer.decision.isRefusal { ruleNumber = answer.number }
    return answer.decision
  }

  /// The end of the data, for all recipients, or under LMTP for one.
  func decideEndOfData(
    for recipient: SMTPPath?, byteCount: Int, _ state: SMTPSessionState
  ) -> SMTPDecision {
    decide(.endOfData, state) {
      if let recipient { $0.recipients = [recipient.address] }
      $0.byteCount = byteCount
    }
  }

  // MARK: - SMTPServerPolicy

  func connect() -> SMTPDecision { decide(.connect, nil) }

  func proxy(_ header: ProxyHeader, _ state: SMTPSessionState) -> SMTPDecision {
    decide(.proxy, state)
  }

  func helo(_ name: [UInt8], _ state: SMTPSessionState) -> SMTPDecision {
    decide(.helo, state) { $0.helo = name }
  }

  func ehlo(
    _ name: [UInt8], lines: inout [SMTPReplyText], _ state: SMTPSessionState
  ) -> SMTPDecision {
    decide(state.isLMTP ? .lhlo : .ehlo, state) { $0.helo = name }
  }

  func startTLS(_ state: SMTPSessionState) -> SMTPDecision { decide(.startTLS, state) }

  func authenticated(
    _ identity: SASLIdentity, _ mechanism: SASLMechanismName, _ state: SMTPSessionState
  ) -> SMTPDecision {
    decide(.auth, state) { $0.user = [UInt8](identity.user.utf8) }
  }

  func data(_ state: SMTPSessionState) -> SMTPDecision { decide(.data, state) }

  func chunk(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision {
    let decision = decide(.bdat, state) { $0.byteCount = messageByteCount }
    scriptedReply = decision.positiveReply
    return decision
  }

  func endOfData(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision {
    let decision = decideEndOfData(for: nil, byteCount: byteCount, state)
    scriptedReply = decision.positiveReply ?? scriptedReply
    return decision
  }

  func endOfData(
    byteCount: Int, for recipient: SMTPRecipient, _ state: SMTPSessionState
  ) -> SMTPDecision {
    let decision = decideEndOfData(for: recipient.path, byteCount: byteCount, state)
    if case .reply(let reply, closing: _) = decision.verb, reply.isNegative {
      refusedRecipients.append((reply, ruleNumber))
      ruleNumber = nil
    }
    return decision
  }

  func rset(_ state: SMTPSessionState) -> SMTPDecision { decide(.rset, state) }

  func noop(_ state: SMTPSessionState) -> SMTPDecision { decide(.noop, state) }

  func vrfy(_ address: SMTPPath, _ state: SMTPSessionState) -> SMTPDecision {
    decide(.vrfy, state)
  }

  func expn(_ argument: [UInt8], _ state: SMTPSessionState) -> SMTPDecision {
    decide(.expn, state)
  }

  func help(_ topic: [UInt8], _ state: SMTPSessionState) -> SMTPDecision { decide(.help, state) }

  func quit(_ state: SMTPSessionState) -> SMTPDecision { decide(.quit, state) }

  func unknown(_ line: [UInt8], _ state: SMTPSessionState) -> SMTPDecision {
    decide(.unknown, state)
  }
}
