// The schemes of the URLs that clients take. What stands behind `://` is each protocol's own
// (RFC 5804 3, RFC 5092), and not read here.

/// A scheme: which service, and how it is protected.
///
/// `sieve`, `imap`, `smtp`, `lmtp` want STARTTLS; with an `s` behind, TLS from the first octet; with
/// `+insecure`, plain text.
package struct EndpointScheme: Equatable, Sendable, CustomStringConvertible {
  /// What is spoken there.
  package let service: MailService
  /// How it is protected.
  package let security: EndpointSecurity

  package init(_ service: MailService, _ security: EndpointSecurity) {
    self.service = service
    self.security = security
  }

  /// Reads a scheme without `://`, in any case (RFC 3986 3.1); nil when it is none of ours.
  package init?(_ text: some StringProtocol) {
    let text = text.lowercased()
    for service in MailService.allCases {
      for security in [EndpointSecurity.startTLS, .tls, .plain] {
        let scheme = Self(service, security)
        guard scheme.description == text else { continue }
        self = scheme
        return
      }
    }
    return nil
  }

  /// The port where the URL has none.
  package var defaultPort: UInt16 { service.defaultPort(security) }

  /// As it stands in a URL: `sieves`.
  package var description: String {
    switch security {
    case .startTLS: service.rawValue
    case .tls: "\(service.rawValue)s"
    case .plain: "\(service.rawValue)+insecure"
    }
  }
}
