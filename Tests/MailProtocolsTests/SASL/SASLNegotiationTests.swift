import MailProtocols
import Testing

@Suite("SASL negotiation")
struct SASLNegotiationTests {
  private static let dovecot = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256"
  private static let cyrus =
    "SCRAM-SHA-1-PLUS SCRAM-SHA-1 SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-512-PLUS "
    + "SCRAM-SHA-512 DIGEST-MD5 CRAM-MD5 PLAIN LOGIN EXTERNAL"

  private func negotiation(
    _ offered: String, proof: SASLCredentials.Proof = password(), authzid: String? = nil,
    policy: SASLPolicy = SASLPolicy(channel: .protected)
  ) -> SASLNegotiation {
    SASLNegotiation(
      offered: offered.split(separator: " ").compactMap { SASLMechanismName($0) },
      credentials: SASLCredentials(authcid: "user", authzid: authzid, proof: proof),
      policy: policy)
  }

  /// What is tried when each attempt comes to the same, with the flag of channel binding before it.
  private func run(
    _ negotiation: SASLNegotiation, _ outcome: SASLAttemptOutcome = .refused(.authTooWeak, .notSent)
  ) -> String {
    var negotiation = negotiation
    var tried: [String] = []
    var step = negotiation.begin()
    while tried.count < 20 {
      switch step {
      case .attempt(let attempt):
        let flag =
          switch attempt.binding {
          case .unavailable: "n"
          case .unadvertised: "y"
          case .bound(let binding): "p=\(binding.kind.rawValue)"
          }
        tried.append("\(attempt.entry.name)" + (attempt.entry.name.isSCRAM ? "(\(flag))" : ""))
        step = negotiation.next(after: outcome)
      case .stop(let end):
        return (tried + ["\(end)"]).joined(separator: " ")
      }
    }
    return "endless"
  }

  // MARK: Order

