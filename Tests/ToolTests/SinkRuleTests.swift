// smtp-sink's scripted answers, seen on the wire: --reply, --rules, --seed.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: rules")
struct SinkRuleTests {
  let scratch = ScratchDirectory()

  /// What is at the end of a connection.
  private enum End: Equatable {
    case fin
    case reset
    case octets
    case nothing
  }

  private func end(_ client: TestClient) -> End {
    var piece = [UInt8](repeating: 0, count: 4096)
    let count = recv(client.descriptor, &piece, piece.count, 0)
    if count == 0 { return .fin }
    if count > 0 { return .octets }
    return errno == ECONNRESET ? .reset : .nothing
  }

  private func rejections() throws -> [JSONValue] {
    try #require(JSONValue.lines(scratch.read("e") ?? []))
      .filter { $0["event"] == .string("rejected") }
  }

  private func disconnects() throws -> [String?] {
    try #require(JSONValue.lines(scratch.read("e") ?? []))
      .filter { $0["event"] == .string("disconnect") }.map { $0["why"]?.string }
  }

  @Test(
    "close is FIN and reset is RST, without a reply, at each stage",
    arguments: ["connect", "ehlo", "mail", "rcpt", "data", ".", "bdat", "quit", "unknown", "any"],
    [false, true])
  func cut(stage: String, isReset: Bool) throws {
    let sink = try RunningTool(sink: [
      "--maildir", scratch["m"], "--events", scratch["e"],
      "--reply", "\(stage): \(isReset ? "reset" : "close")",
    ])
    let client = try sink.client()
    if stage == "connect" {
      #expect(end(client) == (isReset ? .reset : .fin))
    } else {
      _ = client.reply()
      let lines = [
        "ehlo": ["EHLO c.test"], "any": ["NOOP"], "unknown": ["XYZZY"], "quit": ["QUIT"],
        "mail": ["EHLO c.test", "MAIL FROM:<a@s.test>"],
        "rcpt": ["EHLO c.test", "MAIL FROM:<a@s.test>", "RCPT TO:<b@s.test>"],
        "data": ["EHLO c.test", "MAIL FROM:<a@s.test>", "RCPT TO:<b@s.test>", "DATA"],
        ".": ["EHLO c.test", "MAIL FROM:<a@s.test>", "RCPT TO:<b@s.test>", "DATA", "x\r\n."],
        "bdat": [
          "EHLO c.test", "MAIL FROM:<a@s.test>", "RCPT TO:<b@s.test>", "BDAT 2 LAST\r\n",
        ],
      ][stage]!
      for line in lines.dropLast() { _ = client.say(line) }
      // What is pipelined behind it is not heard, and turns no FIN into a reset.
      client.send(lines.last! + "\r\nNOOP\r\n")
      #expect(end(client) == (isReset ? .reset : .fin))
    }
    #expect(eventually { scratch.text("e").contains(#""disconnect""#) })
    #expect(try disconnects() == ["closed"])
    let rejected = try rejections()
    #expect(rejected.count == 1 && rejected[0]["rule"]?.int == 1 && rejected[0]["reply"] == nil)
    #expect(rejected[0]["stage"]?.string == (stage == "any" ? "noop" : stage))
    #expect(scratch.list("m/new").isEmpty && scratch.list("m/tmp").isEmpty)
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("stall says nothing, whatever is said, until --timeout closes")
  func stall() throws {
    let sink = try RunningTool(sink: [
      "--timeout", "400ms", "--events", scratch["e"], "--reply", "rcpt: stall",
    ])
    let client = try sink.client()
    client.open()
    _ = client.say("MAIL FROM:<a@s.test>")
    let start = ContinuousClock.now
    client.send("RCPT TO:<b@s.test>\r\n")
    usleep(100_000)
    client.send("NOOP\r\n")
    #expect(end(client) == .fin)
    #expect(ContinuousClock.now - start >= .milliseconds(400))
    #expect(eventually { scratch.text("e").contains(#""disconnect""#) })
    #expect(try disconnects() == ["closed"])
  }

  @Test("sessions that wait need no thread, and all are answered")
  func threads() throws {
    let sink = try RunningTool(sink: [
      "--reply", "connect: delay=3s 220 At last", "--reply", "noop: stall",
    ])
    let clients = try (0..<300).map { _ in try sink.client() }
    var fewest = Int.max
    let status = "/proc/\(sink.identifier)/status"
    #expect(
      eventually {
        let lines = String(decoding: ScratchDirectory.read(status) ?? [], as: UTF8.self)
          .split(separator: "\n")
        let line = lines.first { $0.hasPrefix("Threads:") }
        let count = line?.split(separator: "\t").last.flatMap { Int($0) } ?? .max
        fewest = min(fewest, count)
        return count < 40
      }, "\(fewest) threads for 300 sessions that wait")
    for client in clients { #expect(client.reply() == "220 At last") }
    for client in clients { client.send("NOOP\r\n") }
    // Neither waits for the end of its time.
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("SIGTERM does not wait for a delay, a stall or a slow reading")
  func drain() throws {
    let sink = try RunningTool(sink: [
      "--drain", "1h", "--timeout", "1h", "--maildir", scratch["m"],
      "--reply", "noop: delay=1h ok", "--reply", "rcpt to=stall@*: stall",
      "--reply", ". from=late@*: delay=1h ok", "--reply", "data from=slow@*: slow=1 ok",
    ])
    let clients = try (0..<4).map { _ in try sink.client() }
    for client in clients { client.open() }
    clients[0].send("NOOP\r\n")
    _ = clients[1].say("MAIL FROM:<a@s.test>")
    clients[1].send("RCPT TO:<stall@s.test>\r\n")
    #expect(clients[2].begin(from: "late@s.test").hasPrefix("354"))
    clients[2].send("late\r\n.\r\nQUIT\r\n")
    #expect(clients[3].begin(from: "slow@s.test").hasPrefix("354"))
    clients[3].send("slow\r\n.\r\nQUIT\r\n")
    #expect(eventually { scratch.list("m/new").count == 1 })
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == 0)
    #expect(clients[0].reply().hasPrefix("250") && clients[0].reply().hasPrefix("421 4.3.2"))
    #expect(clients[1].reply().hasPrefix("421 4.3.2"))
    for client in clients[2...] {
      #expect(client.reply().hasPrefix("250 2.0.0") && client.reply().hasPrefix("221"))
    }
    #expect(scratch.list("m/new").count == 2)
  }

  @Test("a delayed reply: what came before is there at once, what is behind comes in order")
  func order() throws {
    let sink = try RunningTool(sink: ["--reply", "rset: delay=300ms 250 Rested"])
    let client = try sink.client()
    client.open()
    let start = ContinuousClock.now
    client.send("NOOP\r\nRSET\r\nVRFY a@s.test\r\nQUIT\r\n")
    #expect(client.reply().hasPrefix("250 2.0.0"))
    #expect(client.reply() == "250 Rested")
    #expect(ContinuousClock.now - start >= .milliseconds(300))
    #expect(client.reply().hasPrefix("252"))
    #expect(client.reply().hasPrefix("221"))
  }

  @Test("drop answers 250, and nothing is stored, counted or printed")
  func drop() throws {
    let sink = try RunningTool(sink: [
      "--maildir", scratch["m"], "--events", scratch["e"], "--reply", ". to=lost@*: drop",
    ])
    let client = try sink.client()
    client.open()
    #expect(client.deliver(to: ["lost@s.test"]).hasPrefix("250"))
    #expect(client.deliver(to: ["kept@s.test"]).hasPrefix("250"))
    #expect(client.say("QUIT").hasPrefix("221"))
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == 0)
    #expect(end.text.split(separator: "\n").count == 1)
    #expect(scratch.list("m/new").count == 1 && scratch.list("m/tmp").isEmpty)
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    #expect(events.filter { $0["event"] == .string("message") }.count == 1)
    #expect(events.last?["messages"]?.int == 1)
  }

