// The events of smtp-sink: which there are, when, and their keys, which are never renamed.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: events")
struct SinkEventTests {
  let scratch = ScratchDirectory()

  /// Starts a sink with events in a file, has `talk` talk to it, ends it, and gives the events.
  private func events(
    _ arguments: [String] = [], _ talk: (RunningTool) throws -> Void
  ) throws -> [JSONValue] {
    let sink = try RunningTool(sink: ["--events", scratch["events"]] + arguments)
    try talk(sink)
    _ = try sink.end(by: SIGTERM)
    return try #require(JSONValue.lines(scratch.read("events") ?? []), "no JSON Lines")
  }

  private func named(_ name: String, _ events: [JSONValue]) -> [JSONValue] {
    events.filter { $0["event"]?.string == name }
  }

  @Test("a session's events come in order, with their keys")
  func session() throws {
    var port: UInt16 = 0
    let events = try events { sink in
      port = try sink.port
      let client = try sink.client()
      client.open()
      client.deliver()
      #expect(client.say("QUIT").hasPrefix("221"))
      #expect(client.isClosed)
    }
    let names = events.map { $0["event"]?.string }
    #expect(names == ["listening", "connect", "message", "disconnect", "summary"])
    #expect(events[0].keys == ["event", "time", "address", "port"])
    #expect(events[0]["address"] == .string("127.0.0.1"))
    #expect(events[0]["port"]?.int == Int(port))
    #expect(events[1].keys == ["event", "time", "session", "client"])
    #expect(events[1]["client"]?.keys == ["addr", "port"])
    #expect(events[1]["client"]?["addr"] == .string("127.0.0.1"))
    #expect(
      events[3].keys == [
        "event", "time", "session", "messages", "commands", "bytes_in", "bytes_out", "why",
      ])
    #expect(events[3]["messages"]?.int == 1)
    #expect(events[3]["commands"]?.int == 5)
    #expect(events[3]["why"] == .string("quit"))
    #expect(
      events[4].keys == [
        "event", "time", "messages", "sessions", "rejected", "aborted", "errors", "seconds",
      ])
    #expect(events[4]["messages"]?.int == 1)
    #expect(events[4]["sessions"]?.int == 1)
    for event in events[1...3] { #expect(event["session"]?.int == 1) }
    for event in events {
      let time = Array(event["time"]?.string?.utf8 ?? "".utf8)
      let shape = time.map { (0x30...0x39).contains($0) ? UInt8(ascii: "0") : $0 }
      #expect(String(decoding: shape, as: UTF8.self) == "0000-00-00T00:00:00.000Z")
    }
  }

  @Test("a message's event says all there is to say")
  func message() throws {
    var reply = ""
    let events = try events(["--maildir", scratch["m"]]) { sink in
      let client = try sink.client()
      client.open("EHLO \u{7F}client")
      _ = client.say("EHLO client.test")
      _ = client.say(#"MAIL FROM:<@relay:"a b"@s.test> SIZE=20 BODY=8BITMIME SMTPUTF8 ENVID=q+20r"#)
      _ = client.say("RCPT TO:<\"b\"@s.test> NOTIFY=NEVER ORCPT=rfc822;B@s.test")
      _ = client.say("RCPT TO:<jörg@s.test>")
      _ = client.say("DATA")
      reply = client.say(
        "Subject: =?utf-8?Q?caf=C3=A9?=\r\nMessage-ID: <1@s.test>\r\n\r\né \"\\\r\n..x\r\n.")
    }
    let message = try #require(named("message", events).first)
    #expect(
      message.keys == [
        "event", "time", "session", "n", "id", "client", "from", "from_raw", "from_params", "to",
        "size", "lines", "sha256", "body", "smtputf8", "path", "message_id", "subject", "reply",
      ])
    #expect(message["n"]?.int == 1)
    #expect(message["client"]?.keys == ["addr", "port", "helo", "proto"])
    #expect(message["client"]?["helo"] == .string("client.test"))
    #expect(message["client"]?["proto"] == .string("UTF8SMTP"))
    #expect(message["from"] == .string(#""a b"@s.test"#))
    #expect(message["from_raw"] == .string(#"@relay:"a b"@s.test"#))
    #expect(message["from_params"]?.keys == ["SIZE", "BODY", "SMTPUTF8", "ENVID"])
    #expect(message["from_params"]?["ENVID"] == .string("q+20r"))
    #expect(message["to"]?[0]?.keys == ["addr", "raw", "params"])
    #expect(message["to"]?[0]?["addr"] == .string("b@s.test"))
    #expect(message["to"]?[0]?["raw"] == .string(#""b"@s.test"#))
    #expect(message["to"]?[0]?["params"]?.keys == ["NOTIFY", "ORCPT"])
    #expect(message["to"]?[1]?.keys == ["addr", "raw"])
    #expect(message["to"]?[1]?["addr"] == .string("jörg@s.test"))
    #expect(message["size"]?.int == 69)
    #expect(message["lines"]?.int == 5)
    // Of the octets received, the stuffed dot removed: printf ... | sha256sum.
    #expect(
      message["sha256"]
        == .string("40c3e1438a19d0610c818ab8b23afdc8a6ebc09ec228ca941cef7d07d754cb8a"))
    #expect(message["body"] == .string("8BITMIME"))
    #expect(message["smtputf8"] == .bool(true))
    let path = try #require(message["path"]?.string)
    #expect(path == "\(scratch["m"])/new/\(scratch.list("m/new").first ?? "")")
    #expect(message["message_id"] == .string("<1@s.test>"))
    #expect(message["subject"] == .string("café"))
    #expect(message["reply"]?.string == reply)
    #expect(reply.hasSuffix(message["id"]?.string ?? "none"))
  }

  @Test("a key without a value is left out, and the null sender is a value")
  func bareMessage() throws {
    let events = try events { sink in
      let client = try sink.client()
      client.open("HELO c")
      client.deliver("x\r\n", from: "")
    }
    let message = try #require(named("message", events).first)
    #expect(
      message.keys == [
        "event", "time", "session", "n", "id", "client", "from", "from_raw", "to", "size", "lines",
        "sha256", "smtputf8", "reply",
      ])
    #expect(message["from"] == .string(""))
    #expect(message["from_raw"] == .string(""))
    #expect(message["client"]?["proto"] == .string("SMTP"))
  }

  @Test("refusals, bare newlines and messages cut off have events of their own")
  func trouble() throws {
    let events = try events { sink in
      let client = try sink.client()
      client.open()
      #expect(client.code("FOO\u{1B}\t\"") == "500 5.5.1")
      #expect(client.code("MAIL FROM:<a@") == "553 5.1.3")
      #expect(client.deliver("a\n.\r\nb\r\n").hasPrefix("550 5.5.2"))
      client.begin()
      client.send("half of it\r\n")
      client.halfClose()
      #expect(client.isClosed)
    }
    let rejected = named("rejected", events)
    #expect(rejected.map { $0["stage"]?.string } == ["unknown", "mail", "."])
    #expect(rejected[0].keys == ["event", "time", "session", "stage", "command", "reply"])
    #expect(rejected[0]["command"] == .string(#"FOO\x1B\t""#))
    #expect(rejected[0]["reply"]?.string?.hasPrefix("500 5.5.1 ") == true)
    #expect(rejected[2].keys == ["event", "time", "session", "stage", "reply"])
    let smuggling = named("smuggling", events)
    #expect(smuggling.count == 1)
    #expect(smuggling[0].keys == ["event", "time", "session", "sequence", "offset", "action"])
    #expect(smuggling[0]["sequence"] == .string("LF.CRLF"))
    #expect(smuggling[0]["offset"]?.int != nil)
    #expect(smuggling[0]["action"] == .string("reject"))
    let aborted = named("aborted", events)
    #expect(aborted.count == 1)
    #expect(aborted[0].keys == ["event", "time", "session", "stage", "bytes", "why"])
    #expect(aborted[0]["stage"] == .string("data"))
    #expect(aborted[0]["bytes"]?.int == 12)
    #expect(aborted[0]["why"] == .string("eof"))
    let summary = try #require(events.last)
    #expect(summary["rejected"]?.int == 3)
    #expect(summary["aborted"]?.int == 1)
    #expect(summary["errors"]?.int == 0)
  }

  @Test("octets that are no text are escaped, and can be had back")
  func binary() throws {
    let events = try events(["--bare-newline", "accept"]) { sink in
      let client = try sink.client()
      client.open()
      _ = client.say("MAIL FROM:<a@s.test> BODY=8BITMIME")
      _ = client.say("RCPT TO:<b@s.test>")
      _ = client.say("DATA")
      client.send(Array("Subject: \\ ".utf8) + [0xFF, 0x00, 0x7F, 0xC3] + Array("\r\n.\r\n".utf8))
      #expect(client.reply().hasPrefix("250"))
      client.send([0xFE, 0x01] + Array("\r\n".utf8))
      #expect(client.reply().hasPrefix("500"))
    }
    #expect(named("message", events).first?["subject"]?.string?.hasPrefix("\\ ") == true)
    #expect(named("rejected", events).first?["command"] == .string(#"\xFE\x01"#))
  }

  @Test("events go to a descriptor, which neither COMMAND nor --exec gets")
  func descriptor() throws {
    let pipe = TestPipe()
    let sink = try RunningTool(
      sink: ["--events", "fd:5"], command: ["sh", "-c", "ls -l /proc/self/fd"],
      descriptors: [5: pipe.writer])
    close(pipe.writer)
    let octets = readToEnd(pipe.reader)
    close(pipe.reader)
    let end = try sink.end()
    #expect(end.status == 0)
    #expect(!end.text.contains(" 5 -> "))
    let events = try #require(JSONValue.lines(octets))
    #expect(events.map { $0["event"]?.string } == ["listening", "summary"])
  }

  @Test("--json puts the events on stdout, beside a file if both are asked for")
  func standardOutput() throws {
    let sink = try RunningTool(sink: ["--json", "--events", scratch["events"]])
    let client = try sink.client()
    client.open()
    client.deliver()
    let end = try sink.end(by: SIGTERM)
    #expect(JSONValue.lines(end.output)?.count == 5)
    #expect(scratch.read("events") == end.output)
  }

  @Test("a file of events is appended to, and readable by its owner alone")
  func appended() throws {
    scratch.write("{\"event\":\"before\"}\n", to: "old")
    for name in ["old", "new"] {
      _ = try RunningTool.run(["--events", scratch[name], "--wait", "0", "127.0.0.1:0"])
    }
    #expect(JSONValue.lines(scratch.read("old") ?? [])?.count == 3)
    var status = stat()
    #expect(stat(scratch["new"], &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("a client that connects by IPv4 to a socket for both families has its IPv4 address")
  func mappedAddress() throws {
    let sink = try RunningTool(
      sink: ["--events", scratch["events"], "--expect", "client=127.0.0.1"], at: [":0"])
    let client = try sink.client()
    client.open()
    client.deliver()
    #expect(try sink.end(by: SIGTERM).status == 0)
    let events = try #require(JSONValue.lines(scratch.read("events") ?? []))
    #expect(named("connect", events).first?["client"]?["addr"] == .string("127.0.0.1"))
  }
}
