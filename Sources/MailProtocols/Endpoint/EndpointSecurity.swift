// How a connection is protected, as the scheme of a URL says it.

/// What a client wants of TLS.
package enum EndpointSecurity: Equatable, Sendable {
  /// TLS from the first octet.
  case tls
  /// Plain text up to STARTTLS, which the server has to offer.
  case startTLS
  /// Plain text throughout: `+insecure`.
  case plain
}
