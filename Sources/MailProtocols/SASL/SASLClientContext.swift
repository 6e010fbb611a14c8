// What a client mechanism is made from.

/// Everything a client mechanism may need; each takes what it does need.
package struct SASLClientContext: Sendable {
  /// Who logs in, and with what.
  package var credentials: SASLCredentials
  /// What SASLprep is applied to.
  package var preparation: SASLPreparation
  /// What is known of channel binding, and said of it in SCRAM.
  package var binding: SCRAMClientBinding
  /// The cryptography.
  package var digest: any SASLDigest
  /// A fresh nonce: printable ASCII without comma, at least 18 octets of randomness in base64.
  package var nonce: @Sendable () -> [UInt8]
  /// Bounds on what a SCRAM server may ask for.
  package var limits: SCRAMLimits
  /// The server's host and port, which OAUTHBEARER may carry (RFC 7628 3.1).
  package var service: SASLService?

  /// All credentials are prepared, nothing is bound, and no service is named, unless said
  /// otherwise.
  package init(
    credentials: SASLCredentials, preparation: SASLPreparation = .all,
    binding: SCRAMClientBinding = .unavailable, digest: any SASLDigest,
    nonce: @escaping @Sendable () -> [UInt8], limits: SCRAMLimits = SCRAMLimits(),
    service: SASLService? = nil
  ) {
    self.credentials = credentials
    self.preparation = preparation
    self.binding = binding
    self.digest = digest
    self.nonce = nonce
    self.limits = limits
    self.service = service
  }

  // MARK: Credentials, prepared

  /// The authentication identity, prepared as a query (RFC 4616 2, RFC 5802 5.1); never empty, no
  /// NUL.
  func authcid() throws(SASLError) -> [UInt8] {
    let name = try prepareName(credentials.authcid)
    guard !name.isEmpty else { throw .unusableCredentials }
    return name
  }

  /// The authorization identity, prepared, or nil for oneself.
  func authzid() throws(SASLError) -> [UInt8]? {
    guard let authzid = credentials.authzid, !authzid.isEmpty else { return nil }
    let name = try prepareName(authzid)
    // One that is mapped to nothing must not turn into oneself.
    guard !name.isEmpty else { throw .unusableCredentials }
    return name
  }

  /// Refuses an authorization identity that the mechanism cannot carry.
  func requireNoAuthzid() throws(SASLError) {
    guard (credentials.authzid ?? "").isEmpty else { throw .authzidUnsupported }
  }

  /// The password, prepared as a stored string (RFC 5802 2.2); never empty, no NUL. For the caller
  /// to overwrite.
  func password(for purpose: SASLprep.Purpose) throws(SASLError) -> [UInt8] {
    guard case .password(let secret) = credentials.proof else { throw .credentialsMissing }
    var password = secret.bytes
    if preparation.contains(.passwords) {
      do throws(SASLprepError) {
        let prepared = try SASLprep.prepare(password, for: purpose)
        SASLSecret.wipe(&password)
        password = prepared
      } catch {
        SASLSecret.wipe(&password)
        throw .unusablePassword(error)
      }
    }
    guard !password.isEmpty, !password.contains(.nul) else {
      SASLSecret.wipe(&password)
      throw .unusableCredentials
    }
    return password
  }

  /// The access token: visible ASCII alone, so that it cannot end its field (RFC 6750 2.1). For the
  /// caller to overwrite.
  func token() throws(SASLError) -> [UInt8] {
    guard case .token(let secret) = credentials.proof else { throw .credentialsMissing }
    var token = secret.bytes
    guard !token.isEmpty, token.allSatisfy({ $0 > .space && $0 < 0x7F }) else {
      SASLSecret.wipe(&token)
      throw .unusableCredentials
    }
    return token
  }

  private func prepareName(_ name: String) throws(SASLError) -> [UInt8] {
    var bytes = Array(name.utf8)
    if preparation.contains(.userNames) {
      do throws(SASLprepError) {
        bytes = try SASLprep.prepare(bytes, for: .query)
      } catch {
        throw .unusableName(error)
      }
    }
    guard !bytes.contains(.nul) else { throw .unusableCredentials }
    return bytes
  }
}

/// Host and port of the service that is logged in to.
package struct SASLService: Equatable, Sendable {
  /// ASCII, as the user named it.
  package let host: String
  /// The TCP port.
  package let port: UInt16

  /// A service by host and port.
  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}
