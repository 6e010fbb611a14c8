// What a stapled OCSP response comes to, and what follows from it.

internal import MailProtocols

/// What a staple says about a certificate.
enum OCSPVerdict: Equatable {
  /// It is good, says one who may, lately.
  case good
  /// It was revoked then, for a reason of RFC 5280 5.3.1 or none.
  case revoked(at: MailDate, reason: String?)
  /// The authority does not know it.
  case unknown
  /// Nobody who may say it says it: the staple is forged or mixed up; why, in a clause about it.
  case unfounded(String)
  /// Nothing that counts today is said: no staple, an old one, an error of the responder's; why, in
  /// a clause about the server.
  case silent(String)

  /// Why the server is not to be trusted; nil when it is.
  ///
  /// Silence counts only against a certificate that says it comes with a staple (RFC 7633 4.2.3): a
  /// server's staple may grow old while its responder is away, and whoever has stolen a key would
  /// leave the staple out.
  func reasonAgainst(demandsStaple: Bool) -> String? {
    switch self {
    case .good: nil
    case .revoked(let date, let reason):
      "its certificate was revoked on \(date.rfc3339.prefix(10))"
        + (reason.map { " (\($0))" } ?? "")
    case .unknown: "its certificate is not known to its authority, says the stapled OCSP response"
    case .unfounded(let reason): "the OCSP response that it staples \(reason)"
    case .silent(let reason):
      demandsStaple ? "its certificate demands a stapled OCSP response, but \(reason)" : nil
    }
  }
}
