// PROXY headers, XCLIENT and XFORWARD at a running smtp-sink. Real proxies are in Tests/Interop.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: proxies")
struct SinkProxyTests {
  let scratch = ScratchDirectory()

  private static func binary(_ rest: [UInt8]) -> [UInt8] {
    let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
    return signature + rest
  }

  private static let local = binary([0x20, 0, 0, 0])
  /// TCP6, from 2001:db8::1 port 4660, with a unique identifier.
  private static let versionTwo: [UInt8] = {
    var rest: [UInt8] = [0x21, 0x21, 0, 43]
    for last: UInt8 in [1, 2] {
      rest += [0x20, 0x01, 0x0D, 0xB8]
      rest += [UInt8](repeating: 0, count: 11)
      rest.append(last)
    }
    rest += [0x12, 0x34, 0, 25]
    rest += [5, 0, 4]
    rest += Array("id-1".utf8)
    return binary(rest)
  }()
  private static let versionOne = "PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n"

  private func sink(_ arguments: [String]) throws -> RunningTool {
    try RunningTool(sink: ["--events", scratch["events"]] + arguments)
  }

  private func events() throws -> [JSONValue] {
    try #require(JSONValue.lines(scratch.read("events") ?? []), "no JSON Lines")
  }

  private func names(_ events: [JSONValue]) -> [String] {
    events.compactMap { $0["event"]?.string }
  }

  /// Events but listening and summary.
  private func told(_ events: [JSONValue]) -> [String] { names(events).dropFirst().dropLast() }

