// What a policy makes of a command: the reply, or what is done to the connection instead, and how
// long either waits. What it comes to is SMTPServerSession's to say (SMTPServerSession+Decisions).

/// What a policy makes of a command that is well-formed, in order, and would be done.
package struct SMTPDecision: Equatable, Sendable {
  /// What is done about the command.
  package enum Verb: Equatable, Sendable {
    /// It is done, and answered as usual.
    case usual
    /// It is answered with this. A 2yz does the command all the same; 4yz and 5yz refuse it; 421
    /// also ends the session, for the reason given.
    case reply(SMTPReply, closing: SMTPCloseReason = .rule)
    /// The connection is closed without a reply.
    case close
    /// The connection is reset.
    case reset
    /// Nothing is said any more, until the time-out closes the connection.
    case stall
    /// At the end of the data: it is answered as usual, and the message thrown away. Elsewhere as
    /// `usual`.
    case drop
  }

  package var verb: Verb
  /// How long the reply, or what comes in its place, waits.
  package var delay: Duration
  /// Octets a second at which the content of the message is read; 1 or more. At the greetings it
  /// holds for all messages of the session, in a transaction for its own; at a chunk for that chunk
  /// and those behind it.
  package var byteRate: Int?

  package init(_ verb: Verb, delay: Duration = .zero, byteRate: Int? = nil) {
    precondition(byteRate ?? 1 > 0, "content would never be read")
    self.verb = verb
    self.delay = delay
    self.byteRate = byteRate
  }

  /// Do it, and answer as usual.
  package static var accept: SMTPDecision { SMTPDecision(.usual) }

  /// Answer this.
  package static func reply(
    _ reply: SMTPReply, closing reason: SMTPCloseReason = .rule
  ) -> SMTPDecision {
    SMTPDecision(.reply(reply, closing: reason))
  }
}
