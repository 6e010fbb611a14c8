// What a TLS client needs for all its connections: whom it trusts, and who it is. Verification is
// libssl's; the host is given with each connection. Sessions are not resumed.

internal import COpenSSL
internal import Glibc

/// The client's side of TLS, for any number of connections.
package final class TLSClientContext: @unchecked Sendable {
  /// Whom a client believes.
  package enum Trust: Equatable, Sendable {
    /// The system's store; `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured.
    case system
    /// Authorities from a PEM file and from a directory with hashed names (`openssl rehash`), and
    /// nobody else.
    case authorities(file: String?, directory: String?)
    /// Anybody: encryption without knowing with whom. Pins are checked all the same.
    case anyone
  }

  /// What a client is told.
  package struct Settings: Sendable {
    /// Whom to believe.
    package var trust: Trust
    /// Shown when the server asks for a certificate.
    package var identity: TLSIdentity.Files?
    /// Those that are spoken.
    package var versions: ClosedRange<TLSVersion>
    /// The server's key must be one of these, in addition to everything else; empty is any.
    package var pins: Set<TLSPin>
    /// Offered by ALPN (RFC 7301), each 1 to 255 octets; empty is none.
    package var applicationProtocols: [String]
    /// How revocation is found out. Who believes anybody judges no staple.
    package var revocation: TLSRevocation

    /// A client that believes `trust`.
    package init(
      trust: Trust = .system, identity: TLSIdentity.Files? = nil,
      versions: ClosedRange<TLSVersion> = TLSVersion.usual, pins: Set<TLSPin> = [],
      applicationProtocols: [String] = [], revocation: TLSRevocation = .staple
    ) {
      self.trust = trust
      self.identity = identity
      self.versions = versions
      self.pins = pins
      self.applicationProtocols = applicationProtocols
      self.revocation = revocation
    }
  }

  private let context: OpaquePointer
  private let settings: Settings

  /// Reads all files; throws when one cannot be used.
  package init(_ settings: Settings) throws(TLSConfigurationError) {
    self.settings = settings
    context = try TLSContext.make(TLS_client_method(), versions: settings.versions)
    try configure()
  }

  deinit { SSL_CTX_free(context) }

  var pins: Set<TLSPin> { settings.pins }

  /// Without a verified chain there is no issuer whose word counts.
  var judgesStaples: Bool { settings.revocation == .staple && settings.trust != .anyone }

  /// The certificates that are trusted.
  var store: OpaquePointer? { SSL_CTX_get_cert_store(context) }

  private func configure() throws(TLSConfigurationError) {
    switch settings.trust {
    case .system:
      SSL_CTX_set_default_verify_paths(context)
      OpenSSLErrors.clear()
    case .authorities(let file, let directory):
      if let file { _ = try TLSContext.trust(authoritiesIn: file, of: context) }
      if let directory { try trust(directory: directory) }
    case .anyone: break
    }
    if settings.trust != .anyone {
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER) { TLSVerification.note($0, $1) }
    }
    if let files = settings.identity { try TLSIdentity(files).install(in: context) }
    var wire: [UInt8] = []
    for name in settings.applicationProtocols {
      guard (1...255).contains(name.utf8.count) else {
        throw TLSConfigurationError("no name of an application protocol: \(name)")
      }
      wire.append(UInt8(name.utf8.count))
      wire += name.utf8
    }
    if !wire.isEmpty { SSL_CTX_set_alpn_protos(context, wire, UInt32(wire.count)) }
  }

  private func trust(directory: String) throws(TLSConfigurationError) {
    // libcrypto looks into it at each connection, and would not miss it.
    guard let stream = opendir(directory) else {
      throw TLSConfigurationError(directory, String(cString: strerror(errno)))
    }
    closedir(stream)
    guard SSL_CTX_load_verify_dir(context, directory) == 1 else {
      throw TLSConfigurationError(directory, OpenSSLErrors.takeReason())
    }
  }

  /// A new connection's state, to be freed by the caller.
  func makeConnection(to host: TLSHost) -> OpaquePointer? {
    guard let ssl = SSL_new(context) else { return nil }
    SSL_set_connect_state(ssl)
    if judgesStaples { postroom_ssl_ask_for_staple(ssl) }
    let parameters = SSL_get0_param(ssl)
    // A name stands in subjectAltName, whole or with a wildcard label (RFC 9525 6).
    X509_VERIFY_PARAM_set_hostflags(
      parameters,
      UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
    let isSet =
      switch host {
      case .name(let name):
        X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1
          && postroom_ssl_set_server_name(ssl, name) == 1
      case .address(let address): X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1
      }
    guard isSet else {
      SSL_free(ssl)
      return nil
    }
    return ssl
  }
}
