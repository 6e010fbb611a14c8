import MailProtocols
import Testing

@testable import MailIO

/// What a response comes to for a certificate, so many days from now.
private func verdict(
  _ staple: [UInt8], of certificate: String = "good", days: Int = 0
) throws -> OCSPVerdict {
  let client = try StaplePKI.client()
  let now = MailDate(seconds: WallClock.now.seconds + days * 86_400)
  return OCSPStaple.verdict(
    staple, of: try StaplePKI.chain(certificate), store: client.store, at: now)
}

private func verdict(
  _ staple: String, of certificate: String = "good", days: Int = 0
) throws -> OCSPVerdict {
  try verdict(StaplePKI.staple(staple), of: certificate, days: days)
}

/// A DER element with definite length.
private func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
  let count = content.count
  if count < 128 { return [tag, UInt8(count)] + content }
  if count < 256 { return [tag, 0x81, UInt8(count)] + content }
  return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + content
}

/// The BasicOCSPResponse in a response: what stands in the octet string behind id-pkix-ocsp-basic.
private func basic(_ staple: [UInt8]) throws -> [UInt8] {
  let type: [UInt8] = [0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1, 0x04]
  let place =
    try #require(
      staple.indices.first { staple[$0...].starts(with: type) }) + type.count
  let lengthCount = staple[place] < 0x80 ? 1 : Int(staple[place] & 0x7F) + 1
  return [UInt8](staple[(place + lengthCount)...])
}

private func response(_ basic: [UInt8]) -> [UInt8] {
  let type: [UInt8] = [0x06, 9, 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1]
  return der(0x30, [0x0A, 1, 0] + der(0xA0, der(0x30, type + der(0x04, basic))))
}

/// Whether a verdict is a revocation of these days, without looking at the second.
private func isRevoked(_ verdict: OCSPVerdict, _ reason: String?) -> Bool {
  guard case .revoked(let date, reason) = verdict else { return false }
  return abs(date.seconds - WallClock.now.seconds) < 3600
}

private let malformed = OCSPVerdict.unfounded("is malformed")
private let notAppointed = OCSPVerdict.unfounded(
  "is signed by one whom the authority has not appointed")

@Suite("OCSP staple")
struct OCSPStapleTests {
  @Test(
    "the authority and whom it has appointed may say that a certificate is good",
    arguments: ["good", "good-by-responder", "good-bare", "good-by-key", "good-sha256", "both"])
  func good(staple: String) throws {
    #expect(try verdict(staple) == .good)
  }

  @Test("a revocation is told with its day and reason, by whomever may say it")
  func revoked() throws {
    #expect(isRevoked(try verdict("revoked", of: "revoked"), "keyCompromise"))
    #expect(isRevoked(try verdict("revoked-by-responder", of: "revoked"), "keyCompromise"))
    #expect(isRevoked(try verdict("both", of: "revoked"), "keyCompromise"))
    #expect(isRevoked(try verdict("held", of: "held"), "certificateHold"))
  }

  @Test("a certificate that the authority does not know is unknown")
  func unknown() throws { #expect(try verdict("unknown") == .unknown) }

  @Test(
    "what somebody else says does not count",
    arguments: [
      ("good-by-no-use", notAppointed), ("good-by-any-use", notAppointed),
      ("good-by-foreign", notAppointed), ("good-by-stranger", notAppointed),
      ("good-by-itself", notAppointed),
      (
        "good-by-late", .unfounded("is signed by one whose certificate cannot be verified")
      ),
      ("other", .unfounded("is about another certificate")),
      ("other-issuer", .unfounded("is about another certificate")),
    ] as [(String, OCSPVerdict)])
  func unfounded(staple: String, expected: OCSPVerdict) throws {
    #expect(try verdict(staple) == expected)
  }

  @Test("an answer counts from five minutes before its start to five minutes behind its end")
  func window() throws {
    let start = WallClock.now.seconds
    #expect(try verdict("good", days: 3) == .good)
    guard case .silent(let late) = try verdict("good", days: 5) else {
      Issue.record("not stale")
      return
    }
    let end = MailDate(seconds: start + 4 * 86_400).rfc3339.prefix(8)
    #expect(late.hasPrefix("the stapled one is out of date since \(end)"))
    guard case .silent(let early) = try verdict("good", days: -1) else {
      Issue.record("not early")
      return
    }
    #expect(early.hasPrefix("the stapled one is not valid before "))
  }

  @Test("without an end it counts for two weeks")
  func endless() throws {
    #expect(try verdict("endless") == .good)
    #expect(try verdict("endless", days: 13) == .good)
    guard case .silent = try verdict("endless", days: 15) else {
      Issue.record("not stale")
      return
    }
  }

  @Test("a revocation does not grow old; a hold does")
  func oldRevocation() throws {
    #expect(isRevoked(try verdict("revoked", of: "revoked", days: 40), "keyCompromise"))
    guard case .silent = try verdict("held", of: "held", days: 40) else {
      Issue.record("not stale")
      return
    }
  }

  @Test("a signature that was touched is bad, wherever that was")
  func signature() throws {
    let staple = StaplePKI.staple("good-bare")
    for back in [1, 5, 20] {
      var touched = staple
      touched[touched.count - back] ^= 1
      let verdict = try verdict(touched)
      #expect(verdict == .unfounded("has a bad signature") || verdict == malformed)
    }
    // The status of a revoked certificate turned into good: [1] revoked to [0] good would change
    // lengths; the serial does as well.
    for index in staple.indices {
      var touched = staple
      touched[index] ^= 1
      if try verdict(touched) == .good { Issue.record("octet \(index) does not count") }
    }
  }

  @Test("the whole of the octets is the response, outside and inside")
  func trailing() throws {
    let staple = StaplePKI.staple("good")
    #expect(try verdict(staple + [0]) == malformed)
    let inside = try basic(staple)
    #expect(try verdict(response(inside)) == .good)
    #expect(try verdict(response(inside + [0])) == malformed)
    for count in 0..<staple.count {
      #expect(try verdict([UInt8](staple[..<count])) == malformed)
    }
    #expect(
      try verdict([UInt8](repeating: 0x30, count: OCSPStaple.maxByteCount + 1))
        == .unfounded("is too long"))
  }

