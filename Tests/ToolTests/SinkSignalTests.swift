// smtp-sink and signals: drain, hurry, reload, and a stdout that nobody reads.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: signals")
struct SinkSignalTests {
  let scratch = ScratchDirectory()

  @Test("SIGTERM and SIGINT tell idle clients 421 4.3.2, and end with 0", arguments: [15, 2])
  func idle(number: Int32) throws {
    let sink = try RunningTool(sink: ["--drain", "1h"])
    let client = try sink.client()
    client.open()
    sink.signal(number)
    #expect(client.reply().hasPrefix("421 4.3.2 "))
    #expect(client.isClosed)
    #expect(try sink.end().status == 0)
  }

  @Test("a transaction ends first, and its client can still say QUIT")
  func transaction() throws {
    let sink = try RunningTool(sink: ["--drain", "1h", "--maildir", scratch["m"]])
    let (idle, client) = (try sink.client(), try sink.client())
    idle.open()
    client.open()
    #expect(client.begin().hasPrefix("354"))
    sink.signal(SIGTERM)
    #expect(idle.reply().hasPrefix("421 4.3.2 "))
    #expect(eventually { (try? TestClient(port: sink.port)) == nil })
    #expect(client.say("late\r\n.").hasPrefix("250"))
    #expect(client.say("QUIT").hasPrefix("221"))
    #expect(try sink.end().status == 0)
    #expect(scratch.messages("m") == [Array("late\n".utf8)])
  }

  @Test("a transaction that does not end within --drain is cut: 421, 128+15, and nothing is left")
  func cut() throws {
    let sink = try RunningTool(
      sink: ["--drain", "100ms", "--maildir", scratch["m"], "--events", scratch["e"]])
    let client = try sink.client()
    client.open()
    #expect(client.begin().hasPrefix("354"))
    // More than stays in memory.
    client.send(String(repeating: "x\r\n", count: 100_000))
    #expect(eventually { !scratch.list("m/tmp").isEmpty })
    sink.signal(SIGTERM)
    #expect(client.reply().hasPrefix("421 4.3.2 "))
    #expect(try sink.end().status == 128 + SIGTERM)
    #expect(scratch.list("m/tmp").isEmpty)
    #expect(scratch.list("m/new").isEmpty)
    #expect(scratch.text("e").contains(#""why":"drain"#))
  }

  @Test("an --exec that does not end within --drain is killed, and its message is nowhere")
  func cutCommand() throws {
    let sink = try RunningTool(
      sink: [
        "--drain", "100ms", "--maildir", scratch["m"],
        "--exec", "sh -c 'echo $$ > \(scratch["pid"]); sleep 300'",
      ])
    let client = try sink.client()
    client.open()
    #expect(client.begin().hasPrefix("354"))
    client.send("x\r\n.\r\n")
    #expect(eventually { scratch.text("pid").hasSuffix("\n") })
    let start = ContinuousClock.now
    sink.signal(SIGTERM)
    #expect(client.reply().hasPrefix("451 4.3.0 "))
    #expect(try sink.end().status == 128 + SIGTERM)
    #expect(ContinuousClock.now - start < .seconds(3))
    #expect(scratch.list("m/tmp").isEmpty && scratch.list("m/new").isEmpty)
    let child = try #require(Int32(scratch.text("pid").dropLast()))
    #expect(kill(child, 0) == -1)
  }

  @Test("a client that never stops sending is cut as well", arguments: ["x\r\n", "NOOP\r\n"])
  func chatty(line: String) throws {
    let sink = try RunningTool(sink: ["--drain", "100ms", "--maildir", scratch["m"], "--size", "0"])
    let client = try sink.client()
    client.open()
    let isData = line == "x\r\n"
    if isData { #expect(client.begin().hasPrefix("354")) }
    let descriptor = client.descriptor
    let octets = Array(String(repeating: line, count: 10_000).utf8)
    let sender = startThread {
      var piece = [UInt8](repeating: 0, count: 65_536)
      while send(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL)) > 0 {
        while !isData, recv(descriptor, &piece, piece.count, Int32(MSG_DONTWAIT)) > 0 {}
      }
    }
    if isData { #expect(eventually { !scratch.list("m/tmp").isEmpty }) }
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == (isData ? 128 + SIGTERM : 0))
    #expect(scratch.list("m/tmp").isEmpty)
    pthread_join(sender, nil)
  }

  @Test("a client that is told 421 and does not hang up is no transaction")
  func lingering() throws {
    let sink = try RunningTool(sink: ["--drain", "0"])
    let client = try sink.client()
    client.open()
    client.deliver()
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("a second signal ends everything at once")
  func second() throws {
    let sink = try RunningTool(sink: ["--drain", "1h"])
    let (idle, client) = (try sink.client(), try sink.client())
    idle.open()
    client.open()
    client.begin()
    sink.signal(SIGTERM)
    #expect(idle.reply().hasPrefix("421"))
    #expect(try sink.end(by: SIGINT).status == 128 + SIGINT)
  }

  @Test("a stdout that nobody reads does not keep signals from being heard")
  func stuckOutput() throws {
    for option in ["--print=line", "--json"] {
      let pipe = TestPipe()
      let sink = try RunningTool(
        sink: [option, "--count", "1", "--drain", "1h"], output: pipe.writer)
      let client = try sink.client()
      client.open()
      client.begin()
      // No room is left for the next record.
      _ = fcntl(pipe.writer, F_SETFL, O_NONBLOCK)
      let piece = [UInt8](repeating: 0, count: 4096)
      while write(pipe.writer, piece, piece.count) > 0 {}
      while write(pipe.writer, piece, 1) > 0 {}
      _ = fcntl(pipe.writer, F_SETFL, 0)
      client.send("x\r\n.\r\n")
      sink.signal(SIGTERM)
      // Heard when nobody is let in any more.
      #expect(eventually { (try? TestClient(port: sink.port)) == nil })
      #expect(try sink.end(by: SIGTERM).status == 128 + SIGTERM)
      close(pipe.reader)
      close(pipe.writer)
    }
  }

  @Test("SIGHUP does no harm, and SIGUSR1 asks for a summary")
  func harmless() throws {
    let sink = try RunningTool(sink: ["--events", scratch["e"]])
    let client = try sink.client()
    client.open()
    sink.signal(SIGHUP)
    client.deliver()
    sink.signal(SIGUSR1)
    #expect(eventually { scratch.text("e").contains(#""summary""#) })
    #expect(client.deliver().hasPrefix("250"))
    #expect(client.say("QUIT").hasPrefix("221"))
    #expect(try sink.end(by: SIGTERM).status == 0)
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    let summaries = events.filter { $0["event"] == .string("summary") }
    #expect(summaries.map { $0["messages"]?.int } == [1, 2])
  }

  @Test("a unix socket is gone when its sink is")
  func socketRemoved() throws {
    for _ in 0..<5 {
      let sink = try RunningTool(sink: [], at: ["unix:\(scratch["s"])"])
      #expect(scratch.list("").contains("s"))
      #expect(try sink.end(by: SIGTERM).status == 0)
      #expect(scratch.list("").isEmpty)
    }
  }
}
