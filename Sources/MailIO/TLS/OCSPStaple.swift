// Judges a stapled OCSP response (RFC 6960, RFC 6066 8) about a certificate whose chain was verified.
// libcrypto parses it and checks signatures; who may sign, what the answer is about and whether it is
// of today is checked here. No network, no nonce (a staple has none of ours), no CRL: a delegated
// responder's own revocation is not looked into.

internal import COpenSSL
internal import Glibc
internal import MailProtocols

/// Judges staples.
enum OCSPStaple {
  /// The longest response in octets.
  static let maxByteCount = 64 << 10
  /// Certificates in a response at most.
  static let maxCertificateCount = 16
  /// How far a responder's clock may be from ours, in seconds.
  static let clockSkew = 300
  /// How long ago thisUpdate may be, in seconds: ten days is what authorities may take, so that an
  /// older answer is a kept one, whatever its nextUpdate says.
  static let maxAge = 14 * 86_400

  /// What the response says about the first certificate of a chain.
  /// - Parameters:
  ///   - verifiedChain: the certificate, its issuer, and so on, up to what is trusted; at least one.
  ///   - store: what is trusted, X509_STORE.
  static func verdict(
    _ octets: [UInt8], of verifiedChain: [Certificate], store: OpaquePointer?, at now: MailDate
  ) -> OCSPVerdict {
    OpenSSLErrors.clear()
    defer { OpenSSLErrors.clear() }
    // The user trusts the very certificate: there is no authority that could take it back.
    guard verifiedChain.count > 1 else {
      return .silent("no authority is known that could say something")
    }
    let (leaf, issuer) = (verifiedChain[0], verifiedChain[1])
    let chain = OPENSSL_sk_new_null()
    defer { OPENSSL_sk_free(chain) }
    for certificate in verifiedChain {
      OPENSSL_sk_push(chain, UnsafeRawPointer(certificate.pointer))
    }
    guard octets.count <= maxByteCount else { return .unfounded("is too long") }
    guard let response = parse(octets) else { return .unfounded("is malformed") }
    defer { OCSP_RESPONSE_free(response) }
    let status = OCSP_response_status(response)
    guard status == OCSP_RESPONSE_STATUS_SUCCESSFUL else {
      // Unsigned: anybody can say it.
      return .silent("the responder says \(name(ofResponseStatus: status))")
    }
    guard let basic = OCSP_response_get1_basic(response) else {
      return .unfounded("is malformed")
    }
    defer { OCSP_BASICRESP_free(basic) }
    // The answer is the end of the response, unless something was put behind it inside.
    guard octets.suffix(der(basic).count).elementsEqual(der(basic)) else {
      return .unfounded("is malformed")
    }
    if let reason = reasonAgainstSigner(basic, issuer, chain, store) { return .unfounded(reason) }
    guard OCSP_BASICRESP_get_ext_by_critical(basic, 1, -1) < 0 else {
      return .unfounded("has a critical extension that is not known")
    }
    return verdict(basic, leaf, issuer, now)
  }

  /// A response that is all of the octets.
  private static func parse(_ octets: [UInt8]) -> OpaquePointer? {
    octets.withUnsafeBufferPointer { buffer in
      var position = buffer.baseAddress
      let response = d2i_OCSP_RESPONSE(nil, &position, buffer.count)
      if let response, position != buffer.baseAddress.map({ $0 + buffer.count }) {
        OCSP_RESPONSE_free(response)
        return nil
      }
      return response
    }
  }

