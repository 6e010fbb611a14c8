// Where smtp-sink puts messages: whole, exact, or not at all.

import Glibc
import MailIO
import TestSupport
import Testing

@Suite("smtp-sink: stores")
struct SinkStoreTests {
  let scratch = ScratchDirectory()

  /// MAIL BODY=8BITMIME, RCPT, DATA and the content as it goes over the wire; the reply.
  private func deliver(_ wire: [UInt8], _ client: TestClient) -> String {
    _ = client.say("MAIL FROM:<a@s.test> BODY=8BITMIME")
    _ = client.say("RCPT TO:<b@s.test>")
    guard client.say("DATA").hasPrefix("354") else { return "" }
    client.send(wire + Array(".\r\n".utf8))
    return client.reply()
  }

  // MARK: - Exactness

  @Test(
    "every octet is stored as it came, with the line ends asked for",
    arguments: [("lf", "\n"), ("crlf", "\r\n")])
  func octets(eol: String, lineEnd: String) throws {
    let sink = try RunningTool(sink: ["--maildir", scratch["m"], "--eol", eol])
    let client = try sink.client()
    client.open()
    let every = (0...255).map { UInt8($0) }.filter { $0 != 0x0A && $0 != 0x0D }
    let contents: [[[UInt8]]] = [
      [], [[]], [every, every.reversed()], [Array(".".utf8)],
      [Array("..".utf8), [0x2E, 0x2E, 0x2E]],
      [Array(repeating: 0x78, count: 100_000)], [[], [], []],
    ]
    for lines in contents {
      let wire = lines.flatMap { ($0.first == 0x2E ? [0x2E] : []) + $0 + [0x0D, 0x0A] }
      let before = Set(scratch.list("m/new"))
      #expect(deliver(wire, client).hasPrefix("250"))
      let new = try #require(Set(scratch.list("m/new")).subtracting(before).first)
      #expect(scratch.read("m/new/\(new)") == lines.flatMap { $0 + Array(lineEnd.utf8) })
    }
    #expect(scratch.list("m/tmp").isEmpty)
  }

  @Test("BINARYMIME is never changed, with either line end asked for", arguments: ["lf", "crlf"])
  func binary(eol: String) throws {
    let sink = try RunningTool(
      sink: ["--maildir", scratch["m"], "--eol", eol, "--envelope-headers"])
    let client = try sink.client()
    client.open()
    let content = Array("\r\n\r\n\n\r.\r\n.".utf8) + (0...255).map { UInt8($0) }
    #expect(client.code("MAIL FROM:<a@s.test> BODY=BINARYMIME") == "250 2.1.0")
    _ = client.say("RCPT TO:<b@s.test>")
    client.send(Array("BDAT \(content.count)\r\n".utf8) + content)
    #expect(client.reply().hasPrefix("250"))
    client.send(Array("BDAT \(content.count) LAST\r\n".utf8) + content)
    #expect(client.reply().hasPrefix("250"))
    let stored = try #require(scratch.messages("m").first)
    #expect(stored.suffix(2 * content.count) == (content + content)[...])
    #expect(stored.starts(with: Array("Return-Path: <a@s.test>\r\n".utf8)))
  }

