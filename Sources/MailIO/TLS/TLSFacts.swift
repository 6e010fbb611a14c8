// What a handshake agreed on, for events and logs. Text in it is the peer's, and may hold anything.

/// What is known of a TLS connection.
package struct TLSFacts: Equatable, Sendable {
  /// `TLSv1.3`.
  package let version: String
  /// libssl's name: `TLS_AES_256_GCM_SHA384`, `ECDHE-RSA-AES128-GCM-SHA256`.
  package let cipher: String
  /// The name the client asked for.
  package let serverName: String?
  /// The application protocol agreed on (RFC 7301).
  package let applicationProtocol: String?
  /// Whether a ticket stood in for the certificates.
  package let isResumed: Bool
  /// The peer's own certificate: its subject, and SHA-256 over its DER octets in lower-case
  /// hexadecimal digits. Nil when it showed none.
  package let peerCertificate: PeerCertificate?

  /// A certificate in short.
  package struct PeerCertificate: Equatable, Sendable {
    /// As RFC 4514 writes names.
    package let subject: String
    /// The subject's only common name; nil when there is none such.
    package let commonName: String?
    /// 64 lower-case digits.
    package let sha256: String
  }
}
