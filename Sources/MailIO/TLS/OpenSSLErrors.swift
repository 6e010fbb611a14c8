// The error queue that libcrypto keeps for each thread.

internal import COpenSSL

/// What libssl and libcrypto say about their last failure.
enum OpenSSLErrors {
  /// Empties the queue, and gives the code that tells most: libssl's first, else the first.
  static func take() -> UInt {
    var first: UInt = 0
    var ofTLS: UInt = 0
    while case let code = ERR_get_error(), code != 0 {
      if first == 0 { first = code }
      if ofTLS == 0, ERR_GET_LIB(code) == ERR_LIB_SSL { ofTLS = code }
    }
    return ofTLS == 0 ? first : ofTLS
  }

  /// Empties the queue, and says in lower case what went wrong.
  static func takeReason() -> String { reason(take()) }

  static func reason(_ code: UInt) -> String {
    ERR_reason_error_string(code).map { String(cString: $0) } ?? "unknown error"
  }

  static func clear() { ERR_clear_error() }
}
