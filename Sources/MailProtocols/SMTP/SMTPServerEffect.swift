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
  /// Send the output, wait so long, then call `endDelay` and go on with what is left of the input.
  case delay(Duration)
  /// Send the output, then neither send nor take anything until the time-out; then close.
  case stall
  /// Send the output, then close the connection.
  case close(SMTPCloseReason)
}

/// Why a session closes the connection.
package enum SMTPCloseReason: String, Sendable {
  /// The client said QUIT.
  case quit
  /// A limit on commands was broken.
  case limit
  /// A policy wanted it: by 421, or without a reply.
  case rule
  /// A policy wanted the connection reset.
  case reset
  /// The client was silent for too long.
  case timeout
  /// The server is going down.
  case drain
}
