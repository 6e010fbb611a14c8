// What a SCRAM server said about channel binding in its list of mechanisms (RFC 5802 6).

/// Whether a server lists -PLUS mechanisms on this connection.
package enum SCRAMServerBinding: Equatable, Sendable {
  /// It does not: no TLS, TLS that somebody else ends, or switched off.
  case notOffered
  /// It does, with these types; a client that says `y` was shown another list.
  case offered([SASLChannelBinding])
}
