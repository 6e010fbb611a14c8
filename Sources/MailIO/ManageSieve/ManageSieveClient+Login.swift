// Logging in and out (RFC 5804 2.1, 2.14), by the rules of SASLNegotiation.

package import MailProtocols

extension ManageSieveClient {
  /// Logs in, and learns the capabilities anew.
  ///
  /// Throws `authentication` when the server refuses, `capabilityMissing(.mechanism)` when nothing
  /// it lists may be used, `credentials` when they are of no use, `peerNotTrusted(.signature)` and
  /// `mechanismViolation` when the server fails in SCRAM; after the last two the connection is over.
  /// - Returns: the mechanism that did it, and its channel binding.
  @discardableResult
  package func authenticate(
    _ credentials: SASLCredentials, _ options: SASLLoginOptions = SASLLoginOptions()
  ) throws(ManageSieveError) -> SASLAttempt {
    guard !isOver else { throw ending }
    let policy: SASLPolicy
    do throws(SASLError) {
      policy = SASLPolicy(
        mechanisms: options.mechanisms, channel: connection.saslChannel(options.cleartext),
        binding: try connection.saslBinding(
          options.binding, knowsUniqueAlone: capabilities.isCyrus))
    } catch {
      throw .credentials(error)
    }
    var negotiation = SASLNegotiation(
      offered: capabilities.mechanisms, credentials: credentials, policy: policy,
      registry: options.registry)
    let context = SASLClientContext(
      credentials: credentials, preparation: options.preparation, digest: OpenSSLDigest(),
      nonce: { SecureRandom.nonce() }, limits: options.limits,
      service: SASLService(host: url.host, port: url.port ?? SieveURL.defaultPort))
    var transport = ManageSieveSASLTransport(self)
    switch try SASLExchange.logIn(over: &transport, &negotiation, context) {
    case .loggedIn(let attempt):
      login = attempt
      url.user = credentials.authcid.isEmpty ? url.user : credentials.authcid
      url.owner = credentials.authzid.map { .user($0) }
      return attempt
    case .stopped(let end):
      throw failure(end, negotiation.exclusions, transport.lastRefusal)
    }
  }

  private func failure(
    _ end: SASLNegotiationEnd, _ exclusions: [SASLExclusion], _ response: SieveResponse?
  ) -> ManageSieveError {
    switch end {
    case .noMechanism: return .capabilityMissing(.mechanism(exclusions))
    case .refused: return .authentication(response)
    case .failed(let error):
      switch error.category {
      case .credentials, .unsupported: return .credentials(error)
      case .refused:
        shutdown()
        return .authentication(response)
      case .protocolViolation:
        shutdown()
        return .mechanismViolation(error)
      case .untrustedPeer:
        shutdown()
        return .peerNotTrusted(.signature(error))
      }
    }
  }

  /// Logs out and stays connected, so that another user can log in.
  ///
  /// Throws `capabilityMissing` where the server has no UNAUTHENTICATE.
  package func unauthenticate() throws(ManageSieveError) {
    guard capabilities.unauthenticate else {
      throw .capabilityMissing(.command(.unauthenticate))
    }
    try require(.unauthenticate)
    login = nil
    lastWarning = nil
    url.owner = nil
    try refreshCapabilities()
  }
}

/// AUTHENTICATE as a transport.
struct ManageSieveSASLTransport: SASLTransport {
  private let client: ManageSieveClient
  /// The last NO.
  private(set) var lastRefusal: SieveResponse?

  init(_ client: ManageSieveClient) { self.client = client }

  let initialResponse = SASLClientExchange.InitialResponse.carried

  mutating func begin(
    _ mechanism: SASLMechanismName, initial: [UInt8]?
  ) throws(ManageSieveError) {
    try client.submit(.authenticate(mechanism, initialResponse: initial))
  }

  mutating func send(_ response: [UInt8]) throws(ManageSieveError) {
    guard client.session.canRespond else { throw client.ending }
    client.session.respond(response)
    try client.transmit()
  }

  mutating func receive() throws(ManageSieveError) -> SASLTransportAnswer {
    switch try client.nextEvent() {
    case .challenge(let challenge): return .challenge(challenge)
    case .reply(let reply):
      if reply.isOK {
        do throws(SieveProtocolError) {
          return .success(try reply.saslData())
        } catch {
          client.shutdown()
          throw .protocolViolation(error)
        }
      }
      lastRefusal = reply.response
      return .refused(Self.code(of: reply.response))
    case .greeting, .startTLS, .capabilities, .bye:
      client.shutdown()
      throw .closed
    }
  }

  mutating func end() throws(ManageSieveError) {
    try client.refreshCapabilities()
  }

  /// A server that goes on after `"*"`, or says OK, is left.
  mutating func abort() throws(ManageSieveError) {
    guard client.session.canRespond else { throw client.ending }
    client.session.cancel()
    try client.transmit()
    switch try receive() {
    case .refused: break
    case .challenge, .success: client.shutdown()
    }
  }

  private static func code(of response: SieveResponse) -> SASLRefusalCode? {
    if response.matches("AUTH-TOO-WEAK") { return .authTooWeak }
    if response.matches("ENCRYPT-NEEDED") { return .encryptNeeded }
    if response.matches("TRANSITION-NEEDED") { return .transitionNeeded }
    return nil
  }
}
