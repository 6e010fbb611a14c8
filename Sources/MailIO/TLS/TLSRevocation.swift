// How a client finds out whether its server's certificate was revoked.

/// What is asked about revocation.
package enum TLSRevocation: String, CaseIterable, Sendable {
  /// Nothing.
  case off
  /// The server, for an OCSP response stapled to its certificate (RFC 6066 8). It is judged; nothing
  /// else is asked.
  case staple
}
