// What a scripted answer can know of a dialogue.

/// A point of a dialogue, as rules see it.
package struct ReplyRuleSubject: Sendable {
  package let stage: ReplyRuleStage
  /// Nil for a client on a unix socket.
  package var client: IPAddress?
  /// The name after HELO, EHLO or LHLO, of this command or of the last one.
  package var helo: [UInt8]?
  /// The sender without brackets, empty for `<>`; nil outside a transaction.
  package var sender: [UInt8]?
  /// At `rcpt` the one recipient, and so at `.` under LMTP; else all that were accepted.
  package var recipients: [[UInt8]] = []
  /// The name the client logged in with; at `auth` the name it tries.
  package var user: [UInt8]?
  package var isTLS = false
  package var isAuthenticated = false
  /// At `.` and `bdat` the octets of the message so far, before that what SIZE= of MAIL declared;
  /// nil is neither larger nor smaller than anything.
  package var byteCount: Int?

  package init(_ stage: ReplyRuleStage) {
    self.stage = stage
  }
}

/// The rule that decides.
package struct ReplyRuleMatch: Sendable {
  /// Its place among the rules, from 1; events show it.
  package let number: Int
  package let rule: ReplyRule
  package var action: ReplyRuleAction { rule.action }
}
