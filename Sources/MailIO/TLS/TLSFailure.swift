// What went wrong with TLS, in words that say whose turn it is.

internal import COpenSSL

/// libssl's reasons, for people.
enum TLSFailure {
  /// A clause about the peer.
  /// - Parameter version: what was being spoken, as SSL_version gives it.
  static func reason(_ code: UInt, version: Int32) -> String {
    let reason = ERR_GET_REASON(code)
    switch reason {
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
      SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "no version of TLS that both sides speak"
    case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
      SSL_R_NO_SUITABLE_KEY_SHARE:
      return "no cipher, signature or key exchange that both sides speak"
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST:
      return "the peer does not speak TLS"
    case SSL_R_BAD_RECORD_TYPE, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
      return "the peer's octets were changed on their way, or are no TLS"
    case SSL_AD_REASON_OFFSET...SSL_AD_REASON_OFFSET + 255:
      return "the peer refused: \(alertText(reason - SSL_AD_REASON_OFFSET))"
    default:
      return OpenSSLErrors.reason(code)
    }
  }

  private static func alertText(_ alert: Int32) -> String {
    let text = SSL_alert_desc_string_long(alert).map { String(cString: $0) } ?? "unknown"
    return "\(text) (alert \(alert))"
  }
}
