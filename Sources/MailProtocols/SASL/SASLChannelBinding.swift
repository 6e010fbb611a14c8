// Channel binding data (RFC 5056) and its types (RFC 5929, RFC 9266). Taking it from a TLS
// connection is MailIO's work, and so are the rules which type a connection may give.

/// What identifies one TLS connection at both its ends: a type and its octets.
package struct SASLChannelBinding: Equatable, Sendable {
  /// The registered types that mail uses.
  package enum Kind: String, CaseIterable, Sendable {
    /// Keying material exported from TLS 1.3 (RFC 9266).
    case tlsExporter = "tls-exporter"
    /// The first Finished message, TLS 1.2 and older (RFC 5929 3).
    case tlsUnique = "tls-unique"
    /// A hash of the server's certificate (RFC 5929 4).
    case tlsServerEndPoint = "tls-server-end-point"
  }

  /// The type, which the client names in its first message.
  package let kind: Kind
  /// The octets, which its proof covers.
  package let data: [UInt8]

  /// Binding data as a connection gave them.
  package init(kind: Kind, data: [UInt8]) {
    self.kind = kind
    self.data = data
  }
}
