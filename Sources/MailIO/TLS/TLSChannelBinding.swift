// Channel bindings: octets that both ends of one TLS connection know, and nobody between them
// (RFC 5056). For tls-unique and tls-server-end-point RFC 5929, for tls-exporter RFC 9266.

internal import COpenSSL

/// A kind of channel binding.
package enum TLSChannelBinding: String, CaseIterable, Sendable {
  /// TLS 1.3, and TLS 1.2 with extended master secret.
  case exporter = "tls-exporter"
  /// TLS 1.2 and older with extended master secret: in 1.3 it is not defined, and without the
  /// extension not unique (RFC 7627, RFC 9266 1).
  case unique = "tls-unique"
  /// The server's certificate; not for signatures without one digest, as Ed25519 is.
  case serverEndPoint = "tls-server-end-point"

  /// The octets; nil where the kind is not defined for this connection.
  func value(of session: TLSSession) -> [UInt8]? {
    switch self {
    case .exporter: session.hasUniqueSecret ? Self.exported(session.ssl) : nil
    case .unique:
      session.hasUniqueSecret && SSL_version(session.ssl) < TLS1_3_VERSION
        ? Self.finished(session.ssl) : nil
    case .serverEndPoint: session.serverCertificate.flatMap(Self.endPoint)
    }
  }

  /// 32 octets for a context that is there and empty: in TLS 1.2 that is not the same as none.
  private static func exported(_ ssl: OpaquePointer) -> [UInt8]? {
    let label = "EXPORTER-Channel-Binding"
    var octets = [UInt8](repeating: 0, count: 32)
    let noOctet: [UInt8] = [0]
    let status = SSL_export_keying_material(
      ssl, &octets, octets.count, label, label.utf8.count, noOctet, 0, 1)
    return status == 1 ? octets : nil
  }

  /// The first Finished message of the handshake: the client's in a full one, the server's in a
  /// resumed one. Without renegotiation there is no other handshake.
  private static func finished(_ ssl: OpaquePointer) -> [UInt8]? {
    var octets = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    let clientIsFirst = SSL_session_reused(ssl) == 0
    let isOurs = (SSL_is_server(ssl) == 0) == clientIsFirst
    let count =
      isOurs
      ? SSL_get_finished(ssl, &octets, octets.count)
      : SSL_get_peer_finished(ssl, &octets, octets.count)
    return count > 0 ? [UInt8](octets[..<count]) : nil
  }

  /// As for tls-unique, where that is not defined.
  static func finishedOfTLS13(_ session: TLSSession) -> [UInt8]? {
    SSL_version(session.ssl) == TLS1_3_VERSION ? finished(session.ssl) : nil
  }

  /// The certificate's digest, by the digest of its signature, MD5 and SHA-1 raised to SHA-256
  /// (RFC 5929 4.1).
  static func endPoint(_ certificate: Certificate) -> [UInt8]? {
    var digest: Int32 = 0
    guard X509_get_signature_info(certificate.pointer, &digest, nil, nil, nil) == 1 else {
      OpenSSLErrors.clear()
      return nil
    }
    switch digest {
    case NID_undef: return nil
    case NID_md5, NID_sha1: return certificate.digest(EVP_sha256())
    default:
      guard let algorithm = EVP_get_digestbyname(OBJ_nid2sn(digest)) else { return nil }
      return certificate.digest(algorithm)
    }
  }
}