  private static func der(_ basic: OpaquePointer) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: Int(max(i2d_OCSP_BASICRESP(basic, nil), 0)))
    octets.withUnsafeMutableBufferPointer {
      var position = $0.baseAddress
      i2d_OCSP_BASICRESP(basic, &position)
    }
    return octets
  }

  // MARK: - Who says it

  /// Why its word does not count; nil when it does: the issuer's own, or of one whom the issuer
  /// itself has appointed (RFC 6960 4.2.2.2).
  private static func reasonAgainstSigner(
    _ basic: OpaquePointer, _ issuer: Certificate, _ chain: OpaquePointer?, _ store: OpaquePointer?
  ) -> String? {
    let certificates = OCSP_resp_get0_certs(basic)
    guard certificates.map({ OPENSSL_sk_num($0) <= maxCertificateCount }) ?? true else {
      return "has more than \(maxCertificateCount) certificates"
    }
    var found: OpaquePointer?
    guard OCSP_resp_get0_signer(basic, &found, chain) == 1, let found else {
      return "is signed by nobody who is known"
    }
    let signer = Certificate(sharing: found)
    if !signer.hasNameAndKey(of: issuer) {
      let isIssued =
        X509_check_issued(issuer.pointer, signer.pointer) == X509_V_OK
        && X509_verify(signer.pointer, X509_get0_pubkey(issuer.pointer)) == 1
      guard isIssued, signer.mayRespond else {
        return "is signed by one whom the authority has not appointed"
      }
    }
    // Never OCSP_TRUSTOTHER: what the response brings along would be trusted, the leaf, too.
    guard OCSP_basic_verify(basic, chain, store, 0) == 1 else {
      switch ERR_GET_REASON(OpenSSLErrors.take()) {
      case OCSP_R_CERTIFICATE_VERIFY_ERROR:
        return "is signed by one whose certificate cannot be verified"
      case OCSP_R_ROOT_CA_NOT_TRUSTED, OCSP_R_MISSING_OCSPSIGNING_USAGE:
        // The signer is right, so it is the identifier that names another authority.
        return "is about another certificate"
      default: return "has a bad signature"
      }
    }
    return nil
  }

  // MARK: - What it says

  private static func verdict(
    _ basic: OpaquePointer, _ leaf: Certificate, _ issuer: Certificate, _ now: MailDate
  ) -> OCSPVerdict {
    var verdicts: [OCSPVerdict] = []
    for index in 0..<OCSP_resp_count(basic) {
      guard let single = OCSP_resp_get0(basic, index), isAbout(leaf, issuer, single) else {
        continue
      }
      verdicts.append(verdict(single, now))
    }
    // Several answers about one certificate: the worst counts, in whatever order they stand.
    return verdicts.min { $0.rank < $1.rank } ?? .unfounded("is about another certificate")
  }

  /// Whether the answer's certificate is this one: its identifier is made again with the digest that
  /// the answer uses, and compared whole.
  private static func isAbout(
    _ leaf: Certificate, _ issuer: Certificate, _ single: OpaquePointer
  ) -> Bool {
    guard let id = OCSP_SINGLERESP_get0_id(single) else { return false }
    var algorithm: OpaquePointer?
    guard OCSP_id_get0_info(nil, &algorithm, nil, nil, id) == 1,
      let digest = EVP_get_digestbyname(OBJ_nid2sn(OBJ_obj2nid(algorithm))),
      let own = OCSP_cert_to_id(digest, leaf.pointer, issuer.pointer)
    else { return false }
    defer { OCSP_CERTID_free(own) }
    return OCSP_id_cmp(own, id) == 0
  }

  private static func verdict(_ single: OpaquePointer, _ now: MailDate) -> OCSPVerdict {
    guard OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) < 0 else {
      return .unfounded("has a critical extension that is not known")
    }
    var reason: Int32 = -1
    var revokedAt: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    var thisUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    var nextUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    let status = OCSP_single_get0_status(single, &reason, &revokedAt, &thisUpdate, &nextUpdate)
    let start = Certificate.date(thisUpdate)
    let end = nextUpdate.map { Certificate.date($0) }
    if let end, end.seconds < start.seconds { return .unfounded("ends before it starts") }
    guard start.seconds - clockSkew <= now.seconds else {
      return .silent("the stapled one is not valid before \(start.rfc3339)")
    }
    let latest = min(end.map { $0.seconds + clockSkew } ?? .max, start.seconds + maxAge)
    let isStale = now.seconds > latest
    switch status {
    // A revocation is not undone, but for a hold.
    case V_OCSP_CERTSTATUS_REVOKED where !isStale || reason != OCSP_REVOKED_STATUS_CERTIFICATEHOLD:
      return .revoked(at: Certificate.date(revokedAt), reason: name(ofReason: reason))
    case _ where isStale:
      return .silent("the stapled one is out of date since \((end ?? start).rfc3339)")
    case V_OCSP_CERTSTATUS_GOOD: return .good
    case V_OCSP_CERTSTATUS_UNKNOWN: return .unknown
    default: return .unfounded("is malformed")
    }
  }

  // MARK: - Names

  /// As RFC 5280 5.3.1 has them.
  private static func name(ofReason reason: Int32) -> String? {
    switch reason {
    case 1: "keyCompromise"
    case 2: "cACompromise"
    case 3: "affiliationChanged"
    case 4: "superseded"
    case 5: "cessationOfOperation"
    case 6: "certificateHold"
    case 8: "removeFromCRL"
    case 9: "privilegeWithdrawn"
    case 10: "aACompromise"
    default: nil
    }
  }

  /// As RFC 6960 4.2.1 has them.
  private static func name(ofResponseStatus status: Int32) -> String {
    switch status {
    case 1: "malformedRequest"
    case 2: "internalError"
    case 3: "tryLater"
    case 5: "sigRequired"
    case 6: "unauthorized"
    default: "\(status)"
    }
  }
}

extension OCSPVerdict {
  /// The lower, the worse.
  fileprivate var rank: Int {
    switch self {
    case .revoked: 0
    case .unfounded: 1
    case .unknown: 2
    case .good: 3
    case .silent: 4
    }
  }
}

extension Certificate {
  /// Whether it stands for the same authority: what a CA has signed can be checked with any of its
  /// certificates.
  fileprivate func hasNameAndKey(of other: Certificate) -> Bool {
    X509_NAME_cmp(X509_get_subject_name(pointer), X509_get_subject_name(other.pointer)) == 0
      && EVP_PKEY_eq(X509_get0_pubkey(pointer), X509_get0_pubkey(other.pointer)) == 1
  }

  /// Whether it says that its holder answers for its issuer: id-kp-OCSPSigning by name.
  fileprivate var mayRespond: Bool {
    X509_get_extension_flags(pointer) & UInt32(EXFLAG_XKUSAGE) != 0
      && X509_get_extended_key_usage(pointer) & UInt32(XKU_OCSP_SIGN) != 0
  }
}
