import MailProtocols
import Testing

@Suite("Endpoint")
struct EndpointTests {
  @Test(
    "a scheme says the service, how it is protected, and the usual port",
    arguments: [
      ("sieve", .sieve, .startTLS, 4190), ("sieves", .sieve, .tls, 4190),
      ("sieve+insecure", .sieve, .plain, 4190), ("imap", .imap, .startTLS, 143),
      ("imaps", .imap, .tls, 993), ("imap+insecure", .imap, .plain, 143),
      ("smtp", .smtp, .startTLS, 25), ("smtps", .smtp, .tls, 465),
      ("smtp+insecure", .smtp, .plain, 25), ("lmtp", .lmtp, .startTLS, 24),
      ("lmtps", .lmtp, .tls, 24), ("lmtp+insecure", .lmtp, .plain, 24),
    ] as [(String, MailService, EndpointSecurity, UInt16)])
  func schemes(text: String, service: MailService, security: EndpointSecurity, port: UInt16) throws
  {
    let scheme = try #require(EndpointScheme(text))
    #expect(scheme == EndpointScheme(service, security))
    #expect(scheme.description == text && scheme.defaultPort == port)
    #expect(EndpointScheme(text.uppercased()) == scheme)
  }

  @Test(
    "any other is none, plain text least of all by accident",
    arguments: [
      "", "http", "imap+", "imaps+insecure", "imap+tls", "imap ", " imap", "imap://", "simap",
      "sieve+INSECURE!", "pop3",
    ])
  func noSchemes(text: String) {
    #expect(EndpointScheme(text) == nil)
  }

  @Test("the port that was said goes before the usual one, and a unix socket has none")
  func places() {
    var endpoint = Endpoint(
      EndpointScheme(.imap, .tls), .host("mail.example.org", port: nil))
    #expect(endpoint.port == 993 && endpoint.host == "mail.example.org")
    #expect(endpoint.description == "imaps://mail.example.org:993")
    endpoint.place = .host("::1", port: 1993)
    #expect(endpoint.port == 1993 && endpoint.description == "imaps://[::1]:1993")
    endpoint.place = .unix(path: "/run/lmtp")
    #expect(endpoint.port == nil && endpoint.host == "unix:/run/lmtp")
    #expect(endpoint.description == "unix:/run/lmtp")
  }

  @Test("mail transport alone may stay plain on this machine, and only where TLS was not first")
  func localPlainText() {
    for service in MailService.allCases {
      for security in [EndpointSecurity.tls, .startTLS, .plain] {
        let endpoint = Endpoint(EndpointScheme(service, security), .unix(path: "/s"))
        let isMail = service == .smtp || service == .lmtp
        #expect(endpoint.isPlainTextAllowedLocally == (isMail && security == .startTLS))
      }
    }
  }
}
