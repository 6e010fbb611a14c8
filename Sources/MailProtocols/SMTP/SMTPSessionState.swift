// What a server knows about the client it talks to; policies and events read it.

/// The state of one SMTP dialogue, as the server sees it.
package struct SMTPSessionState: Sendable {
  /// Whether the dialogue is LMTP (RFC 2033).
  package let isLMTP: Bool
  /// What HELO, EHLO or LHLO named; nil before any.
  package internal(set) var helo: [UInt8]?
  /// Whether the client said EHLO or LHLO.
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
  package internal(set) var proxy: ProxyHeader? {
    get { hearsay.proxy }
    set { hearsay.proxy = newValue }
  }
  /// What XCLIENT said of the client, if a client said it that may.
  package internal(set) var xclient: XclientAttributes? {
    get { hearsay.xclient }
    set { hearsay.xclient = newValue }
  }
  /// What XFORWARD said for the transaction to come, or the one under way.
  package internal(set) var xforward: XforwardAttributes? {
    get { hearsay.xforward }
    set { hearsay.xforward = newValue }
  }

  /// What others say of the client: half a kilobyte, which ten thousand idle sessions that nobody
  /// spoke for need not hold.
  private struct Hearsay {
    var proxy: ProxyHeader?
    var xclient: XclientAttributes?
    var xforward: XforwardAttributes?

    var isEmpty: Bool { proxy == nil && xclient == nil && xforward == nil }
  }

  private indirect enum Kept {
    case hearsay(Hearsay)
  }

  private var kept: Kept?

  private var hearsay: Hearsay {
    get {
      guard case .hearsay(let hearsay) = kept else { return Hearsay() }
      return hearsay
    }
    set { kept = newValue.isEmpty ? nil : .hearsay(newValue) }
  }

  init(isLMTP: Bool) { self.isLMTP = isLMTP }

  /// The state behind a TLS handshake: only what the client has not said itself is kept.
  init(following plain: SMTPSessionState) {
    isLMTP = plain.isLMTP
    commandCount = plain.commandCount
    messageCount = plain.messageCount
    isTLS = true
    // The proxy has said it, and not in this dialogue.
    proxy = plain.proxy
  }

  /// The protocol's name as in a Received field (RFC 3848, RFC 6531 4.3).
  package var protocolName: String {
    guard isExtended else { return isLMTP ? "LMTP" : "SMTP" }
    let usesUTF8 = envelope?.options.usesUTF8 == true
    let base = usesUTF8 ? (isLMTP ? "UTF8LMTP" : "UTF8SMTP") : (isLMTP ? "LMTP" : "ESMTP")
    return base + (isTLS ? "S" : "") + (identity == nil ? "" : "A")
  }
}
