import ArgumentParser
import Glibc
import MailIO
import MailProtocols
import Testing
import ToolSupport

private func endpoint(_ scheme: String, _ host: String, _ port: UInt16?) throws -> Endpoint {
  Endpoint(try #require(EndpointScheme(scheme)), .host(host, port: port))
}

private func connector(
  _ tls: [String] = ["--ca-file", CertificateFixture.path("root.pem")], _ route: [String]? = [],
  patience: Duration = .seconds(20)
) throws -> ClientConnector {
  try ClientConnector(
    tls: TLSClientOptions.parse(tls), route: route.map { try RouteOptions.parse($0) },
    patience: patience)
}

/// What the connection fails with.
private func failure(
  _ connector: ClientConnector, _ endpoint: Endpoint
) -> ToolFailure? {
  do throws(ToolFailure) {
    _ = try connector.connect(to: endpoint, unless: nil)
    return nil
  } catch {
    return error
  }
}

@Suite("Client connector")
struct ClientConnectorTests {
  @Test("a scheme with TLS gives a connection that has it, with the name checked")
  func implicitTLS() throws {
    let server = try OpenSSLServer("good")
    let connection = try connector().connect(
      to: endpoint("imaps", "localhost", server.port), unless: nil)
    #expect(connection.connection.tls?.peerCertificate?.commonName == "good")
    #expect(!connection.needsStartTLS && connection.peer.port == server.port)
    #expect(connection.endpoint.host == "localhost")
    let other = try OpenSSLServer("other")
    let failed = try failure(connector(), endpoint("sieves", "localhost", other.port))
    #expect(
      failed
        == ToolFailure(
          .untrusted,
          "localhost: the peer is not trusted: its certificate is not for localhost but for "
            + "other.test"))
    #expect(
      try failure(
        connector(["--no-verify"]), endpoint("sieves", "localhost", other.port)) == nil)
  }

  @Test("with STARTTLS the connection starts plain, and TLS comes when it is asked for")
  func startTLS() throws {
    let server = try OpenSSLServer("good")
    let connection = try connector().connect(
      to: endpoint("sieve", "localhost", server.port), unless: nil)
    #expect(connection.connection.tls == nil && connection.needsStartTLS)
    try connection.startTLS(unless: nil)
    #expect(connection.connection.tls != nil)
    let expired = try OpenSSLServer("expired")
    let untrusted = try connector().connect(
      to: endpoint("sieve", "localhost", expired.port), unless: nil)
    let failure = #expect(throws: ToolFailure.self) { try untrusted.startTLS(unless: nil) }
    #expect(failure?.status == .untrusted)
  }

  @Test("on this machine mail may stay plain; +insecure always is; sieve and imap never by chance")
  func plain() throws {
    let server = try OpenSSLServer("good")
    for (scheme, needsStartTLS) in [
      ("smtp", false), ("lmtp", false), ("sieve", true), ("imap", true), ("imap+insecure", false),
    ] {
      let connection = try connector().connect(
        to: endpoint(scheme, "127.0.0.1", server.port), unless: nil)
      #expect(connection.needsStartTLS == needsStartTLS, "\(scheme)")
      #expect((connection.tlsRole == nil) == (scheme == "imap+insecure"))
    }
  }

  @Test("a host without an address of the family is 68, one where nobody listens 75")
  func unreachable() throws {
    #expect(
      try failure(connector([], ["-6"]), endpoint("imaps", "127.0.0.1", 993))?.status == .noHost)
    let failed = try failure(connector([]), endpoint("imaps", "127.0.0.1", 1))
    #expect(
      failed == ToolFailure(.temporary, "127.0.0.1 port 1: Connection refused"))
    let other = try failure(
      connector([], ["--source", "192.0.2.1"]), endpoint("imaps", "127.0.0.1", 1))
    #expect(other?.status == .cannotCreate)
  }

  @Test("a server that says nothing to TLS is 75 when the time to connect is over")
  func silence() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(listener) }
    #expect(listen(listener, 1) == 0)
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(listener, $0, &size)
      }
    }
    let port = UInt16(bigEndian: address.sin_port)
    let connector = try connector([], nil, patience: .milliseconds(100))
    #expect(
      try failure(connector, endpoint("imaps", "127.0.0.1", port))
        == ToolFailure(.temporary, "127.0.0.1: timed out"))
  }

  @Test("options that cannot be are 64 before anybody is asked; a unix socket has no name for TLS")
  func usage() throws {
    #expect(throws: ToolFailure.self) { try connector([], ["-4", "-6"]) }
    #expect(try failure(connector([]), endpoint("imaps", "a b", 993))?.status == .usage)
    let unix = Endpoint(EndpointScheme(.imap, .tls), .unix(path: "/nowhere"))
    #expect(
      try failure(connector([]), unix)
        == ToolFailure(.usage, "unix:/nowhere: TLS over a unix socket needs --tls-name"))
    #expect(try failure(connector(["--tls-name", "h.test"]), unix)?.status == .temporary)
    let mail = Endpoint(EndpointScheme(.lmtp, .startTLS), .unix(path: "/nowhere"))
    #expect(try failure(connector([]), mail)?.status == .temporary)
  }
}
