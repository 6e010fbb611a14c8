// The arguments of MAIL and RCPT to the letter, for dump files, which tell them as they were sent.
// SMTPEnvelope has what they mean. Judges nothing: a policy says which lines were accepted.

/// What MAIL and RCPT of a transaction said, blanks and case included; heard line by line.
package struct SMTPEnvelopeArguments: Sendable {
  private var line: [UInt8] = []
  /// What stood behind `MAIL FROM:`.
  package private(set) var mail: [UInt8] = []
  /// What stood behind each `RCPT TO:` that was kept.
  package private(set) var recipients: [[UInt8]] = []

  /// Nothing was heard yet.
  package init() {}

  /// A command line has come.
  package mutating func receive(_ line: Span<UInt8>) {
    self.line = line.copy(0..<line.count)
  }

  /// The line was an accepted MAIL.
  package mutating func keepMail() {
    mail = argument
    recipients = []
  }

  /// The line was an RCPT that is accepted, the next behind `count` others. One that was kept and
  /// then refused is dropped.
  package mutating func keepRecipient(behind count: Int) {
    recipients.removeLast(max(0, recipients.count - count))
    recipients.append(argument)
  }

  /// What stands behind the first colon and the blanks there.
  private var argument: [UInt8] {
    [UInt8](line.drop { $0 != .ascii(":") }.dropFirst().drop(while: \.isBlank))
  }
}
