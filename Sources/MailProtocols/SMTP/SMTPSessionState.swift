// What a server knows about the client it talks to; policies and events read it.

/// The state of one SMTP dialogue, as the server sees it.
package struct SMTPSessionState: Sendable {
  /// What HELO or EHLO named; nil before either.
  package internal(set) var helo: [UInt8]?
  /// Whether the client said EHLO.
  package internal(set) var isExtended = false
  /// The transaction under way; nil before MAIL.
  package internal(set) var envelope: SMTPEnvelope?
  /// Commands so far, the unknown and the refused ones included.
  package internal(set) var commandCount = 0
  /// Messages that were answered with 250.
  package internal(set) var messageCount = 0

  /// Whether the connection is TLS by now.
  package internal(set) var isTLS = false
  /// Who the client has shown to be, by AUTH.
  package internal(set) var identity: SASLIdentity?

  /// What a proxy said of the connection.
  package internal(set) var proxy: ProxyHeader?
  /// What XCLIENT said of the client, if a client said it that may.
  package internal(set) var xclient: XclientAttributes?
  /// What XFORWARD said for the transaction to come, or the one under way.
  package internal(set) var xforward: XforwardAttributes?

  init() {}

  /// The state behind a TLS handshake: only what the client has not said itself is kept.
  init(following plain: SMTPSessionState) {
    commandCount = plain.commandCount
    messageCount = plain.messageCount
    isTLS = true
    // The proxy has said it, and not in this dialogue.
    proxy = plain.proxy
  }

  /// The protocol's name as in a Received field (RFC 3848, RFC 6531 4.3).
  package var protocolName: String {
    guard isExtended else { return "SMTP" }
    let base = envelope?.options.usesUTF8 == true ? "UTF8SMTP" : "ESMTP"
    return base + (isTLS ? "S" : "") + (identity == nil ? "" : "A")
  }
}
