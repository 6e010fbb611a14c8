// What a TLS server needs for all its connections: certificates, chosen by the name the client asks
// for, and the rules. One context serves many threads; ticket keys are made with it, so that a new
// context also means new ticket keys.
//
// No renegotiation, no compression, no early data (which could be replayed), no session cache:
// resumption is by tickets alone, and costs the server no memory.

internal import COpenSSL
package import MailProtocols

/// The server's side of TLS, for any number of connections.
package final class TLSServerContext: @unchecked Sendable {
  /// Whether clients show certificates.
  package enum ClientCertificates: Equatable, Sendable {
    case notAsked
    /// Asked for; one that is shown must be issued by an authority in the PEM file.
    case asked(authorities: String)
    /// As `asked`, and without one there is no connection.
    case required(authorities: String)
  }

  /// What a server is told.
  package struct Settings: Sendable {
    /// Files to read, the default first: each serves the names in its certificate.
    package var identities: [TLSIdentity.Files]
    /// Made by us, before those in files.
    package var ownIdentity: TLSIdentity?
    /// Those that are spoken.
    package var versions: ClosedRange<TLSVersion>
    /// Whether clients show who they are.
    package var clientCertificates: ClientCertificates

    /// A server with these certificates.
    package init(
      identities: [TLSIdentity.Files], ownIdentity: TLSIdentity? = nil,
      versions: ClosedRange<TLSVersion> = TLSVersion.usual,
      clientCertificates: ClientCertificates = .notAsked
    ) {
      self.identities = identities
      self.ownIdentity = ownIdentity
      self.versions = versions
      self.clientCertificates = clientCertificates
    }
  }

  /// One identity, ready for use.
  private struct Entry {
    let context: OpaquePointer
    let identity: TLSIdentity
  }

  private let entries: [Entry]
  /// Places in `entries`: by whole name, and by what stands behind `*`.
  private let exactNames: [String: Int]
  private let wildcardSuffixes: [String: Int]
  /// What is odd about the certificates and forbids nothing, a line each.
  package let warnings: [String]

  /// Reads all files anew; throws, and leaves nothing behind, when one cannot be used.
  package init(
    _ settings: Settings, now: MailDate = WallClock.now
  ) throws(TLSConfigurationError) {
    var identities = settings.ownIdentity.map { [$0] } ?? []
    for files in settings.identities { identities.append(try TLSIdentity(files, now: now)) }
    guard !identities.isEmpty else { throw TLSConfigurationError("no certificate for TLS") }

    var entries: [Entry] = []
    var exactNames: [String: Int] = [:]
    var wildcardSuffixes: [String: Int] = [:]
    do throws(TLSConfigurationError) {
      for (place, identity) in identities.enumerated() {
        let context = try TLSContext.make(TLS_server_method(), versions: settings.versions)
        entries.append(Entry(context: context, identity: identity))
        try identity.install(in: context)
        try Self.configure(context, settings)
        for name in identity.certificate.hosts.names {
          // The first certificate for a name has it.
          if name.hasPrefix("*.") {
            wildcardSuffixes[String(name.dropFirst())] =
              wildcardSuffixes[String(name.dropFirst())] ?? place
          } else {
            exactNames[name] = exactNames[name] ?? place
          }
        }
      }
    } catch {
      for entry in entries { SSL_CTX_free(entry.context) }
      throw error
    }
    self.entries = entries
    self.exactNames = exactNames
    self.wildcardSuffixes = wildcardSuffixes
    warnings = identities.flatMap(\.warnings)

    // The context is alive as long as any connection made from it: unretained is enough.
    postroom_ssl_context_set_server_name_callback(
      entries[0].context, { ssl, _, argument in TLSServerContext.choose(ssl, argument) },
      Unmanaged.passUnretained(self).toOpaque())
    for entry in entries {
      guard let staple = entry.identity.staple else { continue }
      postroom_ssl_context_set_staple_callback(
        entry.context, { ssl, argument in TLSServerContext.staple(ssl, argument) },
        Unmanaged.passUnretained(staple).toOpaque())
    }
  }

  deinit {
    for entry in entries { SSL_CTX_free(entry.context) }
  }

  /// The certificates in use, the default first.
  package var certificates: [Certificate] { entries.map(\.identity.certificate) }

  /// A new connection's state, to be freed by the caller.
  func makeConnection() -> OpaquePointer? {
    let ssl = SSL_new(entries[0].context)
    if let ssl { SSL_set_accept_state(ssl) }
    return ssl
  }

  /// The certificate for a name that a client asks for; nil when it is the default's turn.
  package func certificate(for name: String) -> Certificate? {
    place(of: name).map { entries[$0].identity.certificate }
  }

  private func place(of name: String) -> Int? {
    var name = name.lowercased()[...]
    if name.hasSuffix(".") { name = name.dropLast() }
    if let place = exactNames[String(name)] { return place }
    // A wildcard stands for one label (RFC 9525 6.3).
    guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return nil }
    return wildcardSuffixes[String(name[dot...])]
  }

  private static func choose(_ ssl: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> Int32 {
    guard let argument, let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else {
      return SSL_TLSEXT_ERR_NOACK
    }
    let context = Unmanaged<TLSServerContext>.fromOpaque(argument).takeUnretainedValue()
    if let place = context.place(of: String(cString: name)), place > 0 {
      SSL_set_SSL_CTX(ssl, context.entries[place].context)
    }
    // An unknown name gets the default: SMTP clients verify little, and name what they like.
    return SSL_TLSEXT_ERR_OK
  }

  private static func staple(_ ssl: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> Int32 {
    guard let argument else { return SSL_TLSEXT_ERR_NOACK }
    let staple = Unmanaged<TLSStaple>.fromOpaque(argument).takeUnretainedValue()
    guard let octets = staple.current(at: WallClock.now),
      postroom_ssl_set_staple(ssl, octets, octets.count) == 1
    else { return SSL_TLSEXT_ERR_NOACK }
    return SSL_TLSEXT_ERR_OK
  }

  private static func configure(
    _ context: OpaquePointer, _ settings: Settings
  ) throws(TLSConfigurationError) {
    // Forward secrecy and AEAD (RFC 9325 4.2), where TLS 1.2 is the least.
    if settings.versions.lowerBound >= .tls12 {
      SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!SHA1")
    }
    SSL_CTX_set_max_early_data(context, 0)
    // Without it libssl resumes no session of a client that showed a certificate.
    let identifier = Array("postroom".utf8)
    SSL_CTX_set_session_id_context(context, identifier, UInt32(identifier.count))
    switch settings.clientCertificates {
    case .notAsked: break
    case .asked(let path): try ask(context, path, SSL_VERIFY_PEER)
    case .required(let path):
      try ask(context, path, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
    }
  }

  private static func ask(
    _ context: OpaquePointer, _ path: String, _ mode: Int32
  ) throws(TLSConfigurationError) {
    for authority in try TLSContext.trust(authoritiesIn: path, of: context) {
      SSL_CTX_add_client_CA(context, authority.pointer)
    }
    SSL_CTX_set_verify(context, mode) { TLSVerification.note($0, $1) }
  }
}
