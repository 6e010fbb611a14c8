// What a dump file tells of the dialogue that brought its message (Postfix's smtp-sink(1), DUMP FILE
// FORMAT). DumpFraming writes it.

/// What a client said of itself and its message, to the letter.
package struct DumpDialogue: Equatable, Sendable {
  /// The name of a client that came over a unix socket.
  package static let localAddress = "local"

  /// The client's address without brackets, `ipv6:` before one of IPv6; `local` for a unix socket.
  package var clientAddress = DumpDialogue.localAddress
  /// The protocol in the words of RFC 3848.
  package var protocolName = "SMTP"
  /// The argument of the last HELO, EHLO or LHLO.
  package var helo: [UInt8]?
  /// What stood behind `MAIL FROM:`.
  package var mailArguments: [UInt8] = []
  /// What stood behind each accepted `RCPT TO:`, in order.
  package var recipientArguments: [[UInt8]] = []

  /// A dialogue of which nothing is known.
  package init() {}

  /// An address as dumps spell it: `host` has a colon only when it is one of IPv6.
  package static func clientAddress(host: String) -> String {
    host.contains(":") ? "ipv6:\(host)" : host
  }

  /// The protocol in the three words that dumps know: SMTP, ESMTP and LMTP.
  package var plainProtocolName: String {
    if protocolName.contains("LMTP") { return "LMTP" }
    return protocolName == "SMTP" ? "SMTP" : "ESMTP"
  }
}
