// OCSP responses made by openssl(1) once for all tests: an authority of their own, what it issued, and
// what it and others say about that.

import Glibc

@testable import MailIO

/// Certificates `good`, `other`, `must` (which demands a staple), `revoked`, `held`, issued by `root`;
/// `stranger` issued nothing but a responder. Responses as `script` names them.
enum StaplePKI {
  static func path(_ name: String) -> String { "\(directory)/\(name)" }

  static func staple(_ name: String) -> [UInt8] { Scratch.read(path("\(name).staple"))! }

  static func chain(_ name: String) throws -> [Certificate] {
    try PEMFile.certificates(path("\(name).pem")) + PEMFile.certificates(path("root.pem"))
  }

  static func client(_ change: (inout TLSClientContext.Settings) -> Void = { _ in }) throws
    -> TLSClientContext
  {
    var settings = TLSClientContext.Settings(
      trust: .authorities(file: path("root.pem"), directory: nil))
    change(&settings)
    return try TLSClientContext(settings)
  }

  /// A server that shows a certificate with a response.
  static func server(_ name: String, staple: String?) throws -> TLSServerContext {
    try TLSServerContext(
      TLSServerContext.Settings(identities: [
        TLSIdentity.Files(
          certificates: path("\(name).pem"), key: path("\(name).key"),
          staple: staple.map { path("\($0).staple") })
      ]))
  }

  /// Made at the first use, removed when the process exits.
  private static let directory: String = {
    var template = Array("/tmp/postroom-staples.XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    setenv("POSTROOM_TEST_STAPLES", path, 1)
    atexit {
      if let path = getenv("POSTROOM_TEST_STAPLES") { Scratch.remove(String(cString: path)) }
    }
    let made = Command.run(["sh", "-euc", script], in: path)
    precondition(made.status == .exited(0), made.text)
    return path
  }()

  private static let script = #"""
    exec 2>&1; umask 077; mkdir new; : >index.txt; : >empty.txt; echo 1000 >serial
    cat >ca.cnf <<CNF
    [ca]
    default_ca = root
    [root]
    database = index.txt
    serial = serial
    new_certs_dir = new
    certificate = root.pem
    private_key = root.key
    default_md = sha256
    default_days = 60
    policy = any
    unique_subject = no
    [any]
    commonName = supplied
    [req]
    distinguished_name = dn
    prompt = no
    [dn]
    CN = x
    [authority]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
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
    CNF
    key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
    authority() { key "$1"; openssl req -x509 -new -config ca.cnf -extensions authority \
      -key "$1.key" -subj "/CN=The $1" -days 3650 -out "$1.pem"; }
    leaf() { name=$1 section=$2; shift 2; key "$name"
      openssl req -new -config ca.cnf -key "$name.key" -subj "/CN=$name" -out "$name.csr"
      openssl ca -batch -notext -config ca.cnf -extensions "$section" "$@" \
        -in "$name.csr" -out "$name.pem"; }
    authority root; authority stranger
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
    """#
}
