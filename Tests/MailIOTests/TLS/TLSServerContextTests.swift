import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

@Suite("TLS server context")
struct TLSServerContextTests {
  let scratch = ScratchDirectory()

  private func copy(_ source: String, to name: String) {
    ScratchDirectory.write(ScratchDirectory.read(PKI.path(source))!, to: scratch[name])
    chmod(scratch[name], 0o600)
  }

  private func context() throws -> TLSServerContext {
    try TLSServerContext(settings)
  }

  private var settings: TLSServerContext.Settings {
    TLSServerContext.Settings(
      identities: [TLSIdentity.Files(certificates: scratch["pem"], key: scratch["key"])])
  }

  private func reason(_ name: String, _ text: String) -> TLSConfigurationError {
    TLSConfigurationError(scratch[name], text)
  }

  @Test("files that cannot be used are named with the reason")
  func files() throws {
    copy("good.pem", to: "pem")
    copy("good.key", to: "key")
    #expect(throws: Never.self) { try context() }

    unlink(scratch["pem"])
    #expect(throws: reason("pem", "No such file or directory")) { try context() }
    copy("good.key", to: "pem")
    #expect(throws: reason("pem", "no certificate in it")) { try context() }
    ScratchDirectory.write(
      Array("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".utf8),
      to: scratch["pem"])
    let garbled = try #require(throws: TLSConfigurationError.self) { try context() }
    #expect(garbled.description.hasPrefix("\(scratch["pem"]): certificate 1 is garbled: "))

    copy("good.pem", to: "pem")
    copy("other.key", to: "key")
    #expect(throws: reason("key", "not the key of the certificate in \(scratch["pem"])")) {
      try context()
    }
    copy("good.pem", to: "key")
    #expect(throws: reason("key", "no private key in it")) { try context() }
    let pem = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
    ScratchDirectory.write(Array(pem.utf8), to: scratch["key"])
    let garbledKey = try #require(throws: TLSConfigurationError.self) { try context() }
    #expect(garbledKey.description.hasPrefix("\(scratch["key"]): the key is garbled: "))
    let encrypted = Command.run([
      "openssl", "pkcs8", "-topk8", "-in", PKI.path("good.key"), "-passout", "pass:x", "-out",
      scratch["key"],
    ])
    #expect(encrypted.status == .exited(0))
    #expect(throws: reason("key", "the key is encrypted, and no password is asked for")) {
      try context()
    }
    #expect(throws: TLSConfigurationError("no certificate for TLS")) {
      try TLSServerContext(TLSServerContext.Settings(identities: []))
    }
  }

  @Test("a key too weak for the system's policy is refused")
  func weakKey() throws {
    let made = Command.run(
      [
        "openssl", "req", "-x509", "-nodes", "-subj", "/CN=x", "-newkey", "rsa:1024", "-keyout",
        "key", "-out", "pem",
      ], in: scratch.path)
    #expect(made.status == .exited(0))
    chmod(scratch["key"], 0o600)
    #expect(throws: reason("pem", "ee key too small")) { try context() }
  }

  @Test("a file is read up to its limit")
  func limit() throws {
    copy("good.pem", to: "pem")
    copy("good.key", to: "key")
    var octets = try #require(ScratchDirectory.read(scratch["pem"]))
    octets += [UInt8](repeating: 0x0A, count: PEMFile.maxByteCount - octets.count)
    ScratchDirectory.write(octets, to: scratch["pem"])
    #expect(throws: Never.self) { try context() }
    ScratchDirectory.write(octets + [0x0A], to: scratch["pem"])
    #expect(throws: reason("pem", "longer than 1048576 octets")) { try context() }
  }

  @Test(
    "a key that others can read is refused; root may give it to a group",
    arguments: [
      (0o600, true), (0o400, true), (0o640, true), (0o604, false), (0o644, false), (0o660, false),
      (0o602, false),
    ] as [(mode_t, Bool)])
  func keyMode(mode: mode_t, isGood: Bool) throws {
    copy("good.pem", to: "pem")
    copy("good.key", to: "key")
    chmod(scratch["key"], mode)
    // Only root's file may be a group's; and only root can make one.
    let isRoot = getuid() == 0
    let refusal = reason(
      "key", "others than its owner can read or change it (mode \(String(mode, radix: 8)))")
    for owner in isRoot ? [uid_t(0), 65_534] : [getuid()] {
      if isRoot { chown(scratch["key"], owner, 0) }
      if isGood && (owner == 0 || mode != 0o640) {
        #expect(throws: Never.self) { try context() }
      } else {
        #expect(throws: refusal) { try context() }
      }
    }
  }

  @Test("certificate and key may share a file, and the chain is what stands below")
  func oneFile() throws {
    ScratchDirectory.write(
      ScratchDirectory.read(PKI.path("good.key"))! + ScratchDirectory.read(PKI.path("good.pem"))!
        + ScratchDirectory.read(PKI.path("root.pem"))!, to: scratch["both"])
    chmod(scratch["both"], 0o600)
    let identity = try TLSIdentity(
      TLSIdentity.Files(certificates: scratch["both"], key: scratch["both"]))
    #expect(identity.certificate.subject == "CN=good")
    #expect(identity.chain.map(\.subject) == ["CN=The root"])
  }

  @Test("an expired certificate is served with a warning")
  func expired() throws {
    #expect(
      try PKI.server(["expired"]).warnings
        == ["\(PKI.path("expired.pem")): expired on 2020-02-01T00:00:00.000Z"])
    let files = TLSIdentity.Files(certificates: PKI.path("good.pem"), key: PKI.path("good.key"))
    #expect(try TLSIdentity(files, now: MailDate(seconds: 0)).warnings.count == 1)
    #expect(try TLSIdentity(files).warnings == [])
  }

  @Test("the first certificate for a name has it, a whole name before a wildcard")
  func choice() throws {
    let context = try PKI.server(["bare", "good", "other", "expired"])
    #expect(
      context.certificates.map(\.subject) == ["CN=bare", "CN=good", "CN=other", "CN=expired"])
    for (name, subject) in [
      ("localhost", "CN=good"), ("Mail.Example.Test.", "CN=good"), ("x.wild.test", "CN=other"),
      ("bare", nil), ("", nil), ("*.wild.test", "CN=other"), ("x.y.wild.test", nil),
    ] as [(String, String?)] {
      #expect(context.certificate(for: name)?.subject == subject, "\(name)")
    }
  }

  private func subjectServed(by context: TLSServerContext) throws -> String? {
    let client = try TLSClientContext(TLSClientContext.Settings(trust: .anyone))
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(context))
        _ = try connection.receiveAll()
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        return connection.tls?.peerCertificate?.subject
      })
    try served.get()
    return try asked.get()
  }

  @Test("new files take the old ones' place while connections go on; bad ones change nothing")
  func reload() throws {
    copy("good.pem", to: "pem")
    copy("good.key", to: "key")
    let reloadable = try ReloadableTLSServerContext(settings)
    let client = try PKI.client()
    let (served, asked) = converse(
      server: { connection in
        try connection.startTLS(as: .server(reloadable.current))
        while true {
          let line = try connection.receive(atLeast: 1)
          if line.isEmpty { return }
          try connection.send(line, until: soon)
        }
      },
      client: { connection in
        try connection.startTLS(as: .client(client, host: localhost))
        let echoes = {
          try connection.send([1], until: soon)
          #expect(try connection.receive(atLeast: 1) == [1])
        }
        try echoes()
        copy("other.pem", to: "pem")
        #expect(throws: reason("key", "not the key of the certificate in \(scratch["pem"])")) {
          try reloadable.reload()
        }
        try echoes()
        #expect(try subjectServed(by: reloadable.current) == "CN=good")
        copy("other.key", to: "key")
        try reloadable.reload()
        #expect(try subjectServed(by: reloadable.current) == "CN=other")
        try echoes()
        ScratchDirectory.write([], to: scratch["pem"])
        #expect(throws: reason("pem", "no certificate in it")) { try reloadable.reload() }
        #expect(try subjectServed(by: reloadable.current) == "CN=other")
        try echoes()
      })
    try served.get()
    try asked.get()
  }
}

