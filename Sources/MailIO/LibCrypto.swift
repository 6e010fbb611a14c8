// The start of libcrypto. To be asked for before its first use anywhere.

internal import COpenSSL

/// libcrypto as a whole.
enum LibCrypto {
  /// Starts the library without its clean-up at exit, which would pull it away from under the
  /// threads that still use it. The first start counts.
  static let start: Void = {
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
  }()
}