  @Test("sixteen certificates may come along, and not one more; they change nothing")
  func certificates() throws {
    #expect(try verdict("certificates-16") == .good)
    #expect(try verdict("certificates-17") == .unfounded("has more than 16 certificates"))
  }

  @Test("a responder's error is unsigned, and says nothing")
  func errors() throws {
    #expect(
      try verdict([0x30, 3, 0x0A, 1, 3]) == .silent("the responder says tryLater"))
    #expect(
      try verdict([0x30, 3, 0x0A, 1, 6]) == .silent("the responder says unauthorized"))
    // A success without an answer is none.
    #expect(try verdict([0x30, 3, 0x0A, 1, 0]) == malformed)
  }

  @Test("who trusts the very certificate has no authority to ask")
  func pinned() throws {
    let verdict = OCSPStaple.verdict(
      StaplePKI.staple("revoked"), of: [try StaplePKI.chain("revoked")[0]],
      store: try StaplePKI.client().store, at: WallClock.now)
    #expect(verdict == .silent("no authority is known that could say something"))
  }

  @Test("silence counts against a certificate that demands a staple, and against no other")
  func silence() {
    let silent = OCSPVerdict.silent("it staples no OCSP response")
    #expect(silent.reasonAgainst(demandsStaple: false) == nil)
    #expect(
      silent.reasonAgainst(demandsStaple: true)
        == "its certificate demands a stapled OCSP response, but it staples no OCSP response")
    #expect(OCSPVerdict.good.reasonAgainst(demandsStaple: true) == nil)
    for verdict in [
      OCSPVerdict.unknown, .unfounded("x"), .revoked(at: MailDate(seconds: 0), reason: nil),
    ] {
      for demands in [true, false] { #expect(verdict.reasonAgainst(demandsStaple: demands) != nil) }
    }
  }

  // MARK: - In the handshake

  private func handshake(
    _ certificate: String, _ staple: String?,
    _ change: (inout TLSClientContext.Settings) -> Void = { _ in }
  ) throws -> ConnectionError? {
    let server = try StaplePKI.server(certificate, staple: staple)
    let client = try StaplePKI.client(change)
    return converse(
      server: { try $0.startTLS(as: .server(server)) },
      client: { try $0.startTLS(as: .client(client, host: TLSHost("localhost")!)) }
    ).client.connectionError
  }

  @Test("the handshake fails over a staple that speaks against the server, in every version")
  func refused() throws {
    let today = WallClock.now.rfc3339.prefix(10)
    for versions in [TLSVersion.tls12 ... .tls12, .tls13 ... .tls13] {
      #expect(
        try handshake("revoked", "revoked") { $0.versions = versions }
          == .untrusted("its certificate was revoked on \(today) (keyCompromise)"))
      #expect(
        try handshake("good", "good-by-itself") { $0.versions = versions }
          == .untrusted(
            "the OCSP response that it staples is signed by one whom the authority has not "
              + "appointed"))
      #expect(try handshake("good", "good") { $0.versions = versions } == nil)
    }
    #expect(
      try handshake("good", "unknown")
        == .untrusted(
          "its certificate is not known to its authority, says the stapled OCSP response"))
  }

  @Test("a server without a staple is fine, unless its certificate demands one")
  func demanded() throws {
    #expect(try handshake("good", nil) == nil)
    #expect(try handshake("must", "must") == nil)
    #expect(
      try handshake("must", nil)
        == .untrusted(
          "its certificate demands a stapled OCSP response, but it staples no OCSP response"))
  }

  @Test("who does not ask is not told; who believes anybody judges nothing")
  func notAsked() throws {
    for certificate in ["revoked", "must"] {
      let staple = certificate == "revoked" ? "revoked" : nil
      #expect(try handshake(certificate, staple) { $0.revocation = .off } == nil)
      #expect(try handshake(certificate, staple) { $0.trust = .anyone } == nil)
    }
  }
}
