// What an SMTP server session asks of the one who drives it, besides sending its output.

/// The next thing to do for a session.
package enum SMTPServerEffect: Equatable, Sendable {
  /// Send the output, then receive more.
  case needsInput
  /// Send the output, then go on with the same input: there is much of it.
  case flush
  /// A message starts: make room for its content.
  case beginMessage
  /// These octets of the input are content of the message.
  case content(Range<Int>)
  /// One CR is content of the message.
  case carriageReturn
  /// One CRLF is content of the message.
  case lineEnd
  /// The message is whole: store it, then call `finishMessage`.
  case endMessage
  /// Throw away what came of the message; it will not be stored.
  case discardMessage
  /// Send the output, shake hands for TLS, then call `tlsStarted`.
  case startTLS
  /// Send the output, then close the connection.
  case close(SMTPCloseReason)
}

/// Why a session closes the connection.
package enum SMTPCloseReason: String, Sendable {
  /// The client said QUIT.
  case quit
  /// A limit on commands was broken, or a policy answered 421.
  case limit
  /// The client was silent for too long.
  case timeout
  /// The server is going down.
  case drain
}
