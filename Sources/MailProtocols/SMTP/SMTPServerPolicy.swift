// What a server decides for itself: one method a stage of the dialogue, each with a default that
// accepts. A policy is asked when a command is well-formed and in order, never before.

/// A point of the dialogue that can be refused; the raw value is its name in events.
package enum SMTPStage: Equatable, Sendable {
  case connect
  /// Behind a PROXY header.
  case proxy
  case command(SMTPVerb)
  case unknownCommand
  /// The end of the data, by DATA or by the last BDAT.
  case endOfData

  /// The name in events: a verb in lower case, or `.` for the end of the data.
  package var name: String {
    switch self {
    case .connect: "connect"
    case .proxy: "proxy"
    case .command(let verb): verb.rawValue.lowercased()
    case .unknownCommand: "unknown"
    case .endOfData: "."
    }
  }
}

/// Something worth telling about a dialogue besides its messages.
package enum SMTPServerNote: Equatable, Sendable {
  /// A 4yz or 5yz was sent; `command` is the line it answers, without line end.
  case rejected(stage: SMTPStage, command: [UInt8], reply: SMTPReply)
  /// A policy had the connection end, or fall silent, in place of a reply to `command`.
  case cut(stage: SMTPStage, command: [UInt8])
  /// Bare newlines in a message.
  case bareNewline(BareNewline, BareNewlinePolicy)
  /// Octets that came in plain text behind STARTTLS; the session is closed.
  case plainTextBehindStartTLS(byteCount: Int)
  /// AUTH came to an end; the identity is known when it was accepted.
  case authentication(SASLMechanismName, SASLIdentity?, isAccepted: Bool)
}

/// The decisions of a server, and its ears. Methods are called on the session's thread.
package protocol SMTPServerPolicy: AnyObject {
  /// Before the greeting; a reply takes its place. `drop` is nothing here.
  func connect() -> SMTPDecision
  /// Before `connect`, where a PROXY header came; a reply takes the greeting's place.
  func proxy(_ header: ProxyHeader, _ state: SMTPSessionState) -> SMTPDecision
  /// Which of XCLIENT and XFORWARD this client may use.
  func forwarding(_ state: SMTPSessionState) -> SMTPForwarding
  /// A 4yz or 5yz refuses it; otherwise the greeting is the reply, after `connect` was asked again.
  func xclient(_ attributes: XclientAttributes, _ state: SMTPSessionState) -> SMTPDecision
  func xforward(_ attributes: XforwardAttributes, _ state: SMTPSessionState) -> SMTPDecision
  func helo(_ name: [UInt8], _ state: SMTPSessionState) -> SMTPDecision
  /// EHLO, or LHLO. `lines` are those behind the first, HELP included; they may be changed.
  func ehlo(
    _ name: [UInt8], lines: inout [SMTPReplyText], _ state: SMTPSessionState
  ) -> SMTPDecision
  func startTLS(_ state: SMTPSessionState) -> SMTPDecision
  /// The mechanisms for AUTH, in the order in which they are announced; none where there is no AUTH.
  func mechanisms(_ state: SMTPSessionState) -> [SMTPAuthOffer]
  /// A new exchange with a mechanism that is usable now; nil when it cannot be had just now.
  func exchange(with name: SASLMechanismName, _ state: SMTPSessionState) -> SASLServerExchange?
  /// The client has shown who it is. A 3yz is one more challenge, and whatever the client says to it
  /// is refused.
  func authenticated(
    _ identity: SASLIdentity, _ mechanism: SASLMechanismName, _ state: SMTPSessionState
  ) -> SMTPDecision
  func mail(
    _ sender: SMTPPath, _ options: SMTPMailOptions, _ state: SMTPSessionState
  ) -> SMTPDecision
  func rcpt(
    _ recipient: SMTPPath, _ options: SMTPRecipientOptions, _ state: SMTPSessionState
  ) -> SMTPDecision
  /// Before 354.
  func data(_ state: SMTPSessionState) -> SMTPDecision
  /// A chunk of BDAT that was taken whole; behind the last one `endOfData` is asked, too.
  func chunk(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision
  /// The message is whole and within its limits, and not stored yet.
  func endOfData(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision
  /// Under LMTP, for each recipient in order, in place of `endOfData(byteCount:_:)`: one that is
  /// refused gets nothing, the others do. 421 ends it: nobody behind is asked about.
  func endOfData(
    byteCount: Int, for recipient: SMTPRecipient, _ state: SMTPSessionState
  ) -> SMTPDecision
  func rset(_ state: SMTPSessionState) -> SMTPDecision
  func noop(_ state: SMTPSessionState) -> SMTPDecision
  func vrfy(_ address: SMTPPath, _ state: SMTPSessionState) -> SMTPDecision
  func expn(_ argument: [UInt8], _ state: SMTPSessionState) -> SMTPDecision
  func help(_ topic: [UInt8], _ state: SMTPSessionState) -> SMTPDecision
  func quit(_ state: SMTPSessionState) -> SMTPDecision
  /// A command that nobody knows; `accept` lets it be refused.
  func unknown(_ line: [UInt8], _ state: SMTPSessionState) -> SMTPDecision
  /// A command line has come, without its line end; for traces.
  func received(_ line: Span<UInt8>)
  /// Something was refused or found; told, not asked.
  func note(_ note: SMTPServerNote)
}

extension SMTPServerPolicy {
  package func connect() -> SMTPDecision { .accept }
  package func proxy(_ header: ProxyHeader, _ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func forwarding(_ state: SMTPSessionState) -> SMTPForwarding { [] }
  package func xclient(
    _ attributes: XclientAttributes, _ state: SMTPSessionState
  ) -> SMTPDecision { .accept }
  package func xforward(
    _ attributes: XforwardAttributes, _ state: SMTPSessionState
  ) -> SMTPDecision { .accept }
  package func helo(_ name: [UInt8], _ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func ehlo(
    _ name: [UInt8], lines: inout [SMTPReplyText], _ state: SMTPSessionState
  ) -> SMTPDecision { .accept }
  package func startTLS(_ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func mechanisms(_ state: SMTPSessionState) -> [SMTPAuthOffer] { [] }
  package func exchange(
    with name: SASLMechanismName, _ state: SMTPSessionState
  ) -> SASLServerExchange? { nil }
  package func authenticated(
    _ identity: SASLIdentity, _ mechanism: SASLMechanismName, _ state: SMTPSessionState
  ) -> SMTPDecision { .accept }
  package func mail(
    _ sender: SMTPPath, _ options: SMTPMailOptions, _ state: SMTPSessionState
  ) -> SMTPDecision { .accept }
  package func rcpt(
    _ recipient: SMTPPath, _ options: SMTPRecipientOptions, _ state: SMTPSessionState
  ) -> SMTPDecision { .accept }
  package func data(_ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func chunk(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func endOfData(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision { .accept }
  /// As for a message that has one recipient alone.
  package func endOfData(
    byteCount: Int, for recipient: SMTPRecipient, _ state: SMTPSessionState
  ) -> SMTPDecision { endOfData(byteCount: byteCount, state) }
  package func rset(_ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func noop(_ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func vrfy(_ address: SMTPPath, _ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func expn(_ argument: [UInt8], _ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func help(_ topic: [UInt8], _ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func quit(_ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func unknown(_ line: [UInt8], _ state: SMTPSessionState) -> SMTPDecision { .accept }
  package func received(_ line: Span<UInt8>) {}
  package func note(_ note: SMTPServerNote) {}
}
