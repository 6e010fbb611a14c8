// A private key, freed (and thereby wiped, by libcrypto) with its last owner.

internal import COpenSSL

/// The key of a certificate.
final class PrivateKey: @unchecked Sendable {
  // A key in use is locked by libcrypto where that is needed.
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_PKEY_free(pointer) }

  /// A new key on the curve P-256.
  static func generate() throws(TLSConfigurationError) -> PrivateKey {
    LibCrypto.start
    guard let pointer = postroom_generate_p256_key() else {
      throw TLSConfigurationError("no key can be made: \(OpenSSLErrors.takeReason())")
    }
    return PrivateKey(owning: pointer)
  }
}
