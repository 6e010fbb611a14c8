// Certificates made by openssl(1) once for the tests of TLS clients, and a server that shows them.

import CLinux
import Glibc
import MailIO
import Testing

/// `root.pem`, and what it issued for localhost: `good`, `expired`; for another name: `other`. And
/// `own`, which is self-signed. Each NAME.pem with NAME.key.
enum CertificateFixture {
  static func path(_ name: String) -> String { made[name] }

  private static let made: ScratchDirectory = {
    let directory = ScratchDirectory()
    setenv("POSTROOM_TEST_CERTIFICATES", directory.path, 1)
    // The directory itself is never let go.
    atexit {
      if let path = getenv("POSTROOM_TEST_CERTIFICATES") {
        ScratchDirectory.remove(String(cString: path))
      }
    }
    let words = ["-euc", script, "sh", directory.path]
    let tool = try? RunningTool(program: "sh", words)
    let end = try? tool?.end()
    precondition(end?.status == 0, end?.errors ?? "openssl was not started")
    return directory
  }()

  private static let script = #"""
    cd "$1"; umask 077; mkdir new; : >index.txt; echo 1000 >serial
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
    [good]
    subjectAltName = DNS:localhost,IP:127.0.0.1
    [other]
    subjectAltName = DNS:other.test
    CNF
    key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
    signed() { key "$1"; openssl req -x509 -new -config ca.cnf -extensions "$2" \
      -key "$1.key" -subj "/CN=The $1" -days 3650 -out "$1.pem"; }
    leaf() { name=$1 section=$2; shift 2; key "$name"
      openssl req -new -config ca.cnf -key "$name.key" -subj "/CN=$name" -out "$name.csr"
      openssl ca -batch -notext -config ca.cnf -extensions "$section" "$@" \
        -in "$name.csr" -out "$name.pem"; }
    signed root authority; signed own good; leaf good good; leaf other other
    leaf expired good -startdate 200101000000Z -enddate 200201000000Z
    mkdir hashed; cp root.pem hashed; openssl rehash hashed
    """#
}

/// `openssl s_server` on a free port, until it is let go.
final class OpenSSLServer {
  let port: UInt16
  private let tool: RunningTool
  private let scratch = ScratchDirectory()
  /// The server ends when its standard input does.
  private let input = TestPipe()

  /// - Parameter certificate: of `CertificateFixture`.
  init(_ certificate: String, _ arguments: [String] = []) throws {
    let path = scratch["stdout"]
    let output = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    try #require(output >= 0)
    defer { close(output) }
    tool = try RunningTool(
      program: "openssl",
      [
        "s_server", "-accept", "127.0.0.1:0", "-cert",
        CertificateFixture.path("\(certificate).pem"),
        "-key", CertificateFixture.path("\(certificate).key"),
      ] + arguments, output: output, descriptors: [0: input.reader])
    var found: UInt16?
    _ = eventually {
      let text = String(decoding: ScratchDirectory.read(path) ?? [], as: UTF8.self)
      let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
      found = line?.split(separator: ":").last.flatMap { UInt16($0) }
      return found != nil
    }
    port = try #require(found, "s_server does not listen: \(tool.errorsSoFar)")
  }

  /// Has the server send a line, once its side of the handshake is done.
  func send(_ text: String) { write(input.writer, text, text.utf8.count) }

  /// Ends the server where it stands, without a word to its peers.
  func kill() throws { _ = try tool.end(by: SIGKILL) }

  deinit {
    close(input.reader)
    close(input.writer)
  }
}