  @Test("strongest hash first, then PLAIN, then LOGIN; CRAM-MD5 only by name")
  func order() {
    #expect(
      run(negotiation(Self.dovecot)) == "SCRAM-SHA-256(n) SCRAM-SHA-1(n) PLAIN LOGIN refused")
    let asked = SASLPolicy(mechanisms: ["cram-md5"], channel: .protected)
    #expect(run(negotiation(Self.dovecot, policy: asked)) == "CRAM-MD5 refused")
  }

  @Test("every hash has its place")
  func hashes() {
    let names = SCRAMHash.allCases.map { "SCRAM-\($0.name)" }.joined(separator: " ")
    let policy = SASLPolicy(channel: .protected, maxAttemptCount: 20)
    #expect(
      run(negotiation(names, policy: policy))
        == "SCRAM-SHA3-512(n) SCRAM-SHA-512(n) SCRAM-SHA-384(n) SCRAM-SHA-256(n) "
        + "SCRAM-SHA-224(n) SCRAM-SHA-1(n) refused")
  }

  @Test("the user's patterns have their own order")
  func patterns() {
    for (patterns, tried) in [
      (["login", "scram-sha-?"], "LOGIN SCRAM-SHA-1(n) refused"),
      (["*"], "SCRAM-SHA-256(n) SCRAM-SHA-1(n) PLAIN LOGIN CRAM-MD5 refused"),
      (
        ["SCRAM-*-256", "*MD5", "*"], "SCRAM-SHA-256(n) CRAM-MD5 SCRAM-SHA-1(n) PLAIN LOGIN refused"
      ),
      (["PLAI"], "noMechanism"), (["PLAIN?"], "noMechanism"), (["**PL*IN**"], "PLAIN refused"),
      ([""], "noMechanism"), ([], "noMechanism"),
    ] {
      let policy = SASLPolicy(mechanisms: patterns, channel: .protected)
      #expect(run(negotiation(Self.dovecot, policy: policy)) == tried, "\(patterns)")
    }
  }

  @Test("EXTERNAL takes a certificate, OAUTHBEARER and XOAUTH2 a token, and nothing else does")
  func proofs() {
    let offered = "PLAIN XOAUTH2 OAUTHBEARER EXTERNAL SCRAM-SHA-1"
    #expect(run(negotiation(offered, proof: .external)) == "EXTERNAL refused")
    #expect(
      run(negotiation(offered, proof: .token(SASLSecret(wire("t")))))
        == "OAUTHBEARER XOAUTH2 refused")
    #expect(run(negotiation(offered)) == "SCRAM-SHA-1(n) PLAIN refused")
  }

  @Test("on an open line nothing goes that exposes the secret, unless it is spelled out")
  func openLine() {
    #expect(
      run(negotiation(Self.dovecot, policy: SASLPolicy(channel: .exposed)))
        == "SCRAM-SHA-256(n) SCRAM-SHA-1(n) refused")
    #expect(run(negotiation("PLAIN LOGIN", policy: SASLPolicy(channel: .exposed))) == "noMechanism")
    #expect(
      run(
        negotiation(
          "OAUTHBEARER XOAUTH2", proof: .token(SASLSecret(wire("t"))),
          policy: SASLPolicy(channel: .exposed))) == "noMechanism")
    #expect(
      run(negotiation("PLAIN", policy: SASLPolicy(channel: .exposedByRequest))) == "PLAIN refused")
  }

  @Test("an authorization identity rules out what cannot carry it")
  func authzid() {
    #expect(
      run(negotiation("LOGIN CRAM-MD5 PLAIN SCRAM-SHA-1", authzid: "other"))
        == "SCRAM-SHA-1(n) PLAIN refused")
    #expect(
      run(negotiation("OAUTHBEARER XOAUTH2", proof: .token(SASLSecret([0x61])), authzid: "other"))
        == "OAUTHBEARER refused")
  }

  // MARK: Channel binding

  @Test("-PLUS before all, and no step down to the same without it")
  func bound() {
    let policy = SASLPolicy(
      channel: .protected, binding: .automatic(channel(.tlsExporter), retry: nil))
    #expect(
      run(negotiation(Self.cyrus, policy: policy))
        == "SCRAM-SHA-512-PLUS(p=tls-exporter) SCRAM-SHA-256-PLUS(p=tls-exporter) "
        + "SCRAM-SHA-1-PLUS(p=tls-exporter) PLAIN LOGIN refused")
  }

  @Test("y when the server lists no -PLUS; n when binding is off")
  func flags() {
    let automatic = SASLPolicy(channel: .protected, binding: .automatic(channel(), retry: nil))
    #expect(run(negotiation("SCRAM-SHA-1", policy: automatic)) == "SCRAM-SHA-1(y) refused")
    let off = SASLPolicy(channel: .protected, binding: .off)
    #expect(
      run(negotiation("SCRAM-SHA-1 SCRAM-SHA-1-PLUS", policy: off)) == "SCRAM-SHA-1(n) refused")
    // Named to the letter, the unbound one is used; `y` would be a lie about what the server lists.
    let named = SASLPolicy(
      mechanisms: ["SCRAM-SHA-1"], channel: .protected,
      binding: .automatic(channel(), retry: nil))
    #expect(
      run(negotiation("SCRAM-SHA-1 SCRAM-SHA-1-PLUS", policy: named)) == "SCRAM-SHA-1(n) refused")
  }

  @Test("a binding that is required leaves nothing but -PLUS")
  func required() {
    let policy = SASLPolicy(
      channel: .protected, binding: .required(channel(.tlsServerEndPoint)))
    #expect(
      run(negotiation("SCRAM-SHA-1 SCRAM-SHA-1-PLUS PLAIN", policy: policy))
        == "SCRAM-SHA-1-PLUS(p=tls-server-end-point) refused")
    #expect(run(negotiation("SCRAM-SHA-1 PLAIN", policy: policy)) == "noMechanism")
  }

  @Test("where the first binding is refused the other is tried once, also after a proof (Cyrus)")
  func retry() {
    let policy = SASLPolicy(
      channel: .protected,
      binding: .automatic(channel(.tlsExporter), retry: channel(.tlsUnique)))
    #expect(
      run(negotiation(Self.cyrus, policy: policy), .refused(nil, .sent))
        == "SCRAM-SHA-512-PLUS(p=tls-exporter) SCRAM-SHA-512-PLUS(p=tls-unique) refused")
    #expect(
      run(negotiation("SCRAM-SHA-1", policy: policy), .refused(nil, .sent))
        == "SCRAM-SHA-1(y) refused")
  }

  // MARK: Going on and stopping

  @Test("a refusal of the credentials is the end: wrong ones cost one attempt")
  func wrongPassword() {
    #expect(
      run(negotiation(Self.dovecot), .refused(nil, .sent)) == "SCRAM-SHA-256(n) refused")
    #expect(
      run(negotiation(Self.dovecot), .failed(.refused(.invalidProof), .sent))
        == "SCRAM-SHA-256(n) refused")
  }

  @Test("a refusal before any proof goes on, but two hashes are enough")
  func earlyRefusal() {
    let names = SCRAMHash.allCases.map { "SCRAM-\($0.name)" }.joined(separator: " ")
    #expect(
      run(negotiation(names + " PLAIN"), .refused(nil, .notSent))
        == "SCRAM-SHA3-512(n) SCRAM-SHA-512(n) PLAIN refused")
    #expect(
      run(negotiation(Self.dovecot), .failed(.refused(.unknownUser), .notSent))
        == "SCRAM-SHA-256(n) SCRAM-SHA-1(n) PLAIN LOGIN refused")
  }

  @Test("TRANSITION-NEEDED goes to PLAIN, when that may be used")
  func transition() {
    #expect(
      run(negotiation("SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN"), .refused(.transitionNeeded, .sent))
        == "SCRAM-SHA-256(n) PLAIN LOGIN refused")
    #expect(
      run(
        negotiation("SCRAM-SHA-256 SCRAM-SHA-1 PLAIN", policy: SASLPolicy(channel: .exposed)),
        .refused(.transitionNeeded, .sent)) == "SCRAM-SHA-256(n) SCRAM-SHA-1(n) refused")
  }

  @Test("a code that asks for another mechanism is heard also after a proof")
  func codes() {
    for code in [SASLRefusalCode.authTooWeak, .encryptNeeded] {
      #expect(
        run(negotiation("SCRAM-SHA-1 PLAIN"), .refused(code, .sent))
          == "SCRAM-SHA-1(n) PLAIN refused")
    }
  }

  @Test("attempts at the server are counted, and those that never reached it are not")
  func attempts() {
    let two = SASLPolicy(channel: .protected, maxAttemptCount: 2)
    #expect(
      run(negotiation(Self.dovecot, policy: two)) == "SCRAM-SHA-256(n) SCRAM-SHA-1(n) refused")
    let error = SASLError.unusablePassword(.unassigned(0x1F600))
    #expect(
      run(negotiation(Self.dovecot, policy: two), .failed(error, .notSent))
        == "SCRAM-SHA-256(n) SCRAM-SHA-1(n) PLAIN LOGIN failed(\(error))")
  }

  @Test("a server that breaks the protocol or is not who it should be gets nothing more")
  func violations() {
    for error in [
      SASLError.serverSignatureWrong, .serverSignatureMissing, .nonceMismatch,
      .iterationsOutOfRange,
      .malformedChallenge, .mandatoryExtension, .unexpectedChallenge, .unfinished,
    ] {
      #expect(
        run(negotiation(Self.dovecot), .failed(error, .notSent))
          == "SCRAM-SHA-256(n) failed(\(error))")
    }
  }

  @Test("what is not tried is told with its reason")
  func exclusions() {
    let policy = SASLPolicy(channel: .exposed, binding: .automatic(channel(), retry: nil))
    let reasons = negotiation(
      Self.cyrus + " XOAUTH2 GSSAPI GSSAPI", authzid: "other", policy: policy
    ).exclusions.map { "\($0.name) \($0.reason)" }
    #expect(
      Set(reasons) == [
        "DIGEST-MD5 unknown", "GSSAPI unknown", "EXTERNAL otherCredentials",
        "XOAUTH2 otherCredentials", "SCRAM-SHA-512 bindingPreferred",
        "SCRAM-SHA-256 bindingPreferred", "SCRAM-SHA-1 bindingPreferred", "PLAIN exposesSecret",
        "LOGIN carriesNoAuthzid", "CRAM-MD5 obsolete",
      ])
    #expect(reasons.count == 10)
    #expect(
      negotiation(
        "SCRAM-SHA-1-PLUS", policy: SASLPolicy(mechanisms: ["PLAIN"], channel: .protected)
      )
      .exclusions.first?.reason == .notAsked)
    #expect(negotiation("SCRAM-SHA-1-PLUS").exclusions.first?.reason == .cannotBind)
  }
}
