import Glibc
import TestSupport
import Testing

@testable import MailIO

/// What our server saw of a connection.
private struct Seen: Sendable {
  let facts: TLSFacts
  let bindings: [TLSChannelBinding: [UInt8]]

  init(_ connection: Connection) {
    facts = connection.tls!
    bindings = TLSChannelBinding.allCases.reduce(into: [:]) {
      $0[$1] = connection.channelBinding($1)
    }
  }

  func hex(_ kind: TLSChannelBinding) -> String? { bindings[kind].map { hexText($0) } }
}

private func hexText(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Serves as many connections as are asked for, one after another, while `client` runs a command.
private func serve(
  _ context: TLSServerContext, count: Int = 1, _ client: @escaping @Sendable (UInt16) -> [String]
) -> (seen: [Result<Seen, any Error>], text: String) {
  let (listener, port) = listeningSocket()
  defer { close(listener) }
  let seen = Guarded<[Result<Seen, any Error>]>([])
  let text = Guarded("")
  onThreads(2) { index in
    if index == 1 {
      let result = Command.run(client(port))
      text.withLock { $0 = result.text }
      return
    }
    for _ in 0..<count {
      let result = Result {
        let connection = Connection(adopting: accept(listener, nil, nil))
        try connection.startTLS(as: .server(context))
        try connection.send(Array("220 hello\r\n".utf8), until: soon)
        let seen = Seen(connection)
        connection.finish(until: soon)
        return seen
      }
      seen.withLock { $0.append(result) }
    }
  }
  return (seen.withLock { $0 }, text.withLock { $0 })
}

private func sClient(_ port: UInt16, _ options: String...) -> [String] {
  [
    "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", PKI.path("root.pem"),
    "-ign_eof",
  ] + options
}

@Suite("TLS server against openssl s_client and Python")
struct TLSPeerTests {
  @Test("openssl is served, verifies us, and exports what we export", arguments: ["2", "3"])
  func client(version: String) throws {
    let (seen, text) = serve(try PKI.server(["good", "other"])) { port in
      sClient(
        port, "-tls1_\(version)", "-verify_return_error", "-servername", "A.wild.test",
        "-verify_hostname", "a.wild.test", "-keymatexport", "EXPORTER-Channel-Binding",
        "-keymatexportlen", "32")
    }
    let served = try seen[0].get()
    #expect(text.contains("Verification: OK"))
    #expect(text.contains("220 hello"))
    #expect(served.facts.serverName == "A.wild.test")
    #expect(served.facts.version == "TLSv1.\(version)")
    let exported = try #require(served.hex(.exporter)).uppercased()
    // Without a context, which is another value in TLS 1.2 (RFC 5705 4), and the same in 1.3.
    #expect(text.contains("Keying material: \(exported)") == (version == "3"))
  }

  @Test(
    "the certificate is chosen by the name asked for",
    arguments: [
      ("localhost", "good"), ("OTHER.test", "other"), ("a.wild.test", "other"),
      ("wild.test", "good"), ("a.b.wild.test", "good"), (".wild.test", "good"), ("no.test", "good"),
    ])
  func names(name: String, certificate: String) throws {
    let (_, text) = serve(try PKI.server(["good", "other"])) { sClient($0, "-servername", name) }
    #expect(text.contains("subject=CN = \(certificate)\n"))
  }

  @Test("too old a version is refused, and taken when asked for")
  func oldVersions() throws {
    let refused = serve(try PKI.server()) {
      sClient($0, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")
    }
    #expect(
      refused.seen[0].connectionError == .tlsFailed("no version of TLS that both sides speak"))
    let taken = serve(try PKI.server(versions: .tls10 ... .tls13)) {
      sClient($0, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")
    }
    #expect(try taken.seen[0].get().facts.version == "TLSv1.1")
  }

  @Test("nothing in common is told in words")
  func noSharedCipher() throws {
    let (seen, _) = serve(try PKI.server()) { sClient($0, "-tls1_2", "-cipher", "AES128-SHA") }
    #expect(
      seen[0].connectionError
        == .tlsFailed("no cipher, signature or key exchange that both sides speak"))
  }

  @Test("a client certificate is known by subject and fingerprint", arguments: ["2", "3"])
  func clientCertificate(version: String) throws {
    let authorities = PKI.path("root.pem")
    let context = try PKI.server(clients: .required(authorities: authorities))
    let known = serve(context) { port in
      sClient(
        port, "-tls1_\(version)", "-cert", PKI.path("client.pem"), "-key", PKI.path("client.key"))
    }
    let certificate = try #require(try known.seen[0].get().facts.peerCertificate)
    #expect(certificate.subject == "CN=client")
    let fingerprint = Command.run([
      "openssl", "x509", "-in", PKI.path("client.pem"), "-noout", "-fingerprint", "-sha256",
    ])
    #expect(
      fingerprint.text.filter { $0 != ":" }.lowercased().dropLast()
        == "sha256 fingerprint=\(certificate.sha256)")
    #expect(known.text.contains("CN = The root"))

    let without = serve(context) { sClient($0, "-tls1_\(version)") }
    #expect(without.seen[0].connectionError == .untrusted("it shows no certificate"))
    let stranger = serve(context) { port in
      sClient(
        port, "-tls1_\(version)", "-cert", PKI.path("stranger.pem"), "-key",
        PKI.path("stranger.key"))
    }
    #expect(
      stranger.seen[0].connectionError
        == .untrusted("its certificate is self-signed (CN=The stranger)"))
    let asked = serve(try PKI.server(clients: .asked(authorities: authorities))) {
      sClient($0, "-tls1_\(version)")
    }
    #expect(try asked.seen[0].get().facts.peerCertificate == nil)
  }

  @Test("a client may not renegotiate")
  func renegotiation() throws {
    let (listener, port) = listeningSocket()
    defer { close(listener) }
    let context = try PKI.server()
    let text = Guarded("")
    onThreads(2) { index in
      if index == 1 {
        let result = Command.run([
          "sh", "-c",
          "echo R | openssl s_client -connect 127.0.0.1:\(port) -tls1_2 -no_ign_eof -brief",
        ])
        text.withLock { $0 = result.text }
      } else {
        let connection = Connection(adopting: accept(listener, nil, nil))
        #expect(throws: Never.self) { try connection.startTLS(as: .server(context)) }
        // It goes away, one way or another; what counts is what it was told.
        _ = try? connection.receiveAll()
      }
    }
    #expect(text.withLock { $0 }.contains("no renegotiation"))
  }

  @Test("a staple is served to who asks, until it is stale, and again when the file is new")
  func staple() throws {
    let scratch = ScratchDirectory()
    let good = try #require(ScratchDirectory.read(PKI.path("good.staple")))
    let path = scratch["staple"]
    ScratchDirectory.write(good, to: path)
    let context = try PKI.server(["good"], staple: path)
    #expect(context.warnings == [])
    let current = "OCSP Response Status: successful"
    let none = "OCSP response: no response sent"
    #expect(serve(context) { sClient($0, "-status") }.text.contains(current))
    #expect(!serve(context) { sClient($0) }.text.contains("OCSP"))

    // The same with another nextUpdate: nobody looks at the signature here.
    ScratchDirectory.write(stale(good), to: scratch["new"])
    rename(scratch["new"], path)
    #expect(serve(context) { sClient($0, "-status") }.text.contains(none))
    let warned = try PKI.server(["good"], staple: path)
    #expect(warned.warnings == ["\(path): the staple is stale since 2001-01-01T00:00:00.000Z"])

    ScratchDirectory.write(good, to: scratch["new"])
    rename(scratch["new"], path)
    #expect(serve(context) { sClient($0, "-status") }.text.contains(current))
    // A garbled one changes nothing.
    ScratchDirectory.write([1, 2, 3], to: scratch["new"])
    rename(scratch["new"], path)
    #expect(serve(context) { sClient($0, "-status") }.text.contains(current))
    for (octets, reason) in [
      ([1, 2, 3], "no OCSP response in DER"), (good + [0], "no OCSP response in DER"),
      ([0x30, 3, 0x0A, 1, 3], "an OCSP response without an answer"),
      ([UInt8](repeating: 0, count: TLSStaple.maxByteCount + 1), "longer than 65536 octets"),
    ] as [([UInt8], String)] {
      ScratchDirectory.write(octets, to: path)
      #expect(throws: TLSConfigurationError(path, reason)) {
        _ = try PKI.server(["good"], staple: path)
      }
    }
  }

  /// The response with its second GeneralizedTime after thisUpdate set to 2001.
  private func stale(_ staple: [UInt8]) -> [UInt8] {
    var staple = staple
    let starts = staple.indices.filter {
      $0 + 17 <= staple.count && staple[$0] == 0x18 && staple[$0 + 1] == 15
    }
    // producedAt, thisUpdate, nextUpdate.
    let start = starts[2] + 2
    staple.replaceSubrange(start..<start + 15, with: Array("20010101000000Z".utf8))
    return staple
  }

  @Test("a session is resumed by ticket, and not by a new context's server", arguments: ["2", "3"])
  func resumption(version: String) throws {
    let scratch = ScratchDirectory()
    let path = scratch["session"]
    let context = try PKI.server()
    let first = serve(context) { sClient($0, "-tls1_\(version)", "-sess_out", path) }
    #expect(try !first.seen[0].get().facts.isResumed)
    let second = serve(context) { sClient($0, "-tls1_\(version)", "-sess_in", path) }
    #expect(try second.seen[0].get().facts.isResumed)
    let other = serve(try PKI.server()) { sClient($0, "-tls1_\(version)", "-sess_in", path) }
    #expect(try !other.seen[0].get().facts.isResumed)
  }

  @Test("Python has the same tls-unique in full and resumed handshakes, and TLS 1.3 has none")
  func python() throws {
    let script = """
      import socket, ssl, sys
      port, version, authority = int(sys.argv[1]), sys.argv[2], sys.argv[3]
      context = ssl.create_default_context(cafile=authority)
      context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
      session = None
      for i in range(2):
          with socket.create_connection(('127.0.0.1', port)) as plain:
              with context.wrap_socket(plain, server_hostname='localhost', session=session) as s:
                  data = b''
                  while d := s.recv(100): data += d
                  session = s.session
                  print(s.version(), s.session_reused, s.get_channel_binding('tls-unique').hex())
                  s.unwrap()
      """
    for version in ["TLSv1_2", "TLSv1_3"] {
      let (seen, text) = serve(try PKI.server(), count: 2) { port in
        ["python3", "-c", script, "\(port)", version, PKI.path("root.pem")]
      }
      let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      try #require(lines.count == 2, "\(text)")
      for (line, result) in zip(lines, seen) {
        let served = try result.get()
        #expect(line[0] == served.facts.version)
        #expect((line[1] == "True") == served.facts.isResumed)
        #expect(served.hex(.unique) == (version == "TLSv1_2" ? line[2] : nil))
        #expect(served.hex(.exporter) != nil)
      }
      #expect(lines.map { $0[1] } == ["False", "True"])
    }
  }

  @Test("TLS 1.2 without extended master secret binds by the certificate alone")
  func withoutExtendedMasterSecret() throws {
    let scratch = ScratchDirectory()
    let configuration = """
      openssl_conf = a
      [a]
      ssl_conf = b
      [b]
      system_default = c
      [c]
      Options = -ExtendedMasterSecret
      """
    ScratchDirectory.write(Array(configuration.utf8), to: scratch["openssl.cnf"])
    let path = scratch["openssl.cnf"]
    let (seen, _) = serve(try PKI.server()) { port in
      ["env", "OPENSSL_CONF=\(path)"] + sClient(port, "-tls1_2")
    }
    let served = try seen[0].get()
    #expect(served.bindings.keys.map(\.rawValue) == ["tls-server-end-point"])
  }

  @Test(
    "tls-server-end-point is by the signature's digest, SHA-256 at least",
    arguments: [
      ("rsa:2048 -sha256", "sha256"), ("rsa:2048 -sha1", "sha256"), ("rsa:2048 -md5", "sha256"),
      ("rsa:2048 -sha512", "sha512"), ("ec -pkeyopt ec_paramgen_curve:P-256 -sha384", "sha384"),
      ("rsa:2048 -sha384 -sigopt rsa_padding_mode:pss", "sha384"), ("ed25519", nil),
    ] as [(String, String?)])
  func serverEndPoint(key: String, digest: String?) throws {
    let scratch = ScratchDirectory()
    let words = key.split(separator: " ").map(String.init)
    let made = Command.run(
      ["openssl", "req", "-x509", "-nodes", "-subj", "/CN=x", "-keyout", "key", "-out", "pem"]
        + ["-newkey"] + words, in: scratch.path)
    try #require(made.status == .exited(0), "\(made.text)")
    let binding = TLSChannelBinding.endPoint(try PEMFile.certificates(scratch["pem"])[0])
    guard let digest else {
      #expect(binding == nil)
      return
    }
    let expected = Command.run([
      "sh", "-c", "openssl x509 -in \(scratch["pem"]) -outform der | openssl dgst -\(digest) -r",
    ])
    #expect(expected.text.split(separator: " ").first.map(String.init) == binding.map(hexText))
  }
}
