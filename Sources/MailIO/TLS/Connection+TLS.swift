// What a connection can tell of its TLS. All of it is nil as long as there is none.

internal import COpenSSL
internal import MailProtocols

extension Connection {
  /// What the handshake agreed on.
  package var tls: TLSFacts? { session?.facts }

  /// The peer's own certificate, if it showed one.
  package var peerCertificate: Certificate? { session?.peerCertificate }

  /// The certificates that the server sent, its own first; empty on a server.
  package var serverChain: [Certificate] { session?.serverChain ?? [] }

  /// The OCSP response that the server stapled, in DER, as it came. A client that
  /// judges staples has ended the handshake over one that speaks against its server.
  package var staple: [UInt8]? { session?.staple }

  /// The octets of a channel binding; nil where the kind is not defined for this connection.
  package func channelBinding(_ kind: TLSChannelBinding) -> [UInt8]? {
    session.flatMap(kind.value)
  }

  /// The client's Finished message of TLS 1.3, which Cyrus takes for `tls-unique` (3.6 and later);
  /// nil for other versions. No standard gives it a meaning.
  package var tls13Finished: [UInt8]? { session.flatMap(TLSChannelBinding.finishedOfTLS13) }
}

extension TLSSession {
  fileprivate var facts: TLSFacts {
    let certificate = peerCertificate.map {
      TLSFacts.PeerCertificate(
        subject: $0.subject, commonName: $0.commonName,
        sha256: String(decoding: Hex.encode($0.sha256.span), as: UTF8.self))
    }
    return TLSFacts(
      version: String(cString: SSL_get_version(ssl)),
      cipher: String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))),
      serverName: SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) },
      applicationProtocol: applicationProtocol, isResumed: SSL_session_reused(ssl) == 1,
      peerCertificate: certificate)
  }

  private var applicationProtocol: String? {
    var start: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &start, &count)
    guard let start else { return nil }
    return String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
  }

  fileprivate var serverChain: [Certificate] {
    guard SSL_is_server(ssl) == 0, let stack = SSL_get_peer_cert_chain(ssl) else { return [] }
    return (0..<OPENSSL_sk_num(stack)).compactMap {
      OPENSSL_sk_value(stack, $0).map { Certificate(sharing: OpaquePointer($0)) }
    }
  }

  /// The server's certificate, on either side.
  var serverCertificate: Certificate? {
    SSL_is_server(ssl) == 1
      ? SSL_get_certificate(ssl).map(Certificate.init(sharing:)) : peerCertificate
  }

  /// Whether the connection's secret is its alone: by TLS 1.3, or by RFC 7627.
  var hasUniqueSecret: Bool {
    SSL_version(ssl) >= TLS1_3_VERSION || postroom_ssl_has_extended_master_secret(ssl) == 1
  }
}
