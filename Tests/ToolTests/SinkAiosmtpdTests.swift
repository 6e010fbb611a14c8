// The rows of the contract's aiosmtpd table that need a process: handlers, controllers, the command
// line. Named after aiosmtpd's words; AiosmtpdTests and AiosmtpdSecurityTests have the others.

import Glibc
import TestSupport
import Testing

@Suite("aiosmtpd's handlers, controllers and command line")
struct SinkAiosmtpdTests {
  let scratch = ScratchDirectory()

  /// Has a sink take one message; what it printed.
  private func catchOne(_ arguments: [String], greeting: String = "EHLO c.test") throws -> String {
    let sink = try RunningTool(sink: arguments)
    let client = try sink.client()
    client.open(greeting)
    #expect(client.deliver().hasPrefix("250"))
    _ = client.say("QUIT")
    return try sink.end(by: SIGTERM).text
  }

  // MARK: - Handlers

  @Test("Debugging: --print message")
  func debugging() throws {
    #expect(try catchOne(["--print", "message"]) == "Subject: x\n\nhello\n\n")
  }

  @Test("Sink: the default stores nothing")
  func sink() throws {
    #expect(try catchOne(["--print", "none"]).isEmpty)
    #expect(scratch.list("").isEmpty)
  }

  @Test("Message, AsyncMessage: --exec has the message and its X-Peer, X-MailFrom, X-RcptTo")
  func message() throws {
    let script = #"(echo "$SMTP_CLIENT_ADDR $SMTP_FROM $SMTP_RECIPIENTS"; cat) >"#
    _ = try catchOne(["--exec", "sh -c '\(script) \(scratch["m"])'"])
    #expect(scratch.text("m") == "127.0.0.1 a@s.test b@s.test\nSubject: x\n\nhello\n")
  }

  @Test("Mailbox: --maildir, and the octets are those that came")
  func mailbox() throws {
    _ = try catchOne(["--maildir", scratch["m"], "--eol", "crlf"])
    #expect(scratch.messages("m") == [Array("Subject: x\r\n\r\nhello\r\n".utf8)])
  }

  @Test("handle_exception: a store that fails is 451 without a word of the inside")
  func handleException() throws {
    let sink = try RunningTool(sink: ["--maildir", scratch["m"]])
    ScratchDirectory.remove(scratch["m/new"])
    let client = try sink.client()
    client.open()
    #expect(client.deliver() == "451 4.3.0 Error: local error in processing")
    #expect(client.code("NOOP") == "250 2.0.0")
  }

  // MARK: - Controllers

  @Test("Controller: hostname, port, and port 0")
  func controller() throws {
    let sink = try RunningTool(sink: [], at: ["localhost:0"])
    #expect(try sink.port > 0)
    #expect(try sink.client().open().hasPrefix("250"))
  }

  @Test("UnixSocketController, UnthreadedUnixSocketController: unix:PATH")
  func unixSocketController() throws {
    _ = try RunningTool(sink: [], at: ["unix:\(scratch["s"])"]).end(by: SIGTERM)
    #expect(scratch.list("").isEmpty)
    let sink = try RunningTool(sink: ["-L"], at: ["unix:\(scratch["s"])"])
    #expect(try TestClient(path: scratch["s"]).open("LHLO x").hasPrefix("250"))
    #expect(sink.addresses == ["unix:\(scratch["s"])"])
  }

