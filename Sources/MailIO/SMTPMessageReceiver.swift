// Where an SMTP server's messages go, and what happens to its connection besides: the tool's ears.
// What is decided in the dialogue itself is SMTPServerPolicy's.

package import MailProtocols

/// Takes the messages of a session. Called on the session's thread.
package protocol SMTPMessageReceiver: AnyObject {
  /// A message starts; its envelope is in `state`.
  func beginMessage(_ state: SMTPSessionState)
  /// A piece of its content, 64 KiB at most.
  func append(_ content: Span<UInt8>)
  /// It is whole. The answer says whether it is stored: that is what the client is told.
  func endMessage(_ state: SMTPSessionState) -> SMTPReply
  /// It was refused or given up; nothing of it may stay.
  func discardMessage()
  /// The connection was lost inside it, after so many octets. `discardMessage` has been called.
  func messageAborted(stage: String, byteCount: Int, why: SMTPSessionEnd.Cause)
  /// A PROXY header came; the client is the one that it names.
  func proxied(_ header: ProxyHeader)
  /// None came that is good: the connection is being closed, and there was no session.
  func proxyFailed(_ failure: SMTPProxyFailure)
  /// TLS has begun, with these facts and channel bindings.
  func tlsStarted(_ facts: TLSFacts, bindings: [SASLChannelBinding])
  /// The connection was lost by a fault, which events may tell.
  func connectionFailed(_ error: ConnectionError)
  /// Output that is about to be sent, for traces.
  func sending(_ output: Span<UInt8>)
}

extension SMTPMessageReceiver {
  package func proxied(_ header: ProxyHeader) {}
  package func proxyFailed(_ failure: SMTPProxyFailure) {}
}

/// How a session ended.
package struct SMTPSessionEnd: Equatable, Sendable {
  /// Who or what ended it; the raw value is its name in events.
  package enum Cause: String, Sendable {
    case quit
    /// The client closed the connection.
    case eof
    case timeout
    /// A policy closed it.
    case closed
    case limit
    case drain
    /// The connection broke.
    case error
  }

  package let cause: Cause
  package let receivedByteCount: Int
  package let sentByteCount: Int
}
