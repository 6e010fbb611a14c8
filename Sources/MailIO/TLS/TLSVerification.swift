// Why a certificate was not believed, in words: libcrypto's codes, and what the certificate says.

internal import COpenSSL
internal import Glibc
internal import MailProtocols

/// The first thing that is wrong with a peer's chain.
enum TLSVerification {
  /// Names that a reason lists at most.
  static let maxListedHostCount = 8

  /// libssl's verify callback: keeps the reason with the session, and changes nothing.
  static func note(_ isGood: Int32, _ store: OpaquePointer?) -> Int32 {
    if isGood == 1 { return 1 }
    let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    guard let ssl, let owner = SSL_get_ex_data(OpaquePointer(ssl), 0) else { return isGood }
    let session = Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue()
    let certificate = X509_STORE_CTX_get_current_cert(store).map { Certificate(sharing: $0) }
    session.distrust(
      reason(
        X509_STORE_CTX_get_error(store), certificate,
        depth: X509_STORE_CTX_get_error_depth(store), host: session.host))
    return isGood
  }

  /// A clause such as `its certificate expired on 2020-02-01`.
  static func reason(
    _ code: Int32, _ certificate: Certificate?, depth: Int32, host: TLSHost?
  ) -> String {
    let subject = safe(certificate?.subject)
    let whose = depth == 0 ? "its certificate" : "a certificate in its chain (\(subject))"
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "\(whose) expired on \(day(certificate?.notAfter))"
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "\(whose) is not valid before \(day(certificate?.notBefore))"
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "its certificate is self-signed (\(subject))"
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "its chain ends in an authority that is not trusted (\(subject))"
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      let issuer = safe(certificate?.issuer)
      return "\(whose) was issued by an unknown authority (\(issuer))"
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "its certificate is not for \(host?.text ?? "") \(list(certificate))"
    case X509_V_ERR_INVALID_PURPOSE:
      return "\(whose) is not made for this use"
    default:
      let text = X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "\(code)"
      return "\(whose): \(text)"
    }
  }

  private static func list(_ certificate: Certificate?) -> String {
    guard let (names, addresses) = certificate?.hosts else { return "" }
    let hosts = (names + addresses).map(safe)
    if hosts.isEmpty { return "but names no host at all" }
    let more = hosts.count > maxListedHostCount ? " and more" : ""
    return "but for \(hosts.prefix(maxListedHostCount).joined(separator: ", "))\(more)"
  }

  /// A certificate may say anything.
  private static func safe(_ text: String?) -> String {
    EscapedText.text(text ?? "", for: .terminal)
  }

  private static func day(_ date: MailDate?) -> String {
    date.map { String($0.rfc3339.prefix(10)) } ?? "an unknown day"
  }
}
