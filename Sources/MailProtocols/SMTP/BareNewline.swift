// A CR or LF that is not part of a CRLF, and what a server does about it.
//
// Servers that take `LF.LF` or its like for the end of a message can be made to see two messages
// where their peer sees one ("SMTP smuggling": CVE-2023-51764 Postfix, CVE-2023-51765 Sendmail,
// CVE-2023-51766 Exim, CVE-2024-27305 aiosmtpd). Here CRLF.CRLF alone ends a message (RFC 5321
// 4.1.1.4), whatever the policy.

/// What is done about a CR or LF on its own.
package enum BareNewlinePolicy: String, Sendable, CaseIterable {
  /// The message is read to its true end and refused; a command is refused.
  case reject
  /// Kept as it is.
  case accept
  /// Becomes CRLF. A dot that stands alone then is content, and stays so.
  case normalize
}

/// How a line, true or false, ends.
package enum Newline: String, Sendable {
  case crlf = "CRLF"
  case lineFeed = "LF"
  case carriageReturn = "CR"
}

/// The most telling bare newline of one message.
package struct BareNewline: Equatable, Sendable {
  /// The newline itself, or the one before the dot.
  package let first: Newline
  /// The newline behind a dot that stands alone; nil when no such dot was seen.
  package let second: Newline?
  /// Octets of content (dots removed) before it.
  package let offset: Int

  /// `LF`, or `LF.CRLF` where a lone dot makes it an attack on some server.
  package var sequence: String {
    guard let second else { return first.rawValue }
    return "\(first.rawValue).\(second.rawValue)"
  }
}
