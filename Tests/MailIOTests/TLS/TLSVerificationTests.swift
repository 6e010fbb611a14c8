import Glibc
import TestSupport
import Testing

@testable import MailIO

/// `openssl s_server` on a port of its own, as long as it is held; reverses the lines it gets.
private final class OpenSSLServer {
  private(set) var port: UInt16 = 0
  private var child: ChildProcess
  private let input: Int32
  private let output: Int32

  init(_ certificate: String, _ options: String...) throws {
    let (inputReading, inputWriting) = Command.pipe()
    let (outputReading, outputWriting) = Command.pipe()
    child = try ChildProcess(
      [
        "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev",
        "-cert", PKI.path("\(certificate).pem"), "-key", PKI.path("\(certificate).key"),
      ] + options, environment: ["PATH=/usr/bin:/bin"], input: .descriptor(inputReading),
      output: .descriptor(outputWriting), error: .null)
    close(inputReading)
    close(outputWriting)
    input = inputWriting
    output = outputReading
    var text: [UInt8] = []
    var octet: UInt8 = 0
    while read(output, &octet, 1) == 1 {
      text.append(octet)
      let lines = String(decoding: text, as: UTF8.self)
      if lines.hasSuffix("\n"), let line = lines.split(separator: "\n").last,
        line.hasPrefix("ACCEPT 127.0.0.1:")
      {
        port = UInt16(line.dropFirst("ACCEPT 127.0.0.1:".count)) ?? 0
        return
      }
    }
  }

  deinit {
    _ = try? child.terminate()
    close(input)
    close(output)
  }

  /// Handshake, a line there and back.
  func talk(_ context: TLSClientContext, host: String) -> Result<TLSFacts, any Error> {
    Result {
      let connection = Connection(adopting: connectedSocket(to: port))
      try connection.startTLS(as: .client(context, host: TLSHost(host)!))
      try connection.send(Array("abc\n".utf8), until: soon)
      #expect(try connection.receive(atLeast: 4) == Array("cba\n".utf8))
      return connection.tls!
    }
  }
}

