// The service extensions of a server, as its EHLO reply announces them (RFC 5321 2.2).

/// A set of EHLO keywords.
package struct SMTPKeywords: OptionSet, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// RFC 1870.
  package static let size = SMTPKeywords(rawValue: 1 << 0)
  /// RFC 6152.
  package static let eightBitMIME = SMTPKeywords(rawValue: 1 << 1)
  /// RFC 6531.
  package static let smtpUTF8 = SMTPKeywords(rawValue: 1 << 2)
  /// RFC 2920.
  package static let pipelining = SMTPKeywords(rawValue: 1 << 3)
  /// RFC 3030.
  package static let chunking = SMTPKeywords(rawValue: 1 << 4)
  /// RFC 3030; of no use without `chunking`.
  package static let binaryMIME = SMTPKeywords(rawValue: 1 << 5)
  /// RFC 3461.
  package static let dsn = SMTPKeywords(rawValue: 1 << 6)
  /// RFC 2034.
  package static let enhancedStatusCodes = SMTPKeywords(rawValue: 1 << 7)

  /// Everything a plain server can do.
  package static let all: SMTPKeywords = [
    .size, .eightBitMIME, .smtpUTF8, .pipelining, .chunking, .binaryMIME, .dsn,
    .enhancedStatusCodes,
  ]

  /// The keywords by name, in the order in which EHLO lists them.
  package static let names: [(name: SMTPReplyText, keyword: SMTPKeywords)] = [
    ("SIZE", .size), ("8BITMIME", .eightBitMIME), ("SMTPUTF8", .smtpUTF8),
    ("PIPELINING", .pipelining), ("CHUNKING", .chunking), ("BINARYMIME", .binaryMIME),
    ("DSN", .dsn), ("ENHANCEDSTATUSCODES", .enhancedStatusCodes),
  ]
}
