// What went wrong with TLS, in words that say whose turn it is.

internal import COpenSSL

/// libssl's reasons, for people.
enum TLSFailure {
  /// A clause about the peer.
  static func reason(_ code: UInt) -> String {
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
    let text =
      switch alert {
      // Alerts of TLS 1.3 that libssl 3.0 has no words for.
      case SSL_AD_MISSING_EXTENSION: "missing extension"
      case SSL_AD_CERTIFICATE_REQUIRED: "certificate required"
      case SSL_AD_NO_APPLICATION_PROTOCOL: "no application protocol"
      default: SSL_alert_desc_string_long(alert).map { String(cString: $0) } ?? "unknown"
      }
    return "\(text) (alert \(alert))"
  }
}
