// Where a client connects to, taken out of whatever URL it came in.

/// One end of a connection to be.
package struct Endpoint: Equatable, Sendable, CustomStringConvertible {
  /// Where it is.
  package enum Place: Equatable, Sendable {
    /// A name or an address without brackets; no port leaves it to the scheme, and to SRV records.
    case host(String, port: UInt16?)
    /// The path of a unix socket.
    case unix(path: String)
  }

  /// What is spoken there, and how it is protected.
  package var scheme: EndpointScheme
  /// Where it is.
  package var place: Place

  package init(_ scheme: EndpointScheme, _ place: Place) {
    self.scheme = scheme
    self.place = place
  }

  /// Whom the user named: the host, or `unix:PATH`. Certificates and credentials are for this name,
  /// wherever SRV records lead (RFC 7817 3, RFC 5804 1.8).
  package var host: String {
    switch place {
    case .host(let host, _): host
    case .unix(let path): "unix:\(path)"
    }
  }

  /// The port that is meant; nil for a unix socket.
  package var port: UInt16? {
    switch place {
    case .host(_, let port): port ?? scheme.defaultPort
    case .unix: nil
    }
  }

  /// Whether STARTTLS may be missing when the peer is on this machine: mail is handed over there
  /// as it was before TLS.
  package var isPlainTextAllowedLocally: Bool {
    switch scheme.service {
    case .smtp, .lmtp: scheme.security == .startTLS
    case .sieve, .imap: false
    }
  }

  /// `sieve://mail.example.org:4190`, `lmtp://[::1]:24`, `unix:/run/lmtp`.
  package var description: String {
    guard let port else { return host }
    return host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
  }
}
