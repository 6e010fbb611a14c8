// What an SMTP server is set to: names, keywords, limits. Nothing here changes during a session.

/// The parameters of an SMTP server session.
package struct SMTPServerConfiguration: Sendable {
  /// How closely commands must keep to the grammar.
  package typealias Leniency = SMTPPathParser.Leniency

  /// Which greeting commands are understood.
  package enum Dialect: Sendable {
    /// HELO and EHLO.
    case extended
    /// HELO alone; EHLO is answered 500 (Postfix smtp-sink `-e`).
    case basic
    /// LHLO alone, and a reply for each recipient after the data (RFC 2033).
    case lmtp
  }

  /// When the content behind 354 is read.
  package enum ContentStart: Sendable {
    case atOnce
    /// After a pause (Postfix smtp-sink `-H`).
    case after(Duration)
    /// Never: after a pause comes this reply, then the close (Postfix smtp-sink `-A`).
    case never(Duration, SMTPReply)
  }

  /// The name in the greeting and in the replies to HELO and EHLO.
  package var hostname: SMTPReplyText
  /// The rest of the 220 line.
  package var greeting: SMTPReplyText
  /// Whether EHLO is understood.
  package var dialect = Dialect.extended
  /// What EHLO announces; nothing else is accepted.
  package var keywords = SMTPKeywords.all
  /// Lines added to the EHLO reply, before HELP.
  package var extraEhloLines: [SMTPReplyText] = []
  /// RFC 5321 to the letter, or what clients really send.
  package var leniency = Leniency.lenient
  /// Whether STARTTLS is done.
  package var tls = SMTPTLSOffer.unavailable
  /// Whether HELP, VRFY and all that sends mail need AUTH.
  package var requiresAuthentication = false
  /// XCLIENT and XFORWARD, as far as they are known; who may use them is the policy's to say.
  package var forwarding: SMTPForwarding = []
  /// What happens to a bare CR or LF, in commands and in data.
  package var bareNewlines = BareNewlinePolicy.reject

  /// When the content behind 354 is read.
  package var contentStart = ContentStart.atOnce

  /// Octets of a message; 0 is any number, and announced as such.
  package var maxMessageByteCount = 33_554_432
  /// Octets of a command line with its CRLF; extensions allow for more.
  package var maxCommandByteCount = 2048
  /// Octets of a line of an AUTH exchange, CRLF not counted (RFC 4954 4).
  package var maxAuthLineByteCount = 12_288
  /// Octets of a line of data with its CRLF, a stuffed dot apart; 0 is any number.
  package var maxDataLineByteCount = 0
  /// Octets of a local part; 0 is any number.
  package var maxLocalPartByteCount = 0
  /// Recipients of one message.
  package var maxRecipientCount = 10_000
  /// Unknown commands in a session; the last of them ends it.
  package var maxUnknownCommandCount = 20
  /// Calls of a command in a session; no entry is any number.
  package var maxCallCounts: [SMTPVerb: Int] = [:]

  package init(hostname: SMTPReplyText, greeting: SMTPReplyText) {
    self.hostname = hostname
    self.greeting = greeting
  }

  /// Octets that a command line may have, CRLF included: the extensions that are on add to some
  /// commands (RFC 1870 3, 6152 2, 6531 3.4, 3461 4.1 and 4.2, 4954 3).
  package func maxByteCount(of verb: SMTPVerb?) -> Int {
    var limit = maxCommandByteCount
    switch verb {
    case .mail:
      if keywords.contains(.size) { limit += 26 }
      if keywords.contains(.eightBitMIME) { limit += 17 }
      if keywords.contains(.smtpUTF8) { limit += 10 }
      if keywords.contains(.dsn) { limit += 100 }
      limit += 500
    case .rcpt:
      if keywords.contains(.dsn) { limit += 500 }
    case .vrfy, .expn:
      if keywords.contains(.smtpUTF8) { limit += 10 }
    case .auth:
      limit = max(limit, maxAuthLineByteCount + 2)
    case .bdat, .data, .ehlo, .etrn, .helo, .help, .lhlo, .noop, .quit, .rset, .startTLS, .turn,
      .xclient, .xforward, nil:
      break
    }
    return limit
  }

  /// The longest line that any command may have.
  package var maxLineByteCount: Int {
    SMTPVerb.allCases.reduce(maxCommandByteCount) { max($0, maxByteCount(of: $1)) }
  }
}

/// A configuration and what follows from it, shared by all sessions of a server: ten thousand idle
/// sessions hold one.
package final class SMTPServerSetup: Sendable {
  package let configuration: SMTPServerConfiguration
  let parser: SMTPCommandParser
  let maxLineByteCount: Int

  package init(_ configuration: SMTPServerConfiguration) {
    self.configuration = configuration
    parser = SMTPCommandParser(configuration: configuration)
    maxLineByteCount = configuration.maxLineByteCount
  }
}
