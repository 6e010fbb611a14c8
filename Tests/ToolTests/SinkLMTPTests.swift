// smtp-sink as an LMTP server (RFC 2033), over TCP and unix sockets.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: LMTP")
struct SinkLMTPTests {
  let scratch = ScratchDirectory()

  private func open(_ sink: RunningTool) throws -> TestClient {
    let client = try sink.client()
    client.open("LHLO client.test")
    return client
  }

  /// The replies to the data, one for each recipient that is expected to have one.
  private func deliver(
    _ client: TestClient, to recipients: [String], replyCount: Int? = nil
  ) -> [String] {
    guard client.begin(to: recipients).hasPrefix("354") else { return [] }
    client.send("Subject: x\r\n\r\nhello\r\n.\r\n")
    return (0..<(replyCount ?? recipients.count)).map { _ in TestClient.code(of: client.reply()) }
  }

  @Test("--lmtp and -L: the greeting, LHLO, and nothing else", arguments: ["--lmtp", "-L"])
  func greets(option: String) throws {
    let sink = try RunningTool(sink: [option, "-h", "mx.test"])
    let client = try sink.client()
    #expect(client.reply() == "220 mx.test LMTP smtp-sink")
    #expect(client.code("EHLO x") == "500")
    #expect(client.code("HELO x") == "500")
    #expect(client.code("MAIL FROM:<>") == "503")
    #expect(client.say("LHLO x").hasPrefix("250-mx.test\n250-SIZE "))
    let other = try RunningTool(sink: [option, "--ident", "here"])
    #expect(try other.client().reply().hasSuffix(" here"))
  }

  @Test("each recipient has its reply, over a unix socket too; there is one message")
  func unixSocket() throws {
    let sink = try RunningTool(
      sink: ["--lmtp", "--maildir", scratch["m"], "--events", scratch["e"]],
      at: ["unix:\(scratch["s"])"])
    let client = try TestClient(path: scratch["s"])
    client.open("LHLO client.test")
    #expect(
      deliver(client, to: ["b@s.test", "c@s.test", "b@s.test"])
        == ["250 2.0.0", "250 2.0.0", "250 2.0.0"])
    #expect(client.code("NOOP") == "250 2.0.0")
    #expect(client.say("QUIT").hasPrefix("221"))
    #expect(try sink.end(by: SIGTERM).text.split(separator: "\n").count == 1)
    #expect(scratch.messages("m").count == 1)
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    let message = try #require(events.first { $0["event"]?.string == "message" })
    #expect(message["client"]?["proto"]?.string == "LMTP")
    #expect(message["to"]?[2]?["addr"]?.string == "b@s.test")
    #expect(message["to"]?[0]?.keys == ["addr", "raw"])
  }

  @Test("a refused RCPT has no reply after the data; with none left DATA is 503")
  func refusedRecipients() throws {
    let sink = try RunningTool(sink: ["--lmtp", "--limit-recipients", "2"])
    let client = try open(sink)
    #expect(
      deliver(client, to: ["b@s.test", "bad@", "c@s.test", "d@s.test"], replyCount: 2)
        == ["250 2.0.0", "250 2.0.0"])
    _ = client.say("MAIL FROM:<a@s.test>")
    #expect(client.code("RCPT TO:<bad@>") == "553 5.1.3")
    #expect(client.code("DATA") == "503 5.5.1")
  }

  @Test("stores that fail: each recipient is told 451, and the next message is taken")
  func storeFails() throws {
    let sink = try RunningTool(
      sink: ["--lmtp", "--maildir", scratch["m"], "--exec", "test -e \(scratch["ready"])"])
    let client = try open(sink)
    #expect(deliver(client, to: ["b@s.test", "c@s.test"]) == ["451 4.3.0", "451 4.3.0"])
    #expect(scratch.messages("m").isEmpty)
    scratch.write("", to: "ready")
    #expect(deliver(client, to: ["b@s.test", "c@s.test"]) == ["250 2.0.0", "250 2.0.0"])
    #expect(scratch.messages("m").count == 1)
    #expect(try sink.end(by: SIGTERM).status == 74)
  }

  @Test("all replies come in one write")
  func oneWrite() throws {
    let sink = try RunningTool(sink: ["--lmtp"])
    let client = try open(sink)
    let recipients = (0..<200).map { "r\($0)@s.test" }
    client.begin(to: recipients)
    client.send(".\r\n")
    // The first reply and the last are there at once.
    var entry = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&entry, 1, RunningTool.patience) == 1)
    var buffer = [UInt8](repeating: 0, count: 100_000)
    let count = recv(client.descriptor, &buffer, buffer.count, 0)
    let lines = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(
      separator: "\r\n")
    #expect(lines.count == 200 && lines.allSatisfy { $0.hasPrefix("250 2.0.0") })
  }

  @Test("a client gone inside the data leaves nothing")
  func gone() throws {
    let sink = try RunningTool(
      sink: ["--lmtp", "--maildir", scratch["m"], "--events", scratch["e"]])
    let client = try open(sink)
    client.begin(to: ["b@s.test", "c@s.test"])
    client.send("x\r\n")
    client.reset()
    #expect(eventually { scratch.text("e").contains(#""event":"aborted""#) })
    #expect(scratch.messages("m").isEmpty && scratch.list("m/tmp").isEmpty)
  }

  @Test("--envelope-headers, dumps and --exec speak of LMTP")
  func words() throws {
    let sink = try RunningTool(
      sink: [
        "--lmtp", "--maildir", scratch["m"], "--envelope-headers", "--dump", scratch["d/"],
        "--exec", "sh -c 'echo $SMTP_PROTO > \(scratch["proto"])'",
      ])
    let client = try open(sink)
    #expect(deliver(client, to: ["b@s.test", "c@s.test"]).count == 2)
    let text = String(decoding: scratch.messages("m").first ?? [], as: UTF8.self)
    #expect(
      text.hasPrefix(
        "Return-Path: <a@s.test>\nDelivered-To: b@s.test\nDelivered-To: c@s.test\nReceived: "))
    #expect(text.contains(" with LMTP;\n"))
    #expect(scratch.text("proto") == "LMTP\n")
    let dump = scratch.text("d/\(scratch.list("d").first ?? "")")
    #expect(dump.contains("X-Client-Proto: LMTP\n"))
    #expect(dump.contains("X-Rcpt-Args: <b@s.test>\nX-Rcpt-Args: <c@s.test>\n"))
  }

  @Test("a COMMAND is told an lmtp: URL")
  func command() throws {
    let sink = try RunningTool(
      sink: ["--lmtp"], command: ["sh", "-c", "echo $SMTP_URL > \(scratch["url"])"])
    #expect(try sink.end().status == 0)
    #expect(scratch.text("url").hasPrefix("lmtp://127.0.0.1:"))
  }

  @Test("--lmtp has no HELO to fall back to: --no-esmtp and --pix are 64", arguments: ["-e", "-P"])
  func clashes(option: String) throws {
    #expect(try RunningTool.run(["-L", option, "127.0.0.1:0"]).status == 64)
  }
}