@Suite("Self-signed identity")
struct SelfSignedIdentityTests {
  let scratch = ScratchDirectory()

  @Test(
    "who has the authority's certificate trusts the server by name and by address",
    arguments: ["Mail.Example.TEST", "192.0.2.7", "2001:db8::7", "localhost", "127.0.0.1"])
  func trusted(host: String) throws {
    let identity = try SelfSignedIdentity.make(host: host)
    try identity.writeAuthority(to: scratch["ca.pem"])
    let server = try TLSServerContext(
      TLSServerContext.Settings(identities: [], ownIdentity: identity))
    let client = try TLSClientContext(
      TLSClientContext.Settings(trust: .authorities(file: scratch["ca.pem"], directory: nil)))
    for name in [host, "localhost", "127.0.0.1", "::1"] {
      let (served, asked) = converse(
        server: { try $0.startTLS(as: .server(server)) },
        client: { try $0.startTLS(as: .client(client, host: TLSHost(name)!)) })
      try served.get()
      try asked.get()
    }
    let (_, asked) = converse(
      server: { try? $0.startTLS(as: .server(server)) },
      client: { try $0.startTLS(as: .client(client, host: TLSHost("other.test")!)) })
    guard case .untrusted = asked.connectionError else {
      Issue.record("\(asked)")
      return
    }
  }