  @Test("UnthreadedController: one process serves many clients at once")
  func unthreadedController() throws {
    let sink = try RunningTool(sink: [])
    let clients = try (0..<20).map { _ in try sink.client() }
    for client in clients { #expect(client.open().hasPrefix("250")) }
    for client in clients.reversed() { #expect(client.deliver().hasPrefix("250")) }
  }

  @Test("ready_timeout: --ready-fd tells when it listens, and a socket that cannot be had is 73")
  func readyTimeout() throws {
    let sink = try RunningTool(sink: [])
    #expect(sink.addresses.count == 1)
    scratch.write("", to: "s")
    #expect(try RunningTool.run(["unix:\(scratch["s"])"]).status == 73)
  }

  @Test("server_hostname: --hostname")
  func serverHostname() throws {
    let sink = try RunningTool(sink: ["--hostname", "mx.test", "--ident", "hi"])
    let client = try sink.client()
    #expect(client.reply() == "220 mx.test hi")
    #expect(client.say("HELO x") == "250 mx.test")
  }

  @Test("ssl_context, --smtpscert, --smtpskey: --implicit-tls says nothing before the handshake")
  func sslContext() throws {
    let sink = try RunningTool(sink: ["--tls-self-signed", "--implicit-tls"])
    let client = try sink.client()
    client.send("EHLO x\r\n")
    #expect(!client.rest().contains("220"))
  }

  @Test("timeout: --timeout, and 421 before the close")
  func timeout() throws {
    let sink = try RunningTool(sink: ["--timeout", "100ms"])
    let client = try sink.client()
    #expect(client.reply().hasPrefix("220"))
    #expect(client.reply().hasPrefix("421"))
    #expect(client.isClosed)
  }

  @Test(
    """
    session, envelope, transport, loop, event_handler, push, _create_session, _create_envelope: the \
    events have what hooks see
    """)
  func sessionAndEnvelope() throws {
    _ = try catchOne(["--events", scratch["e"]])
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    let message = try #require(events.first { $0["event"]?.string == "message" })
    #expect(message["client"]?["helo"]?.string == "c.test")
    #expect(message["client"]?["proto"]?.string == "ESMTP")
    #expect(message["from"]?.string == "a@s.test")
    #expect(message["to"]?[0]?["addr"]?.string == "b@s.test")
    #expect(message["reply"]?.string?.hasPrefix("250 2.0.0 OK: ") == true)
  }

  @Test("CALL_LIMIT_DEFAULT: with a list, the rest may be called 20 times")
  func callLimitDefault() throws {
    let sink = try RunningTool(sink: ["--limit-commands", "EXPN=5"])
    let client = try sink.client()
    client.open()
    for _ in 0..<20 { #expect(client.code("NOOP") == "250 2.0.0") }
    #expect(client.code("NOOP") == "421 4.7.0")
    #expect(client.isClosed)
  }

  @Test(
    "proxy_protocol_timeout, handle_PROXY: no greeting before the header, closed when it is late")
  func proxyProtocolTimeout() throws {
    let sink = try RunningTool(
      sink: [
        "--proxy-protocol", "any", "--proxy-timeout", "300ms", "--reply",
        "proxy client=192.0.2.9: close",
      ])
    let late = try sink.client()
    #expect(late.isClosed)
    let client = try sink.client()
    client.send("PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n")
    #expect(client.reply().hasPrefix("220 "))
    let refused = try sink.client()
    refused.send("PROXY TCP4 192.0.2.9 198.51.100.2 4660 25\r\n")
    #expect(refused.isClosed)
  }

  // MARK: - The command line

  @Test("-n, -u: --run-as; nobody is who one must say", .enabled(if: geteuid() == 0))
  func commandLineUser() throws {
    let sink = try RunningTool(sink: ["--run-as", "nobody"])
    var status = stat()
    stat("/proc/\(sink.identifier)", &status)
    #expect(status.st_uid == 65_534)
    let plain = try RunningTool(sink: [])
    stat("/proc/\(plain.identifier)", &status)
    #expect(status.st_uid == geteuid())
  }

  @Test("-c: a store by option; -s: --size; -d: -v; -l: an address")
  func commandLine() throws {
    let sink = try RunningTool(
      sink: ["--maildir", scratch["m"], "--size", "20", "-v"], at: ["127.0.0.1:0"])
    let client = try sink.client()
    #expect(client.open().contains("250-SIZE 20\n"))
    #expect(client.deliver().hasPrefix("552 5.3.4"))
    #expect(client.deliver("short\r\n").hasPrefix("250"))
    #expect(scratch.messages("m").count == 1)
    #expect(sink.errorsSoFar.contains("listening on 127.0.0.1:"))
  }

  @Test("-u: SMTPUTF8 is on, and --disable takes it away")
  func commandLineUTF8() throws {
    let on = try RunningTool(sink: [])
    #expect(try on.client().open().contains("SMTPUTF8"))
    let off = try RunningTool(sink: ["--disable", "SMTPUTF8"])
    #expect(try !off.client().open().contains("SMTPUTF8"))
  }

  @Test("--tlscert, --tlskey, --no-requiretls: --tls-cert alone offers, --require-tls insists")
  func commandLineTLS() throws {
    let offered = try RunningTool(sink: ["--tls-self-signed"])
    let client = try offered.client()
    #expect(client.open().contains("250-STARTTLS\n"))
    #expect(client.deliver().hasPrefix("250"))
    let required = try RunningTool(sink: ["--tls-self-signed", "--require-tls"])
    let refused = try required.client()
    refused.open()
    #expect(refused.code("MAIL FROM:<>") == "530 5.7.0")
  }
}
