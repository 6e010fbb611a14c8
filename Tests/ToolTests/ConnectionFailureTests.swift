import ArgumentParser
import Glibc
import MailIO
import Testing
import ToolSupport

/// Connects as a client tool does, and gives what it would end with; nil when all went well.
private func failure(
  at port: UInt16, _ arguments: [String], host: String = "localhost",
  then talk: (Connection) throws(ConnectionError) -> Void = { _ in }
) throws -> ToolFailure? {
  let options = try TLSClientOptions.parse(arguments)
  let context = try options.context()
  let expected = try options.expectedHost(of: host)
  let client = try TestClient(port: port)
  let connection = Connection(adopting: dup(client.descriptor))
  do throws(ConnectionError) {
    try connection.startTLS(
      as: .client(context, host: expected), until: .after(.seconds(20)), unless: nil)
    try talk(connection)
    return nil
  } catch {
    return ToolFailure(host: host, error)
  }
}

private let trusting = ["--ca-file", CertificateFixture.path("root.pem")]

@Suite("What ends a client")
struct ConnectionFailureTests {
  @Test(
    "every cause has its status, and one line that starts with the host",
    arguments: [
      (.timedOut, .temporary, "h: timed out"), (.interrupted, .temporary, "h: interrupted"),
      (
        .broken(SystemError("recv", code: ECONNRESET)), .temporary,
        "h: recv: Connection reset by peer"
      ),
      (
        .truncated, .protocolError,
        "h: the connection was cut: it ended without TLS close_notify"
      ),
      (
        .closedInHandshake, .temporary, "h: the peer closed the connection in the TLS handshake"
      ),
      (.untrusted("x"), .untrusted, "h: the peer is not trusted: x"),
      (.tlsFailed("x"), .protocolError, "h: TLS failed: x"),
    ] as [(ConnectionError, ToolSupport.ExitStatus, String)])
  func causes(error: ConnectionError, status: ToolSupport.ExitStatus, line: String) {
    #expect(ToolFailure(host: "h", error) == ToolFailure(status, line))
  }

  @Test(
    "a certificate that is not to be trusted is 79, and the line says why",
    arguments: [
      ("expired", [], "its certificate expired on 2020-02-01"),
      ("own", [], "its certificate is self-signed (CN=The own)"),
      ("other", [], "its certificate is not for localhost but for other.test"),
      (
        "good", ["--tls-name", "mail.test"],
        "its certificate is not for mail.test but for localhost, 127.0.0.1"
      ),
    ] as [(String, [String], String)])
  func untrusted(certificate: String, arguments: [String], reason: String) throws {
    let server = try OpenSSLServer(certificate)
    let failure = try failure(at: server.port, trusting + arguments)
    #expect(
      failure == ToolFailure(.untrusted, "localhost: the peer is not trusted: \(reason)"))
  }

  @Test("an authority that is not ours is 79")
  func stranger() throws {
    let server = try OpenSSLServer("good")
    let failure = try failure(
      at: server.port, ["--ca-file", CertificateFixture.path("own.pem")])
    #expect(failure?.status == .untrusted)
    #expect(failure?.message.hasPrefix("localhost: the peer is not trusted: its ") == true)
  }

  @Test("a wrong pin is 79 with the key that came; that one pins; --no-verify keeps pins")
  func pins() throws {
    let server = try OpenSSLServer("good")
    let wrong = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    let failure1 = try failure(at: server.port, trusting + ["--pin", wrong])
    #expect(failure1?.status == .untrusted)
    let message = try #require(failure1?.message)
    let start = "localhost: the peer is not trusted: its key is none of the pinned ones (sha256//"
    #expect(message.hasPrefix(start))
    let pin = String("sha256//" + message.dropFirst(start.count).dropLast())
    #expect(try failure(at: server.port, trusting + ["--pin", pin]) == nil)
    #expect(try failure(at: server.port, trusting + ["--pin", wrong, "--pin", pin]) == nil)
    #expect(try failure(at: server.port, ["--no-verify", "--pin", pin]) == nil)
    #expect(try failure(at: server.port, ["--no-verify", "--pin", wrong])?.status == .untrusted)
  }

  @Test("what is asked for by options is trusted")
  func trusted() throws {
    let good = try OpenSSLServer("good")
    #expect(try failure(at: good.port, trusting) == nil)
    #expect(try failure(at: good.port, trusting, host: "127.0.0.1") == nil)
    #expect(
      try failure(at: good.port, trusting + ["--tls-name", "localhost"], host: "elsewhere.test")
        == nil)
    // By hashed names: the same authority.
    let directory = CertificateFixture.path("hashed")
    #expect(try failure(at: good.port, ["--ca-path", directory]) == nil)
    let expired = try OpenSSLServer("expired")
    #expect(try failure(at: expired.port, ["--no-verify"]) == nil)
  }

  @Test("a server of TLS 1.0 alone is 76")
  func oldVersion() throws {
    let server = try OpenSSLServer("good", ["-tls1", "-cipher", "ALL:@SECLEVEL=0"])
    let failure = try failure(at: server.port, trusting)
    #expect(failure?.status == .protocolError)
    #expect(
      failure?.message
        == "localhost: TLS failed: no version of TLS that both sides speak")
  }

  @Test("a server of TLS 1.2 is 76 for --tls-min 1.3")
  func tlsMin() throws {
    let server = try OpenSSLServer("good", ["-tls1_2"])
    #expect(try failure(at: server.port, trusting) == nil)
    let failure = try failure(at: server.port, trusting + ["--tls-min", "1.3"])
    #expect(
      failure
        == ToolFailure(
          .protocolError, "localhost: TLS failed: no version of TLS that both sides speak"))
  }

  @Test("a server that dies in the middle of data is 76: nothing says that it was all")
  func truncation() throws {
    let server = try OpenSSLServer("good")
    let failure = try failure(at: server.port, trusting) { connection throws(ConnectionError) in
      // Octets that the server has not read would make its end a reset, which is 75.
      server.send("hello\n")
      _ = try connection.receive(until: .after(.seconds(20)), unless: nil) { _ in }
      try? server.kill()
      while try connection.receive(until: .after(.seconds(20)), unless: nil, { _ in }) {}
    }
    #expect(
      failure
        == ToolFailure(
          .protocolError,
          "localhost: the connection was cut: it ended without TLS close_notify"))
  }

  @Test("a server that says nothing is 75, one that speaks plain text 76")
  func noTLS() throws {
    let context = try TLSClientOptions.parse([]).context()
    for (text, line) in [
      ("", "h: timed out"),
      ("220 hello\r\n", "h: TLS failed: the peer does not speak TLS; it sent: \"220 hello\""),
    ] {
      var ends: [Int32] = [0, 0]
      #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
      defer { close(ends[1]) }
      write(ends[1], text, text.utf8.count)
      let connection = Connection(adopting: ends[0])
      let error = #expect(throws: ConnectionError.self) {
        try connection.startTLS(
          as: .client(context, host: TLSHost("h")!), until: .after(.milliseconds(100)), unless: nil)
      }
      let failure = try ToolFailure(host: "h", #require(error))
      #expect(failure == ToolFailure(text.isEmpty ? .temporary : .protocolError, line))
    }
  }
}
