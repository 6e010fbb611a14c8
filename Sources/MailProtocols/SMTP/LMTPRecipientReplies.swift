// The answers after the data under LMTP, one for each recipient (RFC 2033 4.2). What they say is the
// policy's and the stores' affair; this keeps them in order.

/// What each recipient of a message is answered, in the order in which RCPT accepted them.
///
/// A recipient waits for the storing, and is then answered as that came out, or was answered
/// already and gets nothing.
package struct LMTPRecipientReplies: Equatable, Sendable {
  /// What is known of one recipient.
  package enum Answer: Equatable, Sendable {
    /// The message is to be stored; this is said when that succeeds, instead of the usual.
    case awaitsStore(SMTPReply?)
    /// Nothing is stored for this recipient, whatever the reply says.
    case settled(SMTPReply)
  }

  private var answers: [Answer] = []

  /// Nobody has been answered.
  package init() {}

  /// Whether an answer was 421: behind it comes nothing more (RFC 5321 3.8), so that recipients
  /// behind it are not asked about, get nothing, and are for the client to try again.
  package var isEnded: Bool {
    if case .settled(let reply) = answers.last { return reply.code == 421 }
    return false
  }

  /// Adds the answer to the next recipient; none may follow when `isEnded`.
  package mutating func append(_ answer: Answer) {
    precondition(!isEnded, "an answer behind 421")
    answers.append(answer)
  }

  /// Of the recipients in the order of the answers, those for whom the message is to be stored.
  package func awaiting(of recipients: [SMTPRecipient]) -> [SMTPRecipient] {
    zip(recipients, answers).compactMap { recipient, answer in
      switch answer {
      case .awaitsStore: recipient
      case .settled: nil
      }
    }
  }

  /// What is to be sent when storing came to `stored`; it ends with the first 421.
  package func replies(stored: SMTPReply) -> [SMTPReply] {
    var replies: [SMTPReply] = []
    for answer in answers {
      let reply =
        switch answer {
        case .awaitsStore(let text): stored.isNegative ? stored : text ?? stored
        case .settled(let reply): reply
        }
      replies.append(reply)
      if reply.code == 421 { break }
    }
    return replies
  }
}
