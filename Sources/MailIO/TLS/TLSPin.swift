// A pinned key, as curl writes it: the SHA-256 of the certificate's SubjectPublicKeyInfo.

internal import MailProtocols

/// A key that a server may have.
package struct TLSPin: Hashable, Sendable, CustomStringConvertible {
  /// SHA-256 over SubjectPublicKeyInfo in DER.
  package let sha256: [UInt8]

  /// Takes `sha256//BASE64`; nil when it is anything else.
  package init?(_ text: String) {
    let prefix = "sha256//"
    guard text.hasPrefix(prefix),
      let octets = Base64.decode([UInt8](text.utf8.dropFirst(prefix.utf8.count)).span),
      octets.count == Digest.octetCount
    else { return nil }
    sha256 = octets
  }

  /// The pin of a certificate's key.
  package init(of certificate: Certificate) { sha256 = certificate.keySHA256 }

  /// `sha256//BASE64`.
  package var description: String {
    "sha256//\(String(decoding: Base64.encode(sha256.span), as: UTF8.self))"
  }
}
