// Why a connection gives no more octets, or takes none: the same causes for every transport.

/// What ended a wait on a connection, or the connection.
package enum ConnectionError: Error, Equatable, Sendable {
  /// Nothing came, or nothing could be sent, until the deadline.
  case timedOut
  /// The interrupt that the wait named was raised.
  case interrupted
  /// The peer reset the connection, or a system call failed on it.
  case broken(SystemError)
}
