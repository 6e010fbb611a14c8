// Why a path was refused. The session chooses the reply: 553 5.1.3 for what is missing or too
// long, 501 5.1.3 or 5.1.7 for the rest.

/// What is wrong with the path of a MAIL or RCPT command.
package enum SMTPPathError: Error, Equatable, Sendable {
  /// No path where one must stand, or an octet in a place the grammar has none for; strictly also
  /// missing brackets, a space before them, a comment, and malformed dots.
  case syntax
  /// A quote, bracket or comment that is opened and never closed.
  case unbalanced
  /// Comments nested deeper than `SMTPPathParser.maxCommentDepth`.
  case commentTooDeep
  /// A control character (CR, LF, NUL and tab too) or an octet that is not well-formed UTF-8.
  case forbiddenOctet
  /// An address literal that is none of RFC 5321 4.1.3; in the lenient grammar only an empty one
  /// or one with octets that no literal has.
  case malformedLiteral
  /// `<@example.com>`: nothing before the `@`.
  case missingLocalPart
  /// `<user@>`: nothing behind the `@`; strictly also no `@` at all, save `<Postmaster>`.
  case missingDomain
  /// The local part is over the limit given at construction, strictly 64 octets at most.
  case localPartTooLong
  /// The domain is over `SMTPPathParser.maxDomainCount`.
  case domainTooLong
}
