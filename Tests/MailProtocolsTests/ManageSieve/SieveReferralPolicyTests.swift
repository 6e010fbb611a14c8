import Testing

@testable import MailProtocols

@Suite("Sieve referrals")
struct SieveReferralPolicyTests {
  private let password = SASLCredentials.Proof.password(SASLSecret([0x78]))

  private func follow(
    _ reach: SieveReferralPolicy.Reach, from host: String = "imap.example.org", to url: String,
    line: SieveReferralPolicy.Line = .verifiedTLS, proof: SASLCredentials.Proof? = nil
  ) throws(SieveReferralPolicy.Refusal) -> SieveURL {
    var policy = SieveReferralPolicy(reach, origin: SieveURL(user: "alice", host: host))
    return try policy.follow(Array(url.utf8), on: line, with: proof ?? password)
  }

  @Test(
    "the same domain is the host, what is below it, and what is beside it",
    arguments: [
      ("imap.example.org", "be1.example.org", true), ("imap.example.org", "example.org", true),
      ("imap.example.org", "a.b.EXAMPLE.org", true), ("example.org", "imap.example.org", true),
      ("imap.example.org", "imap.example.org.", true),
      ("imap.example.org", "example.com", false), ("imap.example.org", "badexample.org", false),
      ("imap.example.org", "org", false), ("example.org", "other.org", false),
      ("example.co.uk", "evil.co.uk", false), ("imap.example.co.uk", "be.example.co.uk", true),
      ("localhost", "localhost.evil.test", false), ("192.0.2.1", "192.0.2.1", true),
      ("192.0.2.1", "9.0.2.1", false), ("10.0.2.1", "evil.0.2.1", false),
    ])
  func domain(home: String, target: String, isFollowed: Bool) throws {
    if isFollowed {
      #expect(try follow(.sameDomain, from: home, to: "sieve://x@\(target):1").user == "x")
    } else {
      #expect(throws: SieveReferralPolicy.Refusal.otherDomain) {
        try follow(.sameDomain, from: home, to: "sieve://\(target)")
      }
      #expect(try follow(.follow, from: home, to: "sieve://\(target)").user == "alice")
    }
  }

  @Test("nowhere without verified TLS, here or there")
  func untrusted() {
    for (url, line) in [
      ("sieve://be.example.org", SieveReferralPolicy.Line.other),
      ("sieve+insecure://be.example.org", .verifiedTLS),
    ] {
      #expect(throws: SieveReferralPolicy.Refusal.untrustedLine) {
        try follow(.follow, to: url, line: line)
      }
    }
  }

  @Test("EXTERNAL and tokens stay where they are")
  func credentials() {
    for proof in [SASLCredentials.Proof.external, .token(SASLSecret([0x78]))] {
      #expect(throws: SieveReferralPolicy.Refusal.credentials) {
        try follow(.follow, to: "sieve://be.example.org", proof: proof)
      }
    }
  }

  @Test("denied, and what is no URL")
  func denied() {
    #expect(throws: SieveReferralPolicy.Refusal.denied) {
      try follow(.deny, to: "sieve://be.example.org")
    }
    #expect(throws: SieveReferralPolicy.Refusal.malformed(.scheme)) {
      try follow(.follow, to: "http://be.example.org")
    }
    #expect(throws: SieveReferralPolicy.Refusal.malformed(.password)) {
      try follow(.follow, to: "sieve://a:b@be.example.org")
    }
  }

  @Test("five hops, and no sixth; never where we were")
  func hops() throws {
    var policy = SieveReferralPolicy(.follow, origin: SieveURL(host: "h0"))
    for hop in 1...5 {
      #expect(
        try policy.follow(Array("sieve://h\(hop)".utf8), on: .verifiedTLS, with: password).host
          == "h\(hop)")
    }
    #expect(throws: SieveReferralPolicy.Refusal.tooManyHops) {
      try policy.follow(Array("sieve://h6".utf8), on: .verifiedTLS, with: password)
    }
    for url in ["sieve://H0:4190", "sieve://other@h3"] {
      #expect(throws: SieveReferralPolicy.Refusal.loop) {
        try policy.follow(Array(url.utf8), on: .verifiedTLS, with: password)
      }
    }
    // Another port is another server.
    var ports = SieveReferralPolicy(.follow, origin: SieveURL(host: "h"))
    #expect(try ports.follow(Array("sieve://h:1".utf8), on: .verifiedTLS, with: password).port == 1)
  }

  @Test("whom to act as goes along, unless the referral says otherwise")
  func owner() throws {
    let origin = SieveURL(user: "admin", host: "h", owner: .user("alice"))
    var policy = SieveReferralPolicy(.follow, origin: origin)
    let url = try policy.follow(Array("sieve://h1".utf8), on: .verifiedTLS, with: password)
    #expect(url == SieveURL(user: "admin", host: "h1", owner: .user("alice")))
    let other = try policy.follow(Array("sieve://u;bob@h2".utf8), on: .verifiedTLS, with: password)
    #expect(other == SieveURL(user: "u", host: "h2", owner: .user("bob")))
  }
}
