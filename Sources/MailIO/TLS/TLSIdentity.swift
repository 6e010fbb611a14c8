// Who we are to a peer: a certificate, the chain above it, and the key.

internal import COpenSSL
internal import Glibc
package import MailProtocols

/// A certificate with its chain and key.
package struct TLSIdentity: Sendable {
  /// Where an identity comes from.
  package struct Files: Equatable, Sendable {
    /// PEM: our certificate first, then those between it and the root.
    package var certificates: String
    /// PEM: the key; may be the same file.
    package var key: String
    /// DER: an OCSP response to be stapled, if there is such a file.
    package var staple: String?

    /// Names the files.
    package init(certificates: String, key: String, staple: String? = nil) {
      self.certificates = certificates
      self.key = key
      self.staple = staple
    }
  }

  /// Our own certificate.
  package let certificate: Certificate
  /// The certificates above it, as they are sent.
  package let chain: [Certificate]
  let key: PrivateKey
  let staple: TLSStaple?
  /// Where it comes from, for messages.
  private let source: String
  /// What is odd about it and forbids nothing, a line each.
  package let warnings: [String]

  init(certificate: Certificate, chain: [Certificate], key: PrivateKey) {
    self.certificate = certificate
    self.chain = chain
    self.key = key
    staple = nil
    source = certificate.subject
    warnings = []
  }

  /// Reads the files.
  ///
  /// Throws when one cannot be read or parsed, when others can read the key, and when the key is
  /// not the certificate's. An expired certificate is only a warning: a peer may still want it.
  package init(_ files: Files, now: MailDate = WallClock.now) throws(TLSConfigurationError) {
    let certificates = try PEMFile.certificates(files.certificates)
    certificate = certificates[0]
    chain = [Certificate](certificates.dropFirst())
    key = try PEMFile.key(files.key)
    source = files.certificates
    guard X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
      OpenSSLErrors.clear()
      throw TLSConfigurationError(
        files.key, "not the key of the certificate in \(files.certificates)")
    }
    var warnings: [String] = []
    if certificate.notAfter.seconds < now.seconds {
      warnings.append("\(files.certificates): expired on \(certificate.notAfter.rfc3339)")
    } else if certificate.notBefore.seconds > now.seconds {
      warnings.append("\(files.certificates): not valid before \(certificate.notBefore.rfc3339)")
    }
    if let path = files.staple, access(path, F_OK) == 0 {
      let staple = try TLSStaple(path)
      if let reason = staple.reasonAgainst(now: now) { warnings.append("\(path): \(reason)") }
      self.staple = staple
    } else {
      staple = nil
      if certificate.demandsStaple {
        warnings.append("\(files.certificates): it demands a staple, and there is none")
      }
    }
    self.warnings = warnings
  }

  /// Makes it the identity of a context.
  func install(in context: OpaquePointer) throws(TLSConfigurationError) {
    OpenSSLErrors.clear()
    let stack = OPENSSL_sk_new_null()
    defer { OPENSSL_sk_free(stack) }
    for certificate in chain { OPENSSL_sk_push(stack, UnsafeRawPointer(certificate.pointer)) }
    // The context takes references of its own.
    guard
      SSL_CTX_use_cert_and_key(context, certificate.pointer, key.pointer, stack, 1) == 1
    else {
      throw TLSConfigurationError(source, OpenSSLErrors.takeReason())
    }
  }
}
