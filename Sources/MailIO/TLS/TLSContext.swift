// What contexts of both sides have in common.

internal import COpenSSL
internal import Glibc

/// Makes SSL_CTX objects.
enum TLSContext {
  /// A context with our rules, to be freed by the caller.
  static func make(
    _ method: OpaquePointer?, versions: ClosedRange<TLSVersion>
  ) throws(TLSConfigurationError) -> OpaquePointer {
    LibCrypto.start
    OpenSSLErrors.clear()
    guard let context = SSL_CTX_new(method) else {
      throw TLSConfigurationError("no TLS: \(OpenSSLErrors.takeReason())")
    }
    postroom_ssl_context_set_options(context)
    postroom_ssl_context_set_modes(context)
    postroom_ssl_context_set_versions(
      context, versions.lowerBound.wireValue, versions.upperBound.wireValue)
    // TLS 1.0 and 1.1 need SHA-1 signatures, which no other security level allows.
    if versions.lowerBound < .tls12 { SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0") }
    return context
  }

  /// Trusts the certificates in a PEM file, and those alone; gives them back.
  static func trust(
    authoritiesIn path: String, of context: OpaquePointer
  ) throws(TLSConfigurationError) -> [Certificate] {
    let authorities = try PEMFile.certificates(path)
    let store = SSL_CTX_get_cert_store(context)
    for authority in authorities { X509_STORE_add_cert(store, authority.pointer) }
    // An intermediate, or the server's own certificate, is as good as a root for who names it.
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    OpenSSLErrors.clear()
    return authorities
  }
}
