// AUTH in smtp-sink: which mechanisms are offered when, and the exchanges.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// The logins of a run; a new one takes its place on SIGHUP.
struct SinkAuthentication: Sendable {
  /// What smtp-sink serves, in the order of its EHLO reply.
  static let served: [SASLMechanismName] =
    [
      .scram(.sha256, .bound), .scram(.sha1, .bound), .scram(.sha256, .unbound),
      .scram(.sha1, .unbound), .external, .oauthBearer, .xoauth2, .cramMD5, .plain, .login,
    ]

  private let admission: UsersAuthority.Admission
  private let names: [SASLMechanismName]
  private let exposes: Bool
  private let host: String
  private let decoy = SCRAMDecoy(secret: SASLSecret(SecureRandom.bytes(count: 32)))
  private let madeKeys = Guarded<[String: SCRAMKeys]>([:])

  /// Nil when there is no AUTH. Throws statuses usage, noInput and configuration.
  init?(_ settings: SinkSettings.Authentication) throws(ToolFailure) {
    if let target = settings.usersTarget {
      do throws(UsersFile.Failure) {
        admission = .users(try UsersFile(target))
      } catch {
        throw ToolFailure(error.isMissing ? .noInput : .configuration, "\(error)")
      }
    } else if settings.takesAnybody {
      admission = .anybody
    } else {
      return nil
    }
    var names = settings.mechanisms ?? Self.served
    // A server that does not know the password cannot prove that it does.
    if case .anybody = admission { names.removeAll(where: \.isSCRAM) }
    self.names = names
    exposes = settings.exposesPlainText
    host = settings.host
  }

  /// What is known of a connection's TLS.
  struct Channel: Sendable {
    var bindings: [SASLChannelBinding] = []
    var certificateName: String?
  }

  func offers(isTLS: Bool, _ channel: Channel) -> [SMTPAuthOffer] {
    names.compactMap { name -> SMTPAuthOffer? in
      if name.isBoundSCRAM && channel.bindings.isEmpty { return nil }
      if name == .external && channel.certificateName == nil { return nil }
      let isExposing = SASLServerRegistry.standard[name]?.exposesSecret ?? true
      return SMTPAuthOffer(name: name, isUsable: isTLS || exposes || !isExposing)
    }
  }

  func exchange(with name: SASLMechanismName, _ channel: Channel) -> SASLServerExchange? {
    guard let entry = SASLServerRegistry.standard[name] else { return nil }
    let isBinding = names.contains(where: \.isBoundSCRAM) && !channel.bindings.isEmpty
    let context = SASLServerContext(
      authority: UsersAuthority(
        admission, certificateName: channel.certificateName, madeKeys: madeKeys),
      digest: OpenSSLDigest(), binding: isBinding ? .offered(channel.bindings) : .notOffered,
      nonce: { SecureRandom.nonce() }, decoy: decoy,
      cramChallenge: { [host] in SecureRandom.cramChallenge(host: host) })
    return SASLServerExchange(entry.make(context), successData: .asChallenge)
  }
}
