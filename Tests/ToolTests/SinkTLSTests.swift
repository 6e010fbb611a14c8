// TLS and logins of smtp-sink: what is wrong with options and files, and handshakes that never end.
// What works is in Tests/Interop, with real clients.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: TLS and logins")
struct SinkTLSTests {
  let scratch = ScratchDirectory()

  @Test(
    "options that lack one another are 64",
    arguments: [
      ["--tls-cert", "a"], ["--tls-key", "a"],
      ["--tls-cert", "a", "--tls-cert", "b", "--tls-key", "c"], ["--implicit-tls"],
      ["--require-tls"], ["--client-ca", "a"], ["--tls-self-signed", "--tls-min", "1.4"],
      ["--require-auth"], ["--auth-mechanisms", "PLAIN"], ["--auth-users", "a", "--auth-any"],
      ["--auth-any", "--auth-mechanisms", "FOO"], ["--auth-any", "--auth-mechanisms", "GSSAPI"],
      ["--auth-any", "--limit-auth-line", "15"],
    ])
  func usage(arguments: [String]) throws {
    let end = try RunningTool.run(arguments + ["127.0.0.1:0"])
    #expect(end.status == 64)
    #expect(end.errorLines.count == 2, "\(end.errors)")
  }

  @Test("a users file that is not there is 66")
  func missingUsers() throws {
    let end = try RunningTool.run(["--auth-users", scratch["none"], "127.0.0.1:0"])
    #expect(end.status == 66)
    #expect(end.errors.contains(scratch["none"]))
    #expect(end.errorLines.count == 2)
  }

  @Test("a users file that others can read is 78, whoever they are", arguments: [0o640, 0o604])
  func readableUsers(mode: mode_t) throws {
    scratch.write("ann:pencil\n", to: "users")
    chmod(scratch["users"], mode)
    let end = try RunningTool.run(["--auth-users", scratch["users"], "127.0.0.1:0"])
    #expect(end.status == 78)
    #expect(end.errors.contains("users"))
    #expect(!end.errors.contains("pencil"))
  }

  @Test(
    "a garbled users file is 78, and its line is named",
    arguments: [
      "ann\n", ":x\n", "ann:\n", "ann:pencil\nann:pencil\n", "ann:{SCRAM-SHA-256}4096,x\n",
      "ann:pen\u{7}cil\n",
    ])
  func garbledUsers(text: String) throws {
    scratch.write(text, to: "users")
    chmod(scratch["users"], 0o600)
    let end = try RunningTool.run(["--auth-users", scratch["users"], "127.0.0.1:0"])
    #expect(end.status == 78)
    #expect(end.errors.contains(", line "))
    #expect(!end.errors.contains("pencil"))
  }

  @Test("users come by a descriptor, too")
  func usersByDescriptor() throws {
    scratch.write("ann:pencil\n", to: "users")
    let file = open(scratch["users"], O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    let sink = try RunningTool(
      sink: ["--auth-users", "fd:61", "--auth-plaintext"], descriptors: [61: file])
    let client = try sink.client()
    client.open()
    #expect(client.code("AUTH PLAIN AGFubgBwZW5jaWw=") == "235 2.7.0")
    // It cannot be read again: the users stay.
    sink.signal(SIGHUP)
    #expect(eventually { sink.errorsSoFar.contains("users as before") })
    let other = try sink.client()
    other.open()
    #expect(other.code("AUTH PLAIN AGFubgBwZW5jaWw=") == "235 2.7.0")
  }

  @Test("a key or certificate that cannot be used is 78, and its file is named")
  func badFiles() throws {
    try makeCertificate()
    scratch.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", to: "broken")
    scratch.write("", to: "empty")
    for (certificate, key, named) in [
      ("none", "key", "none"), ("cert", "none", "none"), ("broken", "key", "broken"),
      ("empty", "key", "empty"), ("cert", "empty", "empty"), ("cert", "broken", "broken"),
      ("key", "key", "key"),
    ] {
      chmod(scratch[named], 0o600)
      let end = try RunningTool.run(
        ["--tls-cert", scratch[certificate], "--tls-key", scratch[key], "127.0.0.1:0"])
      #expect(end.status == 78, "\(certificate) \(key)")
      #expect(end.errors.contains(scratch[named]), "\(end.errors)")
      #expect(end.errorLines.count == 2)
    }
    chmod(scratch["key"], 0o644)
    let end = try RunningTool.run(
      ["--tls-cert", scratch["cert"], "--tls-key", scratch["key"], "127.0.0.1:0"])
    #expect(end.status == 78)
    let authority = try RunningTool.run(
      ["--tls-self-signed=\(scratch["no/ca"])", "127.0.0.1:0"])
    #expect(authority.status == 78)
    let clients = try RunningTool.run(
      ["--tls-self-signed", "--client-ca", scratch["empty"], "127.0.0.1:0"])
    #expect(clients.status == 78)
  }

  @Test("a handshake that never ends is over with --timeout, without a word in plain text")
  func endlessHandshake() throws {
    for options in [[], ["--implicit-tls"]] {
      let sink = try RunningTool(
        sink: ["--tls-self-signed", "--timeout", "300ms", "--events", scratch["e"]] + options)
      let client = try sink.client()
      if options.isEmpty {
        client.open()
        #expect(client.code("STARTTLS") == "220 2.0.0")
      }
      client.send([0x16, 0x03, 0x01])
      #expect(client.isClosed)
      #expect(eventually { scratch.text("e").contains(#""why":"timeout""#) })
      #expect(try sink.end(by: SIGTERM).status == 0)
      unlink(scratch["e"])
    }
  }

  @Test("SIGTERM in the middle of a handshake: no 421 in plain text")
  func stopInHandshake() throws {
    let sink = try RunningTool(sink: ["--tls-self-signed", "--drain", "200ms"])
    let client = try sink.client()
    client.open()
    #expect(client.code("STARTTLS") == "220 2.0.0")
    sink.signal(SIGTERM)
    #expect(client.isClosed)
    #expect(try sink.end().status == 0)
  }

  @Test("plain text where TLS should be ends that connection alone")
  func plainText() throws {
    let sink = try RunningTool(sink: ["--tls-self-signed", "--implicit-tls"])
    let client = try sink.client()
    client.send("EHLO client.test\r\n")
    // An alert, at most.
    #expect(!client.rest().contains("220"))
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  private func makeCertificate() throws {
    let end = try RunningTool(
      program: "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
        "/CN=localhost", "-keyout", scratch["key"], "-out", scratch["cert"],
      ]
    ).end()
    try #require(end.status == 0, "\(end.errors)")
    chmod(scratch["key"], 0o600)
  }
}
