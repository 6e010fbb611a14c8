// OCSP responses made by openssl(1) once for all tests: an authority of their own, what it issued, and
// what it and others say about that.

import Glibc
import TestSupport

@testable import MailIO

/// Certificates `good`, `other`, `must` (which demands a staple), `revoked`, `held`, issued by `root`;
/// `stranger` issued nothing but a responder. Responses as `authority` names them.
enum StaplePKI {
  static func path(_ name: String) -> String { authority.path(name) }

  static func staple(_ name: String) -> [UInt8] { ScratchDirectory.read(path("\(name).staple"))! }

  static func chain(_ name: String) throws -> [Certificate] {
    try PEMFile.certificates(path("\(name).pem")) + PEMFile.certificates(path("root.pem"))
  }

  static func client(_ change: (inout TLSClientContext.Settings) -> Void = { _ in }) throws
    -> TLSClientContext
  { try authority.client(change) }

  /// A server that shows a certificate with a response.
  static func server(_ name: String, staple: String?) throws -> TLSServerContext {
    try TLSServerContext(
      TLSServerContext.Settings(identities: [
        TLSIdentity.Files(
          certificates: path("\(name).pem"), key: path("\(name).key"),
          staple: staple.map { path("\($0).staple") })
      ]))
  }

  private static let authority = TestAuthority(
    sections: """
      [server]
      subjectAltName = DNS:localhost
      [must]
      subjectAltName = DNS:localhost
      tlsfeature = status_request
      [responder]
      extendedKeyUsage = OCSPSigning
      [any-use]
      extendedKeyUsage = anyExtendedKeyUsage
      [no-use]
      basicConstraints = CA:FALSE
      """,
    commands: #"""
      authority stranger; : >empty.txt
      leaf good server; leaf other server; leaf must must; leaf revoked server; leaf held server
      leaf responder responder; leaf any-use any-use; leaf no-use no-use
      leaf late responder -startdate 200101000000Z -enddate 200201000000Z
      leaf foreign responder -cert stranger.pem -keyfile stranger.key
      openssl ca -batch -config ca.cnf -revoke revoked.pem -crl_reason keyCompromise
      openssl ca -batch -config ca.cnf -revoke held.pem -crl_hold holdInstructionNone

      # say NAME SIGNER CERTIFICATE [OPTION]...: a response about the certificate.
      say() { name=$1 signer=$2 about=$3; shift 3
        openssl ocsp -issuer root.pem -cert "$about.pem" -no_nonce -reqout question
        answer "$name" "$signer" "$@"; }
      answer() { name=$1 signer=$2; shift 2
        openssl ocsp -index index.txt -CA root.pem -rsigner "$signer.pem" -rkey "$signer.key" \
          -reqin question -respout "$name.staple" -ndays 4 "$@"; }
      for name in good other must revoked held; do say "$name" root "$name"; done
      for signer in responder no-use any-use late foreign stranger; do
        say "good-by-$signer" "$signer" good; done
      say good-by-itself good good
      say revoked-by-responder responder revoked
      say good-bare root good -resp_no_certs
      # With the signer's own, sixteen and seventeen.
      for count in 15 16; do
        for _ in $(seq $count); do cat other.pem; done >others.pem
        say "certificates-$((count + 1))" root good -rother others.pem; done
      say good-by-key responder good -resp_key_id
      openssl ocsp -issuer root.pem -cert good.pem -no_nonce -reqout question
      openssl ocsp -index empty.txt -CA root.pem -rsigner root.pem -rkey root.key \
        -reqin question -respout unknown.staple -ndays 4
      openssl ocsp -index index.txt -CA root.pem -rsigner root.pem -rkey root.key \
        -reqin question -respout endless.staple
      openssl ocsp -sha256 -issuer root.pem -cert good.pem -no_nonce -reqout question
      answer good-sha256 root
      openssl ocsp -issuer root.pem -cert good.pem -cert revoked.pem -no_nonce -reqout question
      answer both root
      openssl ocsp -issuer stranger.pem -cert good.pem -no_nonce -reqout question
      openssl ocsp -index index.txt -CA stranger.pem -rsigner root.pem -rkey root.key \
        -reqin question -respout other-issuer.staple -ndays 4
      """#)
}
