// An SMTP command with its arguments understood (RFC 5321 4.1.1, RFC 3030 2).

/// What BDAT says of its chunk besides its size.
package enum SMTPChunkRole: Equatable, Sendable {
  case more
  case last
  /// Something that is no LAST. The chunk comes all the same, and must be swallowed.
  case malformed
}

/// A well-formed command.
package enum SMTPCommand: Equatable, Sendable {
  case helo([UInt8])
  /// EHLO, or LHLO of LMTP.
  case ehlo([UInt8])
  case mail(SMTPPath, SMTPMailOptions)
  case rcpt(SMTPPath, SMTPRecipientOptions)
  case data
  /// The octets of the chunk, which stand right behind the command's CRLF.
  case bdat(byteCount: Int, SMTPChunkRole)
  case rset
  case noop
  case vrfy(SMTPPath)
  case expn([UInt8])
  /// Empty without a topic.
  case help([UInt8])
  case quit
  case startTLS
  /// The mechanism and what follows it, as they came.
  case auth([UInt8])
  case xclient(XclientAttributes)
  case xforward(XforwardAttributes)
  /// ETRN and TURN, which are never done.
  case notImplemented
}