@Suite("TLS client against openssl s_server")
struct TLSVerificationTests {
  @Test("a trusted certificate is for its names and addresses, and for nothing else")
  func names() throws {
    let client = try PKI.client()
    let good = try OpenSSLServer("good")
    for host in ["localhost", "LOCALHOST.", "mail.example.test", "127.0.0.1", "::1", "[::1]"] {
      let facts = try good.talk(client, host: host).get()
      #expect(facts.version == "TLSv1.3")
      #expect(facts.peerCertificate?.subject == "CN=good")
      // An address is no name to ask for (RFC 6066 3).
      #expect((facts.serverName == nil) == (host.contains("127") || host.contains(":")))
    }
    for host in ["example.test", "a.mail.example.test", "good", "127.0.0.2", "::2"] {
      let list = "localhost, mail.example.test, 127.0.0.1, ::1"
      #expect(
        good.talk(client, host: host).connectionError
          == .untrusted("its certificate is not for \(host) but for \(list)"))
    }
    let other = try OpenSSLServer("other")
    #expect(throws: Never.self) { try other.talk(client, host: "a.wild.test").get() }
    for host in ["wild.test", "a.b.wild.test"] {
      #expect(
        other.talk(client, host: host).connectionError
          == .untrusted("its certificate is not for \(host) but for other.test, *.wild.test"))
    }
    // A common name is no name (RFC 9525 2).
    #expect(
      try OpenSSLServer("bare").talk(client, host: "bare").connectionError
        == .untrusted("its certificate is not for bare but names no host at all"))
  }

  @Test(
    "an untrusted certificate is refused with the reason",
    arguments: [
      ("expired", "root", "its certificate expired on 2020-02-01"),
      ("stranger", "root", "its certificate is self-signed (CN=The stranger)"),
      ("good", "stranger", "its certificate was issued by an unknown authority (CN=The root)"),
      ("client", "root", "its certificate is not made for this use"),
    ])
  func untrusted(certificate: String, authority: String, reason: String) throws {
    let server = try OpenSSLServer(certificate)
    let client = try PKI.client {
      $0.trust = .authorities(file: PKI.path("\(authority).pem"), directory: nil)
    }
    #expect(server.talk(client, host: "localhost").connectionError == .untrusted(reason))
    // The system's store has none of them.
    let system = try TLSClientContext(TLSClientContext.Settings())
    #expect(throws: ConnectionError.self) {
      try server.talk(system, host: "localhost").get()
    }
    let anyone = try TLSClientContext(TLSClientContext.Settings(trust: .anyone))
    #expect(throws: Never.self) { try server.talk(anyone, host: "no.such.test").get() }
  }

  @Test("a chain with an authority on top that nobody trusts is refused with its name")
  func untrustedChain() throws {
    let server = try OpenSSLServer("good", "-cert_chain", PKI.path("root.pem"))
    let client = try PKI.client {
      $0.trust = .authorities(file: PKI.path("stranger.pem"), directory: nil)
    }
    #expect(
      server.talk(client, host: "localhost").connectionError
        == .untrusted("its chain ends in an authority that is not trusted (CN=The root)"))
  }

  @Test("the server's own certificate can be what is trusted")
  func ownCertificate() throws {
    let server = try OpenSSLServer("good")
    let client = try PKI.client {
      $0.trust = .authorities(file: PKI.path("good.pem"), directory: nil)
    }
    #expect(throws: Never.self) { try server.talk(client, host: "localhost").get() }
    #expect(throws: ConnectionError.self) { try server.talk(client, host: "other.test").get() }
  }

  @Test("authorities are found in a directory of hashed names")
  func directory() throws {
    let scratch = ScratchDirectory()
    let hash = Command.run(["openssl", "x509", "-hash", "-noout", "-in", PKI.path("root.pem")])
    #expect(symlink(PKI.path("root.pem"), scratch["\(hash.text.dropLast()).0"]) == 0)
    let server = try OpenSSLServer("good")
    let client = try PKI.client { $0.trust = .authorities(file: nil, directory: scratch.path) }
    #expect(throws: Never.self) { try server.talk(client, host: "localhost").get() }
    #expect(throws: TLSConfigurationError("\(scratch["no"]): No such file or directory")) {
      _ = try PKI.client { $0.trust = .authorities(file: nil, directory: scratch["no"]) }
    }
  }

  @Test("a pin stands beside the chain, and beside no verification")
  func pins() throws {
    let server = try OpenSSLServer("good")
    // As the command line of curl's manual makes it.
    let made = Command.run([
      "sh", "-c",
      """
      openssl x509 -in \(PKI.path("good.pem")) -pubkey -noout | openssl pkey -pubin -outform der \
      | openssl dgst -sha256 -binary | openssl enc -base64
      """,
    ])
    let pin = "sha256//\(made.text.dropLast())"
    let right = try #require(TLSPin(pin))
    #expect(right.description == pin)
    let wrong = try #require(TLSPin("sha256//\(String(repeating: "A", count: 43))="))
    for trust in [
      TLSClientContext.Trust.anyone, .authorities(file: PKI.path("root.pem"), directory: nil),
    ] {
      let client = try PKI.client {
        $0.trust = trust
        $0.pins = [wrong, right]
      }
      #expect(throws: Never.self) { try server.talk(client, host: "localhost").get() }
      let refusing = try PKI.client {
        $0.trust = trust
        $0.pins = [wrong]
      }
      #expect(
        server.talk(refusing, host: "localhost").connectionError
          == .untrusted("its key is none of the pinned ones (\(pin))"))
    }
    let stranger = try PKI.client {
      $0.trust = .authorities(file: PKI.path("stranger.pem"), directory: nil)
      $0.pins = [right]
    }
    #expect(throws: ConnectionError.self) {
      try server.talk(stranger, host: "localhost").get()
    }
  }

  @Test("old versions are refused unless they are asked for", arguments: ["-tls1", "-tls1_1"])
  func oldVersions(option: String) throws {
    let server = try OpenSSLServer("good", option, "-cipher", "DEFAULT:@SECLEVEL=0")
    #expect(
      server.talk(try PKI.client(), host: "localhost").connectionError
        == .tlsFailed("no version of TLS that both sides speak"))
    let lenient = try PKI.client { $0.versions = .tls10 ... .tls13 }
    #expect(
      try server.talk(lenient, host: "localhost").get().version
        == (option == "-tls1" ? "TLSv1" : "TLSv1.1"))
  }

  @Test("a client certificate is shown when the server asks for one", arguments: ["2", "3"])
  func clientCertificate(version: String) throws {
    let server = try OpenSSLServer(
      "good", "-tls1_\(version)", "-Verify", "1", "-verify_return_error", "-CAfile",
      PKI.path("root.pem"))
    let client = try PKI.client {
      $0.identity = TLSIdentity.Files(
        certificates: PKI.path("client.pem"), key: PKI.path("client.key"))
    }
    #expect(throws: Never.self) { try server.talk(client, host: "localhost").get() }
    // In TLS 1.3 the client is done before the server has seen that nothing came.
    let refusal = Result {
      let connection = Connection(adopting: connectedSocket(to: server.port))
      try connection.startTLS(as: .client(try PKI.client(), host: localhost))
      _ = try connection.receiveAll()
    }
    let alert = version == "2" ? "handshake failure (alert 40)" : "certificate required (alert 116)"
    #expect(refusal.connectionError == .tlsFailed("the peer refused: \(alert)"))
  }

  @Test("an application protocol is agreed on")
  func applicationProtocol() throws {
    let server = try OpenSSLServer("good", "-alpn", "pop3,imap")
    let client = try PKI.client { $0.applicationProtocols = ["smtp", "imap"] }
    #expect(try server.talk(client, host: "localhost").get().applicationProtocol == "imap")
    #expect(
      try server.talk(try PKI.client(), host: "localhost").get().applicationProtocol == nil)
  }

  @Test("the staple and the chain come as the server sent them")
  func staple() throws {
    let server = try OpenSSLServer(
      "good", "-status_file", PKI.path("good.staple"), "-cert_chain", PKI.path("root.pem"))
    for asks in [true, false] {
      let client = try PKI.client { $0.revocation = asks ? .staple : .off }
      let connection = Connection(adopting: connectedSocket(to: server.port))
      try connection.startTLS(as: .client(client, host: localhost))
      #expect(connection.staple == (asks ? ScratchDirectory.read(PKI.path("good.staple")) : nil))
      #expect(connection.serverChain.map(\.subject) == ["CN=good", "CN=The root"])
    }
  }
}