  @Test("a host that is no name is left out, and puts nothing else in")
  func strange() throws {
    let identity = try SelfSignedIdentity.make(host: "a,DNS:evil.test")
    #expect(identity.certificate.hosts.names == ["localhost"])
    #expect(identity.certificate.hosts.addresses == ["127.0.0.1", "::1"])
  }

  @Test("openssl verifies the chain, strictly")
  func verified() throws {
    let identity = try SelfSignedIdentity.make(host: "mail.example.test")
    try identity.writeAuthority(to: scratch["ca.pem"])
    ScratchDirectory.write(identity.certificate.der, to: scratch["leaf.der"])
    let result = Command.run([
      "sh", "-c",
      """
      openssl x509 -inform der -in \(scratch["leaf.der"]) -out \(scratch["leaf.pem"]) && \
      openssl verify -x509_strict -purpose sslserver -verify_hostname mail.example.test \
      -CAfile \(scratch["ca.pem"]) \(scratch["leaf.pem"])
      """,
    ])
    #expect(result.text == "\(scratch["leaf.pem"]): OK\n")
  }

  @Test("the authority's file is replaced whole, and nothing else is left behind")
  func authorityFile() throws {
    ScratchDirectory.write(pattern(100), to: scratch["ca.pem"])
    let held = open(scratch["ca.pem"], O_RDONLY)
    try SelfSignedIdentity.make(host: "a").writeAuthority(to: scratch["ca.pem"])
    // Whoever reads the old file still has it.
    var status = stat()
    fstat(held, &status)
    close(held)
    #expect(status.st_size == 100)
    #expect(ScratchDirectory.list(scratch.path) == ["ca.pem"])
    #expect(ScratchDirectory.mode(scratch["ca.pem"]) == 0o644)
    #expect(try PEMFile.certificates(scratch["ca.pem"]).count == 1)
    #expect(throws: TLSConfigurationError("\(scratch["no"])/ca.pem: No such file or directory")) {
      try SelfSignedIdentity.make(host: "a").writeAuthority(to: scratch["no/ca.pem"])
    }
    // A device is not replaced by a file.
    #expect(symlink("/dev/null", scratch["null"]) == 0)
    try SelfSignedIdentity.make(host: "a").writeAuthority(to: scratch["null"])
    var link = stat()
    #expect(lstat(scratch["null"], &link) == 0 && link.st_mode & S_IFMT == S_IFLNK)
  }
}
