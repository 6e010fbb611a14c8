// The services that clients connect to, with their ports and their names in DNS (RFC 6186, RFC 5804
// 1.8).

/// A mail protocol as the name of a service.
package enum MailService: String, CaseIterable, Sendable {
  case sieve, imap, smtp, lmtp

  /// The service's name in SRV records of RFC 2782: `_sieve._tcp`.
  package var recordName: String { "_\(rawValue)._tcp" }

  /// The port where nothing else is said.
  package func defaultPort(_ security: EndpointSecurity) -> UInt16 {
    switch self {
    case .sieve: 4190
    case .imap: security == .tls ? 993 : 143
    case .smtp: security == .tls ? 465 : 25
    case .lmtp: 24
    }
  }
}
