// A connection of a client tool, and what it is about.

package import MailIO
package import MailProtocols

/// A connection to an endpoint, used by one thread.
package struct ClientConnection {
  package let connection: Connection
  /// What was asked for; its `host` is who credentials are for.
  package let endpoint: Endpoint
  /// The address that answered.
  package let peer: SocketAddress
  /// For TLS: whom to trust, and whom the certificate must be for. Nil where there is no TLS to be.
  package let tlsRole: TLSRole?
  /// When connecting, greeting and STARTTLS must be done.
  package let deadline: Deadline

  /// Whether the server must offer STARTTLS, and the dialogue must use it, before anything of the
  /// user's is said.
  package var needsStartTLS: Bool {
    endpoint.scheme.security == .startTLS
      && !(endpoint.isPlainTextAllowedLocally && peer.isLocal)
  }

  /// TLS's handshake, by the deadline. Behind the server's go-ahead to STARTTLS, nothing may have
  /// come: that is for the caller to see (`Connection.startTLS`). Throws the failure that the cause
  /// makes: 75, 76, 79.
  package func startTLS(unless interrupt: Interrupt?) throws(ToolFailure) {
    guard let tlsRole else {
      throw ToolFailure(.software, "\(endpoint.host): no TLS for a plain connection")
    }
    do throws(ConnectionError) {
      try connection.startTLS(as: tlsRole, until: deadline, unless: interrupt)
    } catch {
      throw failure(error)
    }
  }

  /// What a broken connection makes of the tool.
  package func failure(_ error: ConnectionError) -> ToolFailure {
    ToolFailure(host: endpoint.host, error)
  }
}
