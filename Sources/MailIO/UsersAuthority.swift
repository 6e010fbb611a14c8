// Answers the questions of SASL mechanisms from a users file, or lets anybody in.

package import MailProtocols

/// Knows the users of a server.
package struct UsersAuthority: SASLAuthority {
  /// Who gets in.
  package enum Admission: Sendable {
    case users(UsersFile)
    /// Whoever asks, with whatever they show.
    case anybody
  }

  /// PBKDF2 rounds for keys that are made of a password (RFC 5802 5.1, RFC 7677 4).
  package static let iterations = 4096

  private let admission: Admission
  private let digest = OpenSSLDigest()
  /// The subject's common name of the certificate that the client has shown.
  private let certificateName: String?
  private let madeKeys: Guarded<[String: SCRAMKeys]>

  /// `madeKeys` keeps what was derived from passwords, for all connections of a server.
  package init(
    _ admission: Admission, certificateName: String?, madeKeys: Guarded<[String: SCRAMKeys]>
  ) {
    self.admission = admission
    self.certificateName = certificateName
    self.madeKeys = madeKeys
  }

  package func check(password: SASLSecret, of user: String) -> SASLVerdict {
    switch admission {
    case .anybody: return .accepted
    case .users(let file):
      do throws(SASLError) {
        switch file.users[user] {
        case .password(let own): return own.equals(password) ? .accepted : .refused
        case .keys(let keys):
          guard let first = keys.first else { return .refused }
          return try first.match(password, digest: digest) ? .accepted : .refused
        case nil: return .refused
        }
      } catch {
        return .unavailable
      }
    }
  }

  package func check(_ claim: CRAMMD5Claim) -> SASLVerdict {
    switch admission {
    case .anybody: return .accepted
    case .users(let file):
      guard case .password(let own) = file.users[claim.user] else { return .refused }
      do throws(SASLError) {
        return try claim.matches(own) ? .accepted : .refused
      } catch {
        return .unavailable
      }
    }
  }

  package func scramKeys(of user: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys> {
    guard case .users(let file) = admission else { return .unknown }
    switch file.users[user] {
    case .keys(let keys): return keys.first { $0.hash == hash }.map { .found($0) } ?? .unknown
    case .password(let password):
      let name = "\(hash.name) \(user)"
      if let made = madeKeys.withLock({ $0[name] }) { return .found(made) }
      do throws(SASLError) {
        let made = try SCRAMKeys.derive(
          password: password, salt: SecureRandom.bytes(count: 16), iterations: Self.iterations,
          hash: hash, digest: digest)
        guard let made else { return .unavailable }
        // Whoever was first: the salt must not change between two messages of an exchange.
        return .found(
          madeKeys.withLock { known in
            if let first = known[name] { return first }
            known[name] = made
            return made
          })
      } catch {
        return .unavailable
      }
    case nil: return .unknown
    }
  }

  /// A user's password is its token.
  package func user(ofToken token: SASLSecret, claimed: String?) -> SASLLookup<String> {
    switch admission {
    case .anybody: return .found(claimed ?? "anybody")
    case .users:
      guard let claimed else { return .unknown }
      switch check(password: token, of: claimed) {
      case .accepted: return .found(claimed)
      case .refused: return .unknown
      case .unavailable: return .unavailable
      }
    }
  }

  package func externalUser() -> SASLLookup<String> {
    guard let certificateName else { return .unknown }
    switch admission {
    case .anybody: return .found(certificateName)
    case .users(let file):
      return file.users[certificateName] == nil ? .unknown : .found(certificateName)
    }
  }

  package func mayAct(_ user: String, as other: String) -> Bool {
    switch admission {
    case .anybody: true
    case .users: false
    }
  }
}
