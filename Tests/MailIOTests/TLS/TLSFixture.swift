// A small PKI made by openssl(1) once for all tests, and both ends of connections.

import CLinux
import Glibc

@testable import MailIO

/// Keys and certificates: an authority, and what it has issued.
///
/// `good` (localhost, 127.0.0.1, ::1, mail.example.test), `other` (other.test, *.wild.test), `bare`
/// (a common name alone), `expired`, `client`; each NAME.pem, NAME.key. `root.pem` issued them,
/// `stranger.pem` nothing. `good.staple` is good for four days.
enum PKI {
  static func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// Made at the first use, removed when the process exits.
  static let directory: String = {
    var template = Array("/tmp/postroom-pki.XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    setenv("POSTROOM_TEST_PKI", path, 1)
    atexit { if let path = getenv("POSTROOM_TEST_PKI") { Scratch.remove(String(cString: path)) } }
    let made = Command.run(["sh", "-euc", script], in: path)
    precondition(made.status == .exited(0), made.text)
    return path
  }()

  private static let script = #"""
    exec 2>&1; umask 077; mkdir new; : >index.txt; echo 1000 >serial
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
    [good]
    subjectAltName = DNS:localhost,DNS:mail.example.test,IP:127.0.0.1,IP:::1
    extendedKeyUsage = serverAuth
    [other]
    subjectAltName = DNS:other.test,DNS:*.wild.test
    extendedKeyUsage = serverAuth
    [bare]
    extendedKeyUsage = serverAuth
    [client]
    extendedKeyUsage = clientAuth
    CNF
    key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
    authority() { key "$1"; openssl req -x509 -new -config ca.cnf -extensions authority \
      -key "$1.key" -subj "/CN=The $1" -days 3650 -out "$1.pem"; }
    leaf() { name=$1 section=$2; shift 2; key "$name"
      openssl req -new -config ca.cnf -key "$name.key" -subj "/CN=$name" -out "$name.csr"
      openssl ca -batch -notext -config ca.cnf -extensions "$section" "$@" \
        -in "$name.csr" -out "$name.pem"; }
    authority root; authority stranger
    leaf good good; leaf other other; leaf bare bare; leaf client client
    leaf expired good -startdate 200101000000Z -enddate 200201000000Z
    openssl ocsp -issuer root.pem -cert good.pem -no_nonce -reqout question
    openssl ocsp -index index.txt -CA root.pem -rsigner root.pem -rkey root.key \
      -reqin question -respout good.staple -ndays 4
    """#

  /// A context for a server with these certificates, the first by default.
  static func server(
    _ names: [String] = ["good"], versions: ClosedRange<TLSVersion> = TLSVersion.usual,
    clients: TLSServerContext.ClientCertificates = .notAsked, staple: String? = nil
  ) throws -> TLSServerContext {
    let identities = names.map { name in
      TLSIdentity.Files(
        certificates: path("\(name).pem"), key: path("\(name).key"), staple: staple)
    }
    return try TLSServerContext(
      TLSServerContext.Settings(
        identities: identities, versions: versions, clientCertificates: clients))
  }

  /// A context for a client that trusts the authority.
  static func client(_ change: (inout TLSClientContext.Settings) -> Void = { _ in }) throws
    -> TLSClientContext
  {
    var settings = TLSClientContext.Settings(
      trust: .authorities(file: path("root.pem"), directory: nil))
    change(&settings)
    return try TLSClientContext(settings)
  }
}

/// A command that is run to its end.
enum Command {
  struct Result {
    let status: ChildStatus
    /// What it wrote, standard error included where it asked for that.
    let text: String
  }

  static func run(
    _ words: [String], in directory: String = "/", input: ChildProcess.Stream = .null
  ) -> Result {
    let (reading, writing) = pipe()
    let words = ["sh", "-c", "cd \"$0\" && exec \"$@\" 2>&1", directory] + words
    do {
      var child = try ChildProcess(
        words, environment: ["PATH=/usr/bin:/bin"], input: input, output: .descriptor(writing))
      close(writing)
      let text = readAll(reading)
      return Result(status: try child.wait(until: Deadline.after(.seconds(20))), text: text)
    } catch {
      fatalError("\(error)")
    }
  }

  static func pipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    // Close-on-exec, or another test's child would hold the pipe open.
    precondition(postroom_pipe2(&ends, Int32(POSTROOM_CLOEXEC)) == 0)
    return (ends[0], ends[1])
  }

  private static func readAll(_ descriptor: Int32) -> String {
    var octets: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = read(descriptor, &piece, piece.count), count > 0 {
      octets += piece[..<count]
    }
    close(descriptor)
    return String(decoding: octets, as: UTF8.self)
  }
}

/// Two connected sockets.
func connectedSockets() -> (Int32, Int32) {
  var ends: [Int32] = [0, 0]
  let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
  precondition(socketpair(AF_UNIX, type, 0, &ends) == 0)
  return (ends[0], ends[1])
}

/// A listening socket on 127.0.0.1 with its port.
func listeningSocket() -> (descriptor: Int32, port: UInt16) {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(0)
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      precondition(bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0)
      precondition(getsockname(descriptor, $0, &size) == 0)
    }
  }
  // A peer that never comes is a failure, not a wait without end.
  var patience = timeval(tv_sec: 60, tv_usec: 0)
  setsockopt(
    descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  return (descriptor, UInt16(bigEndian: address.sin_port))
}

/// A socket connected to a port on 127.0.0.1.
func connectedSocket(to port: UInt16) -> Int32 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(port)
  let status = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  precondition(status == 0)
  return descriptor
}

private func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

var soon: Deadline { .after(.seconds(60)) }

/// Runs the server's side on a thread of its own and the client's here; returns what both give.
func converse<ServerResult: Sendable, ClientResult: Sendable>(
  server: @escaping @Sendable (Connection) throws -> ServerResult,
  client: @escaping @Sendable (Connection) throws -> ClientResult
) -> (server: Result<ServerResult, any Error>, client: Result<ClientResult, any Error>) {
  let (one, other) = connectedSockets()
  let results = Guarded<(Result<ServerResult, any Error>?, Result<ClientResult, any Error>?)>(
    (nil, nil))
  onThreads(2) { index in
    if index == 0 {
      let result = Result { try server(Connection(adopting: one)) }
      results.withLock { $0.0 = result }
    } else {
      let result = Result { try client(Connection(adopting: other)) }
      results.withLock { $0.1 = result }
    }
  }
  let (first, second) = results.withLock { $0 }
  return (first!, second!)
}

extension Result {
  /// The cause of the failure, if it is one of a connection.
  var connectionError: ConnectionError? {
    switch self {
    case .success: nil
    case .failure(let error): error as? ConnectionError
    }
  }
}

extension Connection {
  /// Everything up to the peer's end.
  func receiveAll() throws -> [UInt8] {
    var octets: [UInt8] = []
    while try receive(until: soon, unless: nil, { octets += [UInt8](copying: $0) }) {}
    return octets
  }

  /// At least so many octets.
  func receive(atLeast count: Int) throws -> [UInt8] {
    var octets: [UInt8] = []
    while octets.count < count {
      guard try receive(until: soon, unless: nil, { octets += [UInt8](copying: $0) }) else { break }
    }
    return octets
  }

  func startTLS(as role: TLSRole) throws { try startTLS(as: role, until: soon, unless: nil) }
}

extension [UInt8] {
  init(copying span: Span<UInt8>) { self = span.withUnsafeBufferPointer { Array($0) } }
}

let localhost = TLSHost("localhost")!
