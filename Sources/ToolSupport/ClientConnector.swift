// From options to a connection: look-up, SRV, connect, and TLS where it comes first. What is spoken
// over it is not known here; STARTTLS is asked for by who speaks, and done by `startTLS`.

package import MailIO
package import MailProtocols

/// Connects a tool to servers, all in one way.
package struct ClientConnector: Sendable {
  private let context: TLSClientContext
  private let tls: TLSClientOptions
  private let opener: ConnectionOpener
  private let services: ServiceLookup
  private let patience: Duration

  /// Reads the files that the options name. Throws status usage (64) and configuration (78).
  /// - Parameters:
  ///   - route: nil for a tool without these options: no SRV records, any address.
  ///   - patience: for look-up, connecting and TLS together.
  ///   - applicationProtocols: offered by ALPN, each 1 to 255 octets.
  package init(
    tls: TLSClientOptions, route: RouteOptions? = nil, patience: Duration,
    applicationProtocols: [String] = []
  ) throws(ToolFailure) {
    try route?.check()
    context = try tls.context(applicationProtocols: applicationProtocols)
    self.tls = tls
    opener = route?.opener ?? ConnectionOpener()
    services = route?.srv ?? .off
    self.patience = patience
  }

  /// Connects, and does TLS's handshake where the scheme has TLS first.
  ///
  /// Throws a failure with the status of its cause: 64 for a host that no certificate can be for,
  /// 68, 73, 74, 75, 76, 79.
  package func connect(
    to endpoint: Endpoint, unless interrupt: Interrupt?
  ) throws(ToolFailure) -> ClientConnection {
    var role: TLSRole?
    if endpoint.scheme.security != .plain, let host = try expectedHost(endpoint) {
      role = .client(context, host: host)
    }
    let deadline = Deadline.after(patience)
    let opened: OpenedConnection
    do throws(ConnectError) {
      opened = try opener.open(
        endpoint, services: services, until: deadline, unless: interrupt)
    } catch {
      throw ToolFailure(error)
    }
    let connection = ClientConnection(
      connection: opened.connection, endpoint: endpoint, peer: opened.peer, tlsRole: role,
      deadline: deadline)
    if endpoint.scheme.security == .tls { try connection.startTLS(unless: interrupt) }
    return connection
  }

  /// Nil where STARTTLS need not be: a unix socket has no name to check, unless `--tls-name` has.
  private func expectedHost(_ endpoint: Endpoint) throws(ToolFailure) -> TLSHost? {
    switch endpoint.place {
    case .host(let host, _): return try tls.expectedHost(of: host)
    case .unix(let path):
      if let name = tls.tlsName { return try tls.expectedHost(of: name) }
      guard endpoint.isPlainTextAllowedLocally else {
        throw ToolFailure(.usage, "unix:\(path): TLS over a unix socket needs --tls-name")
      }
      return nil
    }
  }
}
