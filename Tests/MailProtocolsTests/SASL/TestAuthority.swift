// The users that the tests know.

import MailProtocols

/// One user with a password, who may act as one other; also the owner of a token and of a
/// certificate.
struct TestAuthority: SASLAuthority {
  var user = "user"
  var secret = "pencil"
  var other = "other"
  var digest: any SASLDigest = ToyDigest()
  var isAvailable = true

  func check(password: SASLSecret, of name: String) -> SASLVerdict {
    guard isAvailable else { return .unavailable }
    return name == user && password.equals(SASLSecret(wire(secret))) ? .accepted : .refused
  }

  func check(_ claim: CRAMMD5Claim) -> SASLVerdict {
    guard isAvailable else { return .unavailable }
    do throws(SASLError) {
      let matches = try claim.matches(SASLSecret(wire(secret)))
      return matches && claim.user == user ? .accepted : .refused
    } catch {
      return .unavailable
    }
  }

  func scramKeys(of name: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys> {
    guard isAvailable else { return .unavailable }
    guard name == user else { return .unknown }
    let keys = try? SCRAMKeys.derive(
      password: SASLSecret(wire(secret)), salt: wire("a real user's salt"), iterations: 4096,
      hash: hash, digest: digest)
    return keys.map { .found($0) } ?? .unavailable
  }

  func user(ofToken token: SASLSecret, claimed: String?) -> SASLLookup<String> {
    guard isAvailable else { return .unavailable }
    return token.equals(SASLSecret(wire(secret))) ? .found(user) : .unknown
  }

  func externalUser() -> SASLLookup<String> { isAvailable ? .found(user) : .unavailable }

  func mayAct(_ name: String, as other: String) -> Bool { name == user && other == self.other }
}

/// The octets of a text.
func wire(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The text of octets, for failures that a person can read.
func text(_ octets: [UInt8]?) -> String? { octets.map { String(decoding: $0, as: UTF8.self) } }

/// A channel for tests.
func channel(
  _ kind: SASLChannelBinding.Kind = .tlsExporter, _ data: String = "the channel"
) -> SASLChannelBinding {
  SASLChannelBinding(kind: kind, data: wire(data))
}

func password(_ secret: String = "pencil") -> SASLCredentials.Proof {
  .password(SASLSecret(wire(secret)))
}

func clientContext(
  _ user: String = "user", as authzid: String? = nil, proof: SASLCredentials.Proof = password(),
  binding: SCRAMClientBinding = .unavailable, limits: SCRAMLimits = SCRAMLimits(),
  service: SASLService? = nil
) -> SASLClientContext {
  SASLClientContext(
    credentials: SASLCredentials(authcid: user, authzid: authzid, proof: proof),
    binding: binding, digest: ToyDigest(), nonce: { wire("clientnonce") }, limits: limits,
    service: service)
}

func serverContext(
  _ authority: TestAuthority = TestAuthority(), binding: SCRAMServerBinding = .notOffered
) -> SASLServerContext {
  SASLServerContext(
    authority: authority, digest: ToyDigest(), binding: binding, nonce: { wire("servernonce") },
    decoy: SCRAMDecoy(secret: SASLSecret(wire("of this server")), saltByteCount: 18),
    cramChallenge: { wire("<1896.697170952@postoffice.reston.mci.net>") })
}

/// How a dialogue between our two sides ended.
enum DialogueEnd: Equatable {
  case success(SASLIdentity)
  case refused(SASLServerFailure)
  case clientError(SASLError)
}

/// Lets our client talk to our server.
func converse(
  _ client: any SASLClientMechanism, _ server: any SASLServerMechanism,
  initialResponse: SASLClientExchange.InitialResponse = .carried,
  successData: SASLServerExchange.SuccessData = .besideSuccess
) -> DialogueEnd {
  var client = SASLClientExchange(client)
  var server = SASLServerExchange(server, successData: successData)
  do throws(SASLError) {
    var step = server.start(try client.start(initialResponse))
    while true {
      switch step {
      case .challenge(let challenge): step = server.respond(try client.respond(to: challenge))
      case .success(let identity, let data):
        try client.finish(with: data)
        return .success(identity)
      case .failure(let failure): return .refused(failure)
      case .aborted: return .refused(.malformed)
      }
    }
  } catch {
    return .clientError(error)
  }
}