  @Test(
    "the address in the header is the client's: events, expectations, --exec, headers",
    arguments: [
      (Array(versionOne.utf8), "192.0.2.1", "TCP4", "[192.0.2.1]"),
      (versionTwo, "2001:db8::1", "TCP6", "[IPv6:2001:db8::1]"),
    ])
  func source(header: [UInt8], address: String, family: String, literal: String) throws {
    let sink = try sink([
      "--proxy-protocol", "::1,127.0.0.0/8", "--expect", "client=\(address)", "--envelope-headers",
      "--maildir", scratch["m"], "--exec", "grep -qF \(literal)", "--count", "1",
    ])
    let client = try sink.client()
    // No greeting before the header is whole; what follows it is not lost.
    client.send(Array(header.prefix(20)))
    client.send(Array(header.dropFirst(20)) + Array("EHLO client.test\r\n".utf8))
    #expect(client.reply().hasPrefix("220 "))
    #expect(client.reply().hasPrefix("250-"))
    #expect(client.deliver().hasPrefix("250 2.0.0 "))
    #expect(try sink.end().status == 0)
    let events = try events()
    #expect(told(events).starts(with: ["connect", "message"]))
    let connect = events[1]
    #expect(connect["client"]?["addr"] == .string(address))
    #expect(connect["client"]?["port"]?.int == 4660)
    #expect(connect["proxy"]?["src"] == .string(address))
    #expect(connect["proxy"]?["family"] == .string(family))
    #expect(connect["proxy"]?["dport"]?.int == 25)
    if family == "TCP6" {
      #expect(
        connect["proxy"]?.keys
          == ["version", "command", "family", "src", "sport", "dst", "dport", "tlvs"])
      #expect(connect["proxy"]?["tlvs"]?["unique_id"] == .string("id-1"))
    }
    #expect(events[2]["client"]?["addr"] == .string(address))
    #expect(events[2]["client"]?["proxy"] == connect["proxy"])
  }

  @Test("UNKNOWN: the client is the one at the socket")
  func unknown() throws {
    let sink = try sink(["--proxy-protocol", "any"])
    let client = try sink.client()
    client.send("PROXY UNKNOWN\r\n")
    client.open()
    #expect(client.say("QUIT").hasPrefix("221"))
    #expect(client.isClosed)
    #expect(try sink.end(by: SIGTERM).status == 0)
    let events = try events()
    #expect(events[1]["client"]?["addr"] == .string("127.0.0.1"))
    #expect(events[1]["proxy"]?["family"] == .string("UNKNOWN"))
  }

  @Test(
    "bad, late and cut-off headers, and those from elsewhere: closed without a word, no session")
  func refused() throws {
    for (networks, sent, why) in [
      ("any", "EHLO client.test\r\n", "not a PROXY header"),
      ("any", "PROXY TCP4 192.0.2.1 192.0.2.2 1 99999\r\n", "malformed port"),
      ("any", "PROXY TCP4 ", "no PROXY header in time"), ("any", "", "no PROXY header in time"),
      ("192.0.2.0/24,2001:db8::/32", Self.versionOne, "not a proxy that is trusted"),
    ] {
      let sink = try sink(["--proxy-protocol", networks, "--proxy-timeout", "300ms"])
      let client = try sink.client()
      client.send(sent)
      #expect(client.isClosed, "\(sent)")
      #expect(eventually { scratch.text("events").contains(why) }, "\(sent)")
      #expect(try sink.end(by: SIGTERM).status == 0)
      let events = try events()
      #expect(told(events) == ["error"])
      #expect(events[1]["what"] == .string("proxy"))
      #expect(events.last?["sessions"]?.int == 0)
      unlink(scratch["events"])
    }
  }

  @Test("a header that ends in the middle is told, one that never begins is not")
  func cutOff() throws {
    let sink = try sink(["--proxy-protocol", "any"])
    let half = try sink.client()
    half.send("PROXY TCP4")
    half.halfClose()
    #expect(half.isClosed)
    let none = try sink.client()
    none.halfClose()
    #expect(none.isClosed)
    #expect(try sink.end(by: SIGTERM).status == 0)
    #expect(told(try events()) == ["error"])
  }

  @Test("octet by octet, and slowly, the header is taken; --proxy-timeout is for the whole of it")
  func slow() throws {
    let sink = try sink(["--proxy-protocol", "any", "--proxy-timeout", "2s"])
    let client = try sink.client()
    for octet in Self.versionTwo {
      client.send([octet])
      usleep(3000)
    }
    #expect(client.reply().hasPrefix("220 "))
    let dripping = try sink.client()
    dripping.send("PROXY UNKNOWN ")
    for _ in 0..<60 {
      usleep(50_000)
      guard dripping.send("x") else { break }
    }
    #expect(dripping.isClosed)
    _ = try sink.end(by: SIGTERM)
    #expect(scratch.text("events").contains("no PROXY header in time"))
  }

  @Test("health checks are no sessions, whether they talk or not, and leave their place to clients")
  func local() throws {
    let sink = try sink(["--proxy-protocol", "any", "--sessions", "1"])
    for _ in 0..<3 {
      let check = try sink.client()
      check.send(Self.local)
      #expect(check.reply().hasPrefix("220 "))
      check.reset()
      let dialogue = try sink.client()
      dialogue.send(Self.local)
      #expect(dialogue.open("HELO localhost").hasPrefix("250 "))
      #expect(dialogue.say("QUIT").hasPrefix("221 "))
      #expect(dialogue.isClosed)
    }
    let client = try sink.client()
    client.send(Self.versionTwo)
    client.open()
    #expect(client.say("QUIT").hasPrefix("221 "))
    #expect(try sink.end().status == 0)
    let events = try events()
    #expect(told(events) == ["connect", "disconnect"])
    #expect(events[1]["client"]?["addr"] == .string("2001:db8::1"))
    #expect(events.last?["sessions"]?.int == 1)
  }

  @Test("a proxy that sends mail of its own has a session, with its own address")
  func localMail() throws {
    let sink = try sink(["--proxy-protocol", "any", "--count", "1"])
    let client = try sink.client()
    client.send(Self.local)
    client.open()
    #expect(client.deliver().hasPrefix("250 2.0.0 "))
    #expect(client.say("QUIT").hasPrefix("221 "))
    #expect(try sink.end().status == 0)
    let events = try events()
    #expect(told(events) == ["connect", "message", "disconnect"])
    #expect(events[1]["client"]?["addr"] == .string("127.0.0.1"))
    #expect(events[1]["proxy"]?["command"] == .string("LOCAL"))
  }

  @Test("with --implicit-tls the header stands before the handshake, in one packet or not")
  func implicitTLS() throws {
    let sink = try sink([
      "--proxy-protocol", "any", "--tls-self-signed=\(scratch["ca"])", "--implicit-tls", "--count",
      "2",
    ])
    for isTogether in [true, false] {
      let end = try RunningTool(
        program: "python3",
        [
          "-c", Self.tlsClient, "\(try sink.port)", scratch["ca"],
          isTogether ? "together" : "apart",
        ]
      ).end()
      #expect(end.status == 0, "\(end.errors)")
    }
    #expect(try sink.end().status == 0)
    let events = try events()
    #expect(names(events).filter { $0 == "tls" }.count == 2)
    for event in events where event["event"] == .string("message") {
      #expect(event["client"]?["addr"] == .string("192.0.2.1"))
      #expect(event["client"]?["tls"] == .bool(true))
    }
  }

  /// Says the header and TLS's first octets in one send, or in two with a pause between.
  private static let tlsClient = #"""
    import socket, ssl, sys, time
    port, ca, how = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    plain = socket.create_connection(("127.0.0.1", port), 30)
    context = ssl.create_default_context(cafile=ca)
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(inward, outward, server_hostname="localhost")
    header = b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"
    if how == "apart":
        plain.sendall(header)
        header = b""
        time.sleep(0.3)
    def do(call, *arguments):
        global header
        while True:
            try:
                result = call(*arguments)
            except ssl.SSLWantReadError:
                plain.sendall(header + outward.read())
                header = b""
                piece = plain.recv(65536)
                assert piece, "closed"
                inward.write(piece)
                continue
            plain.sendall(header + outward.read())
            header = b""
            return result
    do(tls.do_handshake)
    def reply():
        text = b""
        while not text.endswith(b"\n") or text.split(b"\r\n")[-2][3:4] == b"-":
            text += do(tls.read, 4096)
        return int(text.split(b"\r\n")[-2][:3])
    codes = [reply()]
    for line in [b"EHLO c.test", b"MAIL FROM:<a@c.test>", b"RCPT TO:<b@s.test>", b"DATA", b"x\r\n.", b"QUIT"]:
        do(tls.write, line + b"\r\n")
        codes.append(reply())
    sys.exit(codes != [220, 250, 250, 250, 354, 250, 221] and str(codes) or 0)
    """#

  @Test("XCLIENT: who it says, it is; XFORWARD: told, and believed by nobody")
  func forwarding() throws {
    let sink = try sink([
      "--xclient", "127.0.0.1", "--xforward", "127.0.0.1", "--expect", "client=192.0.2.7 user=ann",
      "--count", "2",
    ])
    let client = try sink.client()
    let lines = client.open().split(separator: "\n")
    #expect(
      lines.suffix(3) == [
        "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT",
        "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE", "250 HELP",
      ])
    #expect(client.code("XFORWARD NAME=up.test ADDR=IPV6:2001:db8::1 SOURCE=REMOTE") == "250 2.0.0")
    #expect(client.deliver().hasPrefix("250 2.0.0 "))
    #expect(
      client.say("XCLIENT NAME=c.test ADDR=192.0.2.7 PORT=99 PROTO=ESMTP HELO=h.test LOGIN=ann")
        .hasPrefix("220 "))
    #expect(client.deliver().hasPrefix("250 2.0.0 "))
    #expect(try sink.end().status == 0)
    let messages = try events().filter { $0["event"] == .string("message") }
    let first = try #require(messages.first?["client"])
    #expect(first.keys == ["addr", "port", "helo", "proto", "xforward"])
    #expect(first["addr"] == .string("127.0.0.1"))
    #expect(first["xforward"]?.keys == ["name", "addr", "source"])
    #expect(first["xforward"]?["addr"] == .string("2001:db8::1"))
    let second = try #require(messages.last?["client"])
    #expect(second.keys == ["addr", "port", "helo", "proto", "auth", "xclient"])
    #expect(second["addr"] == .string("192.0.2.7") && second["port"]?.int == 99)
    #expect(second["helo"] == .string("h.test") && second["proto"] == .string("ESMTPA"))
    #expect(second["auth"] == .string("ann"))
    #expect(second["xclient"]?["name"] == .string("c.test"))
  }

  @Test("XCLIENT is for the networks named, and behind a proxy for those that the header names")
  func trust() throws {
    let elsewhere = try sink(["--xclient", "192.0.2.0/24", "--xforward", "::1"])
    let client = try elsewhere.client()
    #expect(!client.open().contains("XCLIENT"))
    #expect(client.code("XCLIENT ADDR=192.0.2.7") == "550 5.7.0")
    #expect(client.code("XFORWARD ADDR=192.0.2.7") == "550 5.7.0")
    _ = try elsewhere.end(by: SIGTERM)
    let proxied = try sink(["--proxy-protocol", "any", "--xclient", "192.0.2.0/24"])
    for (address, code) in [("192.0.2.1", "220"), ("198.51.100.1", "550 5.7.0")] {
      let client = try proxied.client()
      client.send("PROXY TCP4 \(address) 192.0.2.2 1 2\r\n")
      client.open()
      #expect(client.code("XCLIENT ADDR=203.0.113.9") == code, "\(address)")
      #expect(client.code("XFORWARD ADDR=203.0.113.9").hasPrefix("500"))
    }
    #expect(try proxied.end(by: SIGTERM).status == 0)
  }

  @Test("a unix socket is in no network but any")
  func unixSocket() throws {
    for (networks, code) in [("any", "220"), ("0.0.0.0/0,::/0", "550 5.7.0")] {
      let path = scratch["socket"]
      let sink = try RunningTool(sink: ["--xclient", networks], at: ["unix:\(path)"])
      let client = try TestClient(path: path)
      client.open()
      #expect(client.code("XCLIENT ADDR=192.0.2.7") == code, "\(networks)")
      #expect(try sink.end(by: SIGTERM).status == 0)
    }
  }

  @Test(
    "networks that are none are 64, and so is a wait of no time",
    arguments: [
      ["--proxy-protocol", "x"], ["--proxy-protocol", ""], ["--proxy-protocol", "192.0.2.1/33"],
      ["--xclient", "192.0.2.1/24"], ["--xforward", "::1,,::2"],
      ["--proxy-protocol", "any", "--proxy-timeout", "0"],
    ])
  func usage(arguments: [String]) throws {
    let end = try RunningTool.run(arguments + ["127.0.0.1:0"])
    #expect(end.status == 64)
    #expect(end.errorLines.count == 2, "\(end.errors)")
    #expect(end.errors.contains(arguments[arguments.count - 2]))
  }

  @Test("whoever waits with the header holds no thread, and delays nobody")
  func parked() throws {
    let sink = try sink(["--proxy-protocol", "any"])
    var silent: [TestClient] = []
    for index in 0..<40 {
      let client = try sink.client()
      if index.isMultiple(of: 2) { client.send("PROXY TCP4 192.0.2.") }
      silent.append(client)
    }
    let tasks = "/proc/\(sink.identifier)/task"
    #expect(eventually { ScratchDirectory.list(tasks).count < 10 })
    let client = try sink.client()
    client.send(Self.versionOne)
    client.open()
    #expect(client.deliver().hasPrefix("250 2.0.0 "))
    // Parked, it goes on where it was.
    silent[0].send("1 198.51.100.2 4660 25\r\n")
    #expect(silent[0].reply().hasPrefix("220 "))
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("SIGTERM ends the wait for a header")
  func drain() throws {
    let sink = try sink(["--proxy-protocol", "any"])
    let client = try sink.client()
    client.send("PROXY ")
    usleep(300_000)
    sink.signal(SIGTERM)
    #expect(client.isClosed)
    #expect(try sink.end().status == 0)
  }
}
