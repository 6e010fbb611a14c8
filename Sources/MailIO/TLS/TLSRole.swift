// Which side of TLS we are.

/// The side a connection takes in the handshake.
package enum TLSRole: Sendable {
  case server(TLSServerContext)
  /// The host is the one whose name or address the server's certificate must have.
  case client(TLSClientContext, host: TLSHost)
}
