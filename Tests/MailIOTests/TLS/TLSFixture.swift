// A small PKI made by openssl(1) once for all tests, and both ends of connections.

import Glibc
import TestSupport

@testable import MailIO

/// Keys and certificates: an authority, and what it has issued.
///
/// `good` (localhost, 127.0.0.1, ::1, mail.example.test), `other` (other.test, *.wild.test), `bare`
/// (a common name alone), `expired`, `client`; each NAME.pem, NAME.key. `root.pem` issued them,
/// `stranger.pem` nothing. `good.staple` is good for four days.
enum PKI {
  static func path(_ name: String) -> String { authority.path(name) }

  private static let authority = TestAuthority(
    sections: """
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
      """,
    commands: #"""
      authority stranger
      leaf good good; leaf other other; leaf bare bare; leaf client client
      leaf expired good -startdate 200101000000Z -enddate 200201000000Z
      openssl ocsp -issuer root.pem -cert good.pem -no_nonce -reqout question
      openssl ocsp -index index.txt -CA root.pem -rsigner root.pem -rkey root.key \
        -reqin question -respout good.staple -ndays 4
      """#)

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
  { try authority.client(change) }
}

extension TestAuthority {
  /// A context for a client that trusts the authority.
  func client(_ change: (inout TLSClientContext.Settings) -> Void) throws -> TLSClientContext {
    var settings = TLSClientContext.Settings(
      trust: .authorities(file: path("root.pem"), directory: nil))
    change(&settings)
    return try TLSClientContext(settings)
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