  @Test("slow reads the data at its rate, by DATA and by BDAT", arguments: ["data", "bdat"])
  func slow(stage: String) throws {
    let sink = try RunningTool(sink: ["--reply", "\(stage): slow=10k ok"])
    let client = try sink.client()
    client.open()
    let start = ContinuousClock.now
    let body = String(repeating: "0123456789012345678901234567\r\n", count: 200)
    if stage == "data" {
      #expect(client.deliver(body).hasPrefix("250"))
    } else {
      _ = client.say("MAIL FROM:<a@s.test>")
      _ = client.say("RCPT TO:<b@s.test>")
      client.send("BDAT \(body.utf8.count) LAST\r\n" + body)
      #expect(client.reply().hasPrefix("250"))
    }
    #expect(ContinuousClock.now - start >= .milliseconds(550))
  }

  @Test("the first rule that matches wins, and events name it; what is built in has no rule")
  func numbers() throws {
    scratch.write("# of the file\n\nrcpt to=c@*: 550 5.1.1 C\r\n", to: "rules")
    let sink = try RunningTool(sink: [
      "--events", scratch["e"], "--rules", scratch["rules"], "--reply", "rcpt to=a@*: 450 A",
      "--reply", "rcpt to=b@*: 250 B", "-f", "vrfy",
    ])
    let client = try sink.client()
    client.open()
    #expect(client.say("RCPT TO:<a@s.test>").hasPrefix("503 5.5.1"))
    #expect(client.say("MAIL FROM:<x@s.test>").hasPrefix("250"))
    #expect(client.say("RCPT TO:<a@s.test>") == "450 A")
    #expect(client.say("RCPT TO:<b@s.test>") == "250 B")
    #expect(client.say("RCPT TO:<c@s.test>") == "550 5.1.1 C")
    #expect(client.say("VRFY a@s.test") == "500 5.3.0 Error: command failed")
    #expect(client.say("DATA").hasPrefix("354"))
    _ = try sink.end(by: SIGTERM)
    #expect(try rejections().map { $0["rule"]?.int } == [nil, 1, 3, nil])
    #expect(
      try rejections().map { $0["reply"]?.string?.prefix(3) } == ["503", "450", "550", "500"])
  }

  @Test("the event of a message has the reply that its client got")
  func toldReply() throws {
    let sink = try RunningTool(sink: [
      "--events", scratch["e"], "--reply", ". from=dot@*: 250 2.6.0 Queued",
      "--reply", "bdat from=chunk@*: 250 Chunk",
    ])
    let client = try sink.client()
    client.open()
    for (sender, data) in [
      ("dot", "DATA\r\nx\r\n.\r\n"), ("chunk", "BDAT 2 LAST\r\n\r\n"), ("a", "BDAT 2 LAST\r\n\r\n"),
    ] {
      _ = client.say("MAIL FROM:<\(sender)@s.test>")
      _ = client.say("RCPT TO:<b@s.test>")
      client.send(data)
      if data.hasPrefix("DATA") { _ = client.reply() }
      let reply = client.reply()
      #expect(
        reply.hasPrefix(
          ["dot": "250 2.6.0 Queued", "chunk": "250 Chunk"][sender] ?? "250 2.0.0 OK: "))
      #expect(scratch.text("e").contains(#""reply":"\#(reply)""#))
    }
  }

  @Test("421 by a rule closes, and the end is told as closed")
  func goodbye() throws {
    let sink = try RunningTool(sink: ["--events", scratch["e"], "--reply", "mail: 421 4.7.0 Busy"])
    let client = try sink.client()
    client.open()
    #expect(client.say("MAIL FROM:<a@s.test>") == "421 4.7.0 Busy")
    #expect(client.isClosed)
    #expect(eventually { scratch.text("e").contains(#""disconnect""#) })
    #expect(try disconnects() == ["closed"])
  }

  @Test("greylisting: the first try of each recipient fails, the second does not")
  func greylisting() throws {
    let sink = try RunningTool(sink: ["--reply", "rcpt first=1 per=to: 451 4.7.1 Later"])
    for expected in ["451", "250"] {
      let client = try sink.client()
      client.open()
      _ = client.say("MAIL FROM:<a@s.test>")
      #expect(client.say("RCPT TO:<b@s.test>").hasPrefix(expected))
      #expect(client.say("RCPT TO:<c@s.test>").hasPrefix(expected))
    }
  }

  @Test("conditions see the client, the name it gave, its login and the size")
  func facts() throws {
    let sink = try RunningTool(sink: [
      "--auth-any", "--auth-plaintext", "--reply", "ehlo helo=bad.*: 550 Name",
      "--reply", "noop client=127.0.0.0/8 auth=yes user=eve: 550 Eve",
      "--reply", "auth user=mallory: 454 4.7.0 Not you", "--reply", "mail size>1000: 552 Large",
      "--reply", ". size>5: 552 5.3.4 Larger", "--reply", "noop client=10.0.0.0/8: 550 Far",
      "--reply", "connect client=127.0.0.1: 220 Hello you",
    ])
    let client = try sink.client()
    #expect(client.reply() == "220 Hello you")
    #expect(client.say("EHLO bad.test") == "550 Name")
    #expect(client.say("EHLO c.test").hasPrefix("250-"))
    #expect(client.say("NOOP").hasPrefix("250"))
    // \0mallory\0x and \0eve\0x
    #expect(client.say("AUTH PLAIN AG1hbGxvcnkAeA==") == "454 4.7.0 Not you")
    #expect(client.say("AUTH PLAIN AGV2ZQB4").hasPrefix("235"))
    #expect(client.say("NOOP") == "550 Eve")
    #expect(client.say("MAIL FROM:<a@s.test> SIZE=1001") == "552 Large")
    #expect(client.deliver("12345\r\n") == "552 5.3.4 Larger")
    #expect(client.deliver("123\r\n").hasPrefix("250"))
  }

  @Test("under LMTP each recipient is asked about: refused, dropped, late, stored")
  func lmtp() throws {
    let sink = try RunningTool(sink: [
      "--lmtp", "--maildir", scratch["m"], "--events", scratch["e"],
      "--reply", ". to=full@*: 452 4.2.2 Full", "--reply", ". to=lost@*: drop",
      "--reply", ". to=late@*: delay=200ms 250 Late", "--reply", ". to=cut@*: close",
      "--reply", "lhlo helo=bad: 550 Name",
    ])
    let client = try sink.client()
    #expect(client.open("LHLO bad") == "550 Name")
    _ = client.say("LHLO c.test")
    let start = ContinuousClock.now
    let names = ["full@s.test", "lost@s.test", "late@s.test", "good@s.test"]
    #expect(client.deliver(to: names) == "452 4.2.2 Full")
    #expect(client.reply().hasPrefix("250 2.0.0"))
    #expect(client.reply() == "250 Late" && ContinuousClock.now - start >= .milliseconds(200))
    #expect(client.reply().hasPrefix("250 2.0.0"))
    #expect(scratch.list("m/new").count == 1)
    #expect(client.begin(to: ["good@s.test", "cut@s.test"]).hasPrefix("354"))
    client.send("x\r\n.\r\n")
    #expect(end(client) == .fin)
    #expect(try sink.end(by: SIGTERM).status == 0)
    #expect(scratch.list("m/new").count == 1)
    #expect(try rejections().map { $0["rule"]?.int } == [5, 1, 4])
  }

  @Test("a recipient refused after the data is in no store: Maildir, mbox, dump, --exec, headers")
  func lmtpStores() throws {
    let sink = try RunningTool(sink: [
      "--lmtp", "--maildir", scratch["m"], "--split", "recipient", "--mbox", scratch["box"],
      "--dump", scratch["d/"], "--envelope-headers", "--events", scratch["e"],
      "--exec", "sh -c 'echo $SMTP_RECIPIENTS >> \(scratch["to"])'",
      "--expect", "count=0 to=no@s.test", "--reply", ". to=no@s.test: 550 5.1.1 No",
    ])
    let client = try sink.client()
    _ = client.open("LHLO c.test")
    #expect(client.deliver(to: ["no@s.test", "yes@s.test"]) == "550 5.1.1 No")
    #expect(client.reply().hasPrefix("250 2.0.0"))
    #expect(client.deliver(to: ["no@s.test"]) == "550 5.1.1 No")
    #expect(client.code("QUIT") == "221 2.0.0")
    let result = try sink.end(by: SIGTERM)
    #expect(result.status == 0)
    #expect(result.text.split(separator: "\n").count == 1)
    #expect(scratch.list("m") == ["yes@s.test"] && scratch.messages("m/yes@s.test").count == 1)
    #expect(scratch.text("to") == "yes@s.test\n")
    #expect(scratch.list("d").count == 1)
    let dump = scratch.text("d/\(scratch.list("d").first ?? "")")
    for text in [scratch.text("box"), dump, scratch.text("e")] {
      #expect(text.contains("yes@s.test"))
      #expect(!text.contains("no@s.test"))
    }
  }

  @Test("the same seed draws the same odds, another one others")
  func seed() throws {
    func answers(_ seed: String) throws -> String {
      let sink = try RunningTool(sink: ["--seed", seed, "--reply", "noop odds=50%: 450 No"])
      let client = try sink.client()
      client.open()
      return (0..<40).map { _ in client.say("NOOP").hasPrefix("450") ? "x" : "." }.joined()
    }
    let first = try answers("7")
    #expect(first.contains("x") && first.contains("."))
    #expect(try answers("7") == first)
    #expect(try answers("8") != first)
  }

  // MARK: - The file

  @Test("SIGHUP reads the rules again; a bad file changes nothing and is told on stderr")
  func reload() throws {
    scratch.write("noop: 450 One\n", to: "rules")
    let sink = try RunningTool(sink: ["--rules", scratch["rules"]])
    let client = try sink.client()
    client.open()
    #expect(client.say("NOOP") == "450 One")
    scratch.write("noop: 450 Two\nrset: 450 Reset\n", to: "rules")
    sink.signal(SIGHUP)
    #expect(eventually { client.say("NOOP") == "450 Two" })
    #expect(client.say("RSET") == "450 Reset")
    scratch.write("noop: 450 Three\nrcpt tu=x: 450 No\n", to: "rules")
    sink.signal(SIGHUP)
    #expect(eventually { sink.errorsSoFar.contains("rules as before: ") })
    #expect(sink.errorsSoFar.contains("\(scratch["rules"]):2:6: "))
    #expect(client.say("NOOP") == "450 Two")
    unlink(scratch["rules"])
    sink.signal(SIGHUP)
    #expect(eventually { sink.errorsSoFar.contains("No such file") })
    #expect(client.say("RSET") == "450 Reset")
    scratch.write("", to: "rules")
    sink.signal(SIGHUP)
    #expect(eventually { client.say("NOOP").hasPrefix("250") })
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("a bad rule is 65, with its place; a file that is not there 66")
  func badRules() throws {
    let option = try RunningTool.run(["--reply", "rcpt: 600 No", "127.0.0.1:0"])
    #expect(option.status == 65)
    #expect(option.errors.contains("--reply 'rcpt: 600 No', column 7: "))
    scratch.write("noop: ok\n  rcpt: 450 x\nmail to=x: 450 No\n", to: "rules")
    let file = try RunningTool.run(["--rules", scratch["rules"], "127.0.0.1:0"])
    #expect(file.status == 65)
    #expect(file.errors.hasPrefix("smtp-sink: \(scratch["rules"]):3:6: "))
    let missing = try RunningTool.run(["--rules", scratch["none"], "127.0.0.1:0"])
    #expect(missing.status == 66)
    for end in [option, file, missing] {
      #expect(end.errorLines.count == 2 && end.output.isEmpty, "\(end.errors)")
    }
  }
}