@Suite("TLS host")
struct TLSHostTests {
  @Test(
    "a name or an address",
    arguments: [
      ("Mail.Example.TEST.", .name("mail.example.test")), ("a_b-1", .name("a_b-1")),
      ("192.0.2.1", .address("192.0.2.1")), ("[2001:db8::1]", .address("2001:db8::1")),
      ("fe80::1%eth0", .address("fe80::1")),
      (String(repeating: "a", count: 63), .name(String(repeating: "a", count: 63))),
      ("", nil), (".", nil), (".example.test", nil), ("a..b", nil), ("a b", nil), ("a\0b", nil),
      ("ü.test", nil), ("*.test", nil), (String(repeating: "a", count: 64), nil),
      (String(repeating: "a.", count: 126) + "a", .name(String(repeating: "a.", count: 126) + "a")),
      (String(repeating: "a.", count: 126) + "aa", nil),
    ] as [(String, TLSHost?)])
  func hosts(text: String, host: TLSHost?) {
    #expect(TLSHost(text) == host)
  }

  @Test(
    "a pin is the base64 of 32 octets",
    arguments: [
      "", "sha256//", "sha1//AAAA", "sha256//AAAA", "sha256//not base64",
      "SHA256//\(String(repeating: "A", count: 43))=",
      "sha256//\(String(repeating: "A", count: 43))",
    ])
  func notPins(text: String) {
    #expect(TLSPin(text) == nil)
  }
}
