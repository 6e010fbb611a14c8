// The commands an SMTP server knows by name, whether or not it does what they ask.

/// The first word of a command line (RFC 5321 4.1, RFC 3030, 3207, 4954, 2033, 1985; XCLIENT and XFORWARD
/// are Postfix's).
package enum SMTPVerb: String, Sendable, CaseIterable {
  case auth = "AUTH"
  case bdat = "BDAT"
  case data = "DATA"
  case ehlo = "EHLO"
  case etrn = "ETRN"
  case expn = "EXPN"
  case helo = "HELO"
  case help = "HELP"
  /// RFC 2033.
  case lhlo = "LHLO"
  case mail = "MAIL"
  case noop = "NOOP"
  case quit = "QUIT"
  case rcpt = "RCPT"
  case rset = "RSET"
  case startTLS = "STARTTLS"
  case turn = "TURN"
  case vrfy = "VRFY"
  case xclient = "XCLIENT"
  case xforward = "XFORWARD"

  /// The verb that a command line starts with, without regard to case, and where its argument
  /// starts; nil when the word is none of ours.
  package static func parse(_ line: Span<UInt8>) -> (verb: SMTPVerb, argumentStart: Int)? {
    var end = 0
    var word: UInt64 = 0
    while end < line.count && !line[end].isBlank {
      // A NUL would vanish in the packed word.
      guard end < 8, line[end] != .nul else { return nil }
      word = word << 8 | UInt64(line[end].uppercased)
      end += 1
    }
    guard let verb = SMTPVerb(packed: word) else { return nil }
    return (verb, end)
  }

  /// The verb of a word given in upper or lower case.
  package init?(word: [UInt8]) {
    guard let found = SMTPVerb.parse(word.span), found.argumentStart == word.count else {
      return nil
    }
    self = found.verb
  }

  private init?(packed word: UInt64) {
    switch word {
    case Self.pack("AUTH"): self = .auth
    case Self.pack("BDAT"): self = .bdat
    case Self.pack("DATA"): self = .data
    case Self.pack("EHLO"): self = .ehlo
    case Self.pack("ETRN"): self = .etrn
    case Self.pack("EXPN"): self = .expn
    case Self.pack("HELO"): self = .helo
    case Self.pack("HELP"): self = .help
    case Self.pack("LHLO"): self = .lhlo
    case Self.pack("MAIL"): self = .mail
    case Self.pack("NOOP"): self = .noop
    case Self.pack("QUIT"): self = .quit
    case Self.pack("RCPT"): self = .rcpt
    case Self.pack("RSET"): self = .rset
    case Self.pack("STARTTLS"): self = .startTLS
    case Self.pack("TURN"): self = .turn
    case Self.pack("VRFY"): self = .vrfy
    case Self.pack("XCLIENT"): self = .xclient
    case Self.pack("XFORWARD"): self = .xforward
    default: return nil
    }
  }

  @inline(__always)
  private static func pack(_ word: StaticString) -> UInt64 {
    var packed: UInt64 = 0
    for index in 0..<word.utf8CodeUnitCount { packed = packed << 8 | UInt64(word.utf8Start[index]) }
    return packed
  }

  /// What HELP says about the command; nil for those that this server never does.
  package var syntax: SMTPReplyText? {
    switch self {
    case .bdat: "BDAT <octets> [LAST]"
    case .data: "DATA"
    case .ehlo: "EHLO <hostname>"
    case .helo: "HELO <hostname>"
    case .help: "HELP [command]"
    case .lhlo: "LHLO <hostname>"
    case .mail: "MAIL FROM:<address> [parameters]"
    case .noop: "NOOP [ignored]"
    case .quit: "QUIT"
    case .rcpt: "RCPT TO:<address> [parameters]"
    case .rset: "RSET"
    case .vrfy: "VRFY <address>"
    case .auth: "AUTH <mechanism> [initial response]"
    case .startTLS: "STARTTLS"
    case .xclient: "XCLIENT attribute=value..."
    case .xforward: "XFORWARD attribute=value..."
    case .etrn, .expn, .turn: nil
    }
  }
}
