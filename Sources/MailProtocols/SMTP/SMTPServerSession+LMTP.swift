// What is different under LMTP (RFC 2033): LHLO in place of HELO and EHLO, and after the data one
// reply for each recipient that RCPT accepted.

extension SMTPServerSession {
  /// The end of the data: the policy is asked for each recipient; those that it refuses are no
  /// recipients any more when the message is stored. `ownReply` is what the policy wants said to the
  /// last chunk. Where it wants no reply for one, there is none for anybody, and nothing is stored.
  mutating func endContentForEach(
    byteCount: Int, _ ownReply: SMTPReply?
  ) -> SMTPServerEffect? {
    guard let envelope = state.envelope else { preconditionFailure("data without MAIL") }
    var replies = LMTPRecipientReplies()
    recipientDelays = []
    for recipient in envelope.recipients where !replies.isEnded {
      let decision = policy.endOfData(byteCount: byteCount, for: recipient, state)
      recipientDelays.append(decision.delay)
      switch decision.verb {
      case .usual: replies.append(.awaitsStore(ownReply))
      case .drop: replies.append(.settled(ownReply ?? .ok))
      case .reply(let reply, closing: _):
        replies.append(reply.isNegative ? .settled(reply) : .awaitsStore(reply))
      case .close, .reset, .stall:
        hold(for: decision.delay)
        fallSilent(decision.verb)
        noteCut(.endOfData)
        return nil
      }
    }
    state.envelope?.recipients = replies.awaiting(of: envelope.recipients)
    recipientReplies = replies
    phase = .storing
    if state.envelope?.recipients.isEmpty == false { return .endMessage }
    // Stored for nobody: whatever storing would have come to is said to nobody, too.
    phase = finishForEach(replies, stored: .ok, closing: .rule)
    return abandonTransaction()
  }

  /// Sends the replies to all recipients; what the session does next.
  mutating func finishForEach(
    _ replies: LMTPRecipientReplies, stored: SMTPReply, closing reason: SMTPCloseReason
  ) -> Phase {
    for (index, reply) in replies.replies(stored: stored).enumerated() {
      hold(for: recipientDelays[index])
      if reply.isNegative { refuse(.endOfData, reply) } else { write(reply) }
      if reply.code == 421 { return .closed(reply == stored ? reason : .rule) }
    }
    return .command
  }

  /// Refuses a message as a whole: with one reply, under LMTP with one for each recipient, which
  /// may be none (RFC 2033 4.3).
  mutating func refuseMessage(_ stage: SMTPStage, _ reply: SMTPReply) {
    let isForEach = configuration.dialect == .lmtp && reply.code != 421
    let count = isForEach ? state.envelope?.recipients.count ?? 0 : 1
    for _ in 0..<count { refuse(stage, reply) }
  }

  /// As `refuseMessage`, for a chunk that is the last and was swallowed. What has nothing to do
  /// with the transaction is said once.
  mutating func refuseLastChunk(_ reply: SMTPReply) {
    let isOfTransaction = [.mailFirst, .recipientFirst, .chunksFailed].contains(reply)
    if isOfTransaction {
      refuseMessage(.command(.bdat), reply)
    } else {
      refuse(.command(.bdat), reply)
    }
  }
}