  @Test("5 MB come through octet for octet")
  func large() throws {
    let sink = try RunningTool(sink: ["--maildir", scratch["m"], "--size", "0"])
    let client = try sink.client()
    client.open()
    var seed: UInt64 = 7
    var wire: [UInt8] = []
    while wire.count < 5 << 20 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1
      let count = Int(seed >> 33) % 400
      wire += (0..<count).map { 0x21 + UInt8((seed >> 20 &+ UInt64($0) &* 7) % 0x5E) }
      if wire.last == 0x2E { wire.append(0x21) }
      wire += [0x0D, 0x0A]
    }
    // No line starts with a dot: what is sent is what is stored, but for the CR.
    let safe = wire.split(separator: 0x0A).flatMap { line in
      (line.first == 0x2E ? [0x2D] + line.dropFirst() : Array(line)) + [0x0A]
    }
    #expect(deliver(safe, client).hasPrefix("250"))
    #expect(scratch.messages("m") == [safe.filter { $0 != 0x0D }])
  }

  @Test("20 clients at once fill one Maildir with exactly what they sent")
  func concurrent() throws {
    let sink = try RunningTool(sink: ["--maildir", scratch["m"], "--sync", "none"])
    let port = try sink.port
    let sent = Guarded<[[UInt8]]>([])
    onThreads(20) { index in
      guard let client = try? TestClient(port: port) else { return }
      client.open()
      for round in 0..<5 {
        // Some stay in memory, some do not.
        let line = "client \(index) round \(round) "
        let count = (index * 7 + round * 13) % 11 * 1500
        let text = String(repeating: line + "\r\n", count: count + 1)
        if client.deliver(text).hasPrefix("250") {
          sent.withLock { $0.append(Array(text.utf8.filter { $0 != 0x0D })) }
        }
      }
      _ = client.say("QUIT")
    }
    let expected = sent.withLock { $0 }
    #expect(expected.count == 100)
    func digests(_ messages: [[UInt8]]) -> [[UInt8]] {
      messages.map { message in
        let digest = Digest()
        digest.update(message.span)
        return digest.finish()
      }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(digests(scratch.messages("m")) == digests(expected))
    #expect(scratch.list("m/tmp").isEmpty)
  }

  // MARK: - Clients that go away

  @Test("a client gone inside DATA or BDAT leaves nothing behind")
  func gone() throws {
    let sink = try RunningTool(sink: ["--maildir", scratch["m"], "--events", scratch["e"]])
    let lines = String(repeating: "x\r\n", count: 60_000)
    for end in ["eof", "reset"] {
      for start in ["DATA\r\n\(lines)", "BDAT 999999\r\n\(lines)", "BDAT 180000\r\n\(lines)"] {
        let client = try sink.client()
        client.open()
        _ = client.say("MAIL FROM:<a@s.test>")
        _ = client.say("RCPT TO:<b@s.test>")
        client.send(start)
        #expect(eventually { scratch.list("m/tmp").count == 1 })
        if start.hasPrefix("DATA") || start.hasPrefix("BDAT 18") { _ = client.line() }
        if end == "eof" {
          client.halfClose()
          #expect(client.isClosed)
        } else {
          client.reset()
        }
        #expect(eventually { scratch.list("m/tmp").isEmpty })
      }
    }
    #expect(try sink.end(by: SIGTERM).status == 0)
    #expect(scratch.list("m/new").isEmpty)
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    let aborted = events.filter { $0["event"] == .string("aborted") }
    #expect(aborted.count == 6)
    #expect(
      aborted.map { $0["stage"]?.string } == ["data", "bdat", "bdat", "data", "bdat", "bdat"])
    #expect(events.last?["aborted"]?.int == 6)
  }

  // MARK: - Failing stores

  @Test("a store that fails is 451 for this message, and 74 at the end")
  func failing() throws {
    let sink = try RunningTool(sink: ["--maildir", scratch["m"], "--events", scratch["e"]])
    let client = try sink.client()
    client.open()
    #expect(client.deliver().hasPrefix("250"))
    // As root, permissions would stop nobody.
    #expect(rename(scratch["m/new"], scratch["m/away"]) == 0)
    scratch.write("", to: "m/new")
    for text in ["x\r\n", String(repeating: "x\r\n", count: 60_000)] {
      #expect(TestClient.code(of: client.deliver(text)) == "451 4.3.0")
      #expect(scratch.list("m/tmp").isEmpty)
    }
    unlink(scratch["m/new"])
    #expect(rename(scratch["m/away"], scratch["m/new"]) == 0)
    #expect(client.deliver().hasPrefix("250"))
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == 74)
    #expect(end.errors.split(separator: "\n").count == 2)
    #expect(scratch.messages("m").count == 2)
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    let errors = events.filter { $0["event"] == .string("error") }
    #expect(errors.count == 2)
    #expect(errors.first?.keys == ["event", "time", "session", "what", "why", "errno"])
    #expect(errors.first?["what"] == .string("store"))
    #expect(errors.first?["errno"]?.int == Int(ENOTDIR))
    #expect(events.last?["errors"]?.int == 2)
  }

  @Test("a full disk is 452 4.3.1")
  func full() throws {
    let sink = try RunningTool(sink: ["--mbox", "/dev/full", "--maildir", scratch["m"]])
    let client = try sink.client()
    client.open()
    #expect(TestClient.code(of: client.deliver()) == "452 4.3.1")
    #expect(try sink.end(by: SIGTERM).status == 74)
    // All stores have it, or none.
    #expect(scratch.list("m/new").isEmpty)
    #expect(scratch.list("m/tmp").isEmpty)
  }

  // MARK: - mbox, sync, headers

  @Test("--mbox appends in mboxrd")
  func mbox() throws {
    scratch.write("From x\n\nold", to: "box")
    let sink = try RunningTool(sink: ["--mbox", scratch["box"]])
    let client = try sink.client()
    client.open()
    client.deliver("Subject: x\r\n\r\nFrom here\r\n>From there\r\n")
    client.deliver("y\r\n", from: "")
    let lines = scratch.text("box").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[..<4] == ["From x", "", "old", ""])
    #expect(lines[4].hasPrefix("From a@s.test "))
    #expect(lines[5...9] == ["Subject: x", "", ">From here", ">>From there", ""])
    #expect(lines[10].hasPrefix("From MAILER-DAEMON "))
    #expect(lines[11...] == ["y", "", ""])
  }

  @Test("--sync takes each of its levels", arguments: ["none", "file", "full"])
  func sync(level: String) throws {
    let sink = try RunningTool(
      sink: ["--sync", level, "--maildir", scratch["m"], "--mbox", scratch["b"]])
    let client = try sink.client()
    client.open()
    #expect(client.deliver("x\r\n").hasPrefix("250"))
    #expect(scratch.messages("m") == [Array("x\n".utf8)])
    #expect(scratch.text("b").hasSuffix("\nx\n\n"))
  }

  @Test("--envelope-headers puts the envelope before the message")
  func envelopeHeaders() throws {
    let sink = try RunningTool(
      sink: ["--maildir", scratch["m"], "--envelope-headers", "--hostname", "sink.test"])
    let client = try sink.client()
    client.open("HELO c.test")
    client.deliver("Subject: x\r\n", to: ["b@s.test", "\"c d\"@s.test"])
    let text = String(decoding: scratch.messages("m").first ?? [], as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[..<5] == [
        "Return-Path: <a@s.test>", "Delivered-To: b@s.test", "Delivered-To: \"c d\"@s.test",
        "Received: from c.test ([127.0.0.1])", "\tby sink.test (smtp-sink) with SMTP;",
      ])
    #expect(lines[6...] == ["Subject: x", ""])
  }

  // MARK: - --exec

  @Test("--exec decides by its status")
  func execStatus() throws {
    let sink = try RunningTool(
      sink: [
        "--exec", #"sh -c 'read -r a b; [ "$b" = kill ] && kill -9 $$; exit $b'"#, "--maildir",
        scratch["m"], "--events", scratch["e"],
      ])
    let client = try sink.client()
    client.open()
    for (status, code) in [
      ("0", "250 2.0.0"), ("75", "451 4.3.0"), ("11", "451 4.3.0"), ("65", "550 5.7.1"),
      ("67", "550 5.7.1"), ("69", "550 5.7.1"), ("77", "550 5.7.1"), ("10", "550 5.7.1"),
      ("1", "451 4.3.0"), ("255", "451 4.3.0"), ("kill", "451 4.3.0"), ("0", "250 2.0.0"),
    ] {
      #expect(TestClient.code(of: client.deliver("Status: \(status)\r\n")) == code, "\(status)")
    }
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == 74)
    #expect(scratch.messages("m").count == 2)
    #expect(scratch.list("m/tmp").isEmpty)
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    let errors = events.filter { $0["event"] == .string("error") }
    #expect(errors.map { $0["what"]?.string } == ["exec", "exec", "exec"])
    #expect(errors.first?.keys == ["event", "time", "session", "what", "why"])
  }

  @Test("--exec that only refuses is no failure of ours; one that is not there is")
  func execRefuses() throws {
    for (command, code, status) in [
      ("sh -c 'exit 69'", "550 5.7.1", 0), ("postroom-no-such", "451 4.3.0", 74),
    ] as [(String, String, Int32)] {
      let sink = try RunningTool(sink: ["--exec", command])
      let client = try sink.client()
      client.open()
      #expect(TestClient.code(of: client.deliver()) == code)
      #expect(try sink.end(by: SIGTERM).status == status)
    }
  }

  @Test("--exec gets the message on stdin, and the envelope in its environment")
  func execEnvironment() throws {
    scratch.write(
      """
      cat > \(scratch["in"])
      printf '%s|%s|%s|%s|%s|%s|%s' "$SMTP_FROM" "$SMTP_RECIPIENTS" "$SMTP_CLIENT_ADDR" \
        "$SMTP_HELO" "$SMTP_PROTO" "$SMTP_USER" "$SMTP_ID" > \(scratch["env"])
      cmp "$SMTP_PATH" \(scratch["in"])
      echo noise
      """, to: "script")
    let sink = try RunningTool(
      sink: ["--exec", "sh '\(scratch["script"])'", "--maildir", scratch["m"]],
      environment: ["SMTP_USER=stale", "SMTP_FROM=stale"])
    let client = try sink.client()
    client.open()
    for text in ["x\r\n", String(repeating: "line\r\n", count: 50_000)] {
      let reply = client.deliver(text, from: "\"a b\"@s.test", to: ["b@s.test", "c@s.test"])
      #expect(reply.hasPrefix("250"))
      #expect(scratch.read("in") == Array(text.utf8).filter { $0 != 0x0D })
      let id = reply.split(separator: " ").last ?? ""
      #expect(
        scratch.text("env")
          == "\"a b\"@s.test|b@s.test\nc@s.test|127.0.0.1|client.test|ESMTP||\(id)")
    }
    // stdout is for our records alone.
    let end = try sink.end(by: SIGTERM)
    #expect(end.text.split(separator: "\n").count == 2)
    #expect(!end.text.contains("noise"))
  }

  @Test("--exec that reads nothing, and one that is slow, are as good as any")
  func execUnread() throws {
    for command in ["true", "sh -c 'exec <&-; sleep 0.2'", "sh -c 'sleep 0.2; cat >/dev/null'"] {
      let sink = try RunningTool(sink: ["--exec", command])
      let (client, other) = (try sink.client(), try sink.client())
      client.open()
      client.begin()
      client.send(String(repeating: "x\r\n", count: 20_000) + ".\r\n")
      // One slow message delays no other session.
      #expect(other.open().hasPrefix("250"))
      #expect(client.reply().hasPrefix("250"))
      #expect(client.deliver(String(repeating: "x\r\n", count: 60_000)).hasPrefix("250"))
      #expect(try sink.end(by: SIGTERM).status == 0)
    }
  }
}
