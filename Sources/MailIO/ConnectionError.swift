// Why a connection gives no more octets, or takes none: the same causes for every transport, and
// those that TLS adds. How they become exit statuses is the tools' to say.

/// What ended a wait on a connection, or the connection.
package enum ConnectionError: Error, Equatable, Sendable {
  /// Nothing came, or nothing could be sent, until the deadline.
  case timedOut
  /// The interrupt that the wait named was raised.
  case interrupted
  /// The peer reset the connection, or a system call failed on it.
  case broken(SystemError)
  /// The peer's octets ended without TLS's close_notify: it was cut, by whom cannot be told
  /// (RFC 8446 6.1). To be tolerated only where the dialogue is over.
  case truncated
  /// The peer closed the connection in the handshake, without an alert.
  case closedInHandshake
  /// The peer speaks TLS, but its certificate is not to be trusted; why, in a clause about it.
  case untrusted(String)
  /// The peer broke TLS or refuses ours, or there is nothing that both sides speak; what, in a
  /// clause.
  case tlsFailed(String)
}

extension ConnectionError: CustomStringConvertible {
  /// One line for a person. What is the peer's in it is escaped.
  package var description: String {
    switch self {
    case .timedOut: "timed out"
    case .interrupted: "interrupted"
    case .broken(let error): error.description
    case .truncated: "the connection was cut: it ended without TLS close_notify"
    case .closedInHandshake: "the peer closed the connection in the TLS handshake"
    case .untrusted(let reason): "the peer is not trusted: \(reason)"
    case .tlsFailed(let reason): "TLS failed: \(reason)"
    }
  }
}
