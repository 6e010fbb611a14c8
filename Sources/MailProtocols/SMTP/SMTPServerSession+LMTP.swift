// What is different under LMTP (RFC 2033): LHLO in place of HELO and EHLO, and after the data one
// reply for each recipient that RCPT accepted.

extension SMTPServerSession {
  /// The end of the data: the policy is asked for each recipient; those that it refuses are no
  /// recipients any more when the message is stored.
  mutating func endContentForEach(byteCount: Int) -> SMTPServerEffect? {
    guard let envelope = state.envelope else { preconditionFailure("data without MAIL") }
    var replies = LMTPRecipientReplies()
    for recipient in envelope.recipients where !replies.isEnded {
      switch policy.endOfData(byteCount: byteCount, for: recipient, state) {
      case .accept: replies.append(.awaitsStore(nil))
      case .reply(let reply):
        replies.append(reply.isNegative ? .settled(reply) : .awaitsStore(reply))
      }
    }
    state.envelope?.recipients = replies.awaiting(of: envelope.recipients)
    recipientReplies = replies
    phase = .storing
    if state.envelope?.recipients.isEmpty == false { return .endMessage }
    // Stored for nobody: whatever storing would have come to is said to nobody, too.
    phase = finishForEach(replies, stored: .ok)
    return abandonTransaction()
  }

  /// Sends the replies to all recipients; what the session does next.
  mutating func finishForEach(_ replies: LMTPRecipientReplies, stored: SMTPReply) -> Phase {
    for reply in replies.replies(stored: stored) {
      if reply.isNegative { refuse(.endOfData, reply) } else { write(reply) }
      if reply.code == 421 { return .closed(.limit) }
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
