import Glibc
import MailProtocols
import Testing

@testable import MailIO

/// Hears what a driver tells, as words.
private final class Recorder: SMTPMessageReceiver, SMTPServerPolicy {
  private let entries = Guarded<[String]>([])
  var log: [String] { entries.withLock { $0 } }
  private func note(_ entry: String) { entries.withLock { $0.append(entry) } }
  var content: [UInt8] = []
  var reply = SMTPReply.stored(id: "1")
  /// Decisions about NOOP, DATA and the end of the data.
  let decisions: [String: SMTPDecision]

  init(_ decisions: [String: SMTPDecision]) { self.decisions = decisions }

  func noop(_ state: SMTPSessionState) -> SMTPDecision { decisions["noop"] ?? .accept }
  func data(_ state: SMTPSessionState) -> SMTPDecision { decisions["data"] ?? .accept }
  func endOfData(byteCount: Int, _ state: SMTPSessionState) -> SMTPDecision {
    decisions["."] ?? .accept
  }

  func beginMessage(_ state: SMTPSessionState) { note("begin") }
  func append(_ octets: Span<UInt8>) {
    for index in 0..<octets.count { content.append(octets[index]) }
  }
  func endMessage(_ state: SMTPSessionState) -> SMTPReply {
    note("end")
    return reply
  }
  func discardMessage() { note("discard") }
  func messageAborted(stage: String, byteCount: Int, why: SMTPSessionEnd.Cause) {
    note("aborted \(stage) \(byteCount) \(why.rawValue)")
  }
  func tlsStarted(_ facts: TLSFacts, bindings: [SASLChannelBinding]) { note("tls") }
  func connectionFailed(_ error: ConnectionError) {}
  func sending(_ output: Span<UInt8>) {}
}

/// A driver on a thread of its own, and the client's end.
private final class Dialogue: @unchecked Sendable {
  let peer: Peer
  let drain: Interrupt
  let abort: Interrupt
  let recorder: Recorder
  private let ended: Interrupt
  private let result = Guarded<SMTPSessionEnd?>(nil)

  init(
    silence: Duration = .seconds(30), bareNewlines: BareNewlinePolicy = .reject,
    reply: SMTPReply? = nil, decisions: [String: SMTPDecision] = [:]
  ) throws {
    recorder = Recorder(decisions)
    let (connection, peer) = Peer.pair()
    self.peer = peer
    drain = try Interrupt()
    abort = try Interrupt()
    ended = try Interrupt()
    if let reply { recorder.reply = reply }
    var configuration = SMTPServerConfiguration(hostname: "mx.test", greeting: "ESMTP")
    configuration.bareNewlines = bareNewlines
    let timing = SMTPServerTiming(silence: silence, drain: drain, abort: abort)
    nonisolated(unsafe) let socket = connection
    let set = configuration
    try SessionThread.start { [self] in
      let driver = SMTPServerDriver(
        setup: SMTPServerSetup(set), policy: recorder, receiver: recorder, connection: socket,
        timing: timing)
      let end = driver.run()
      result.withLock { $0 = end }
      ended.raise()
      // The driver's thread was the last to touch the socket, but not the last to hold it.
      shutdown(peer.descriptor, Int32(SHUT_RDWR))
    }
  }

  /// How it ended, and what was told until then.
  func end() throws -> (cause: SMTPSessionEnd.Cause, log: [String]) {
    try #require(ended.wait(until: patience))
    return (try #require(result.withLock { $0 }).cause, recorder.log)
  }

  /// Greeting and EHLO.
  func open() {
    _ = peer.receive()
    peer.send("EHLO c\r\n")
    _ = peer.receive()
  }

  /// MAIL, RCPT and the start of the content, up to where it is asked for.
  func begin() {
    open()
    peer.send("MAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\nDATA\r\n")
    _ = peer.receive()
  }
}

@Suite("SMTP server driver")
struct SMTPServerDriverTests {
  @Test("a pipelined group is answered in one write")
  func pipelined() throws {
    let dialogue = try Dialogue()
    #expect(dialogue.peer.receive() == "220 mx.test ESMTP\r\n")
    dialogue.peer.send("EHLO c\r\n")
    #expect(dialogue.peer.receive().hasSuffix("250 HELP\r\n"))
    dialogue.peer.send(
      "MAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\nRCPT TO:<c@s.test>\r\nNOOP\r\nDATA\r\n")
    let replies = dialogue.peer.receive()
    #expect(
      replies.split(separator: "\r\n").map { $0.prefix(3) } == ["250", "250", "250", "250", "354"])
    dialogue.peer.send("x\r\n.\r\nRSET\r\nQUIT\r\n")
    #expect(
      dialogue.peer.receive().split(separator: "\r\n").map { $0.prefix(3) } == [
        "250", "250", "221",
      ])
    #expect(try dialogue.end() == (.quit, ["begin", "end"]))
    #expect(dialogue.recorder.content == Array("x\r\n".utf8))
  }

  @Test("silence is 421 4.4.2, between commands and inside DATA")
  func silence() throws {
    let idle = try Dialogue(silence: .milliseconds(150))
    idle.open()
    #expect(idle.peer.rest().hasPrefix("421 4.4.2 "))
    #expect(try idle.end() == (.timeout, []))
    let data = try Dialogue(silence: .milliseconds(150))
    data.begin()
    data.peer.send("half\r\n")
    #expect(data.peer.rest().hasPrefix("421 4.4.2 "))
    #expect(try data.end() == (.timeout, ["begin", "discard", "aborted data 6 timeout"]))
  }

  @Test("a client that never reads is given up, and told nothing in the middle of a reply")
  func neverReads() throws {
    let dialogue = try Dialogue(silence: .milliseconds(300))
    let commands = String(repeating: "NOOP\r\n", count: 10_000)
    while dialogue.peer.send(commands) {}
    #expect(try dialogue.end().cause == .timeout)
  }

  @Test(
    "a client that is gone inside a message: discarded once, told once",
    arguments: [
      ("DATA\r\nhalf\r\n", ["begin", "discard", "aborted data 6 eof"]),
      ("BDAT 100\r\nhalf\r\n", ["begin", "discard", "aborted bdat 6 eof"]),
      ("BDAT 6\r\nhalf\r\n", ["begin", "discard", "aborted bdat 6 eof"]),
      // Refused already, and thrown away when that was known.
      ("DATA\r\na\nb\r\nhalf\r\n", ["begin", "discard", "aborted data 11 eof"]),
      ("DATA\r\nx\r\n.\r\n", ["begin", "end"]), ("RSET\r\n", []),
    ] as [(String, [String])])
  func gone(text: String, log: [String]) throws {
    let dialogue = try Dialogue()
    dialogue.open()
    dialogue.peer.send("MAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\n" + text)
    dialogue.peer.halfClose()
    _ = dialogue.peer.rest()
    #expect(try dialogue.end() == (.eof, log))
  }

  @Test("QUIT between two chunks cuts the message")
  func quitInMessage() throws {
    let dialogue = try Dialogue()
    dialogue.open()
    dialogue.peer.send(
      "MAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\nBDAT 6\r\nhalf\r\nQUIT\r\n")
    #expect(dialogue.peer.rest().hasSuffix("221 2.0.0 Bye\r\n"))
    #expect(try dialogue.end() == (.quit, ["begin", "discard", "aborted bdat 6 quit"]))
  }

  @Test("drain: an idle session is told 421 4.3.2")
  func drainIdle() throws {
    let dialogue = try Dialogue()
    dialogue.open()
    dialogue.drain.raise()
    #expect(dialogue.peer.receive().hasPrefix("421 4.3.2 "))
    dialogue.peer.halfClose()
    #expect(try dialogue.end() == (.drain, []))
  }

  @Test("drain: a transaction ends first, and QUIT behind it is answered")
  func drainBusy() throws {
    let dialogue = try Dialogue()
    dialogue.begin()
    dialogue.drain.raise()
    dialogue.peer.send("x\r\n.\r\n")
    #expect(dialogue.peer.receive().hasPrefix("250 2.0.0 "))
    dialogue.peer.send("QUIT\r\n")
    #expect(dialogue.peer.rest().hasPrefix("221 "))
    #expect(try dialogue.end() == (.quit, ["begin", "end"]))
  }

  @Test("abort: a transaction is cut, and what came of it thrown away")
  func abort() throws {
    let dialogue = try Dialogue()
    dialogue.begin()
    dialogue.peer.send("half\r\n")
    while dialogue.recorder.log.isEmpty { usleep(1000) }
    dialogue.abort.raise()
    #expect(dialogue.peer.receive().hasPrefix("421 4.3.2 "))
    dialogue.peer.halfClose()
    let (cause, log) = try dialogue.end()
    #expect(cause == .drain)
    #expect(log.first == "begin" && log.contains("discard") && log.count == 3)
  }

  @Test("behind 421 to a message nothing more is said")
  func lastReply() throws {
    let dialogue = try Dialogue(reply: .shuttingDown)
    dialogue.begin()
    dialogue.drain.raise()
    dialogue.peer.send("x\r\n.\r\nNOOP\r\n")
    dialogue.peer.halfClose()
    #expect(dialogue.peer.rest().split(separator: "\r\n").count == 1)
    #expect(try dialogue.end() == (.drain, ["begin", "end"]))
  }

  // MARK: - What a policy may do

  @Test("a delay holds up its reply and all behind it, not what came before")
  func delay() throws {
    let dialogue = try Dialogue(
      silence: .milliseconds(50),
      decisions: ["noop": SMTPDecision(.usual, delay: .milliseconds(300))])
    let start = ContinuousClock.now
    dialogue.open()
    dialogue.peer.send("VRFY a@s.test\r\nNOOP\r\nNOOP\r\nHELP\r\nQUIT\r\n")
    #expect(dialogue.peer.receive().hasPrefix("252 "))
    // Our own silence is not the client's: the time-out does not strike.
    let codes = dialogue.peer.rest().split(separator: "\r\n").map { $0.prefix(3) }
    #expect(codes == ["250", "250", "250", "221"])
    #expect(ContinuousClock.now - start >= .milliseconds(600))
    #expect(try dialogue.end().cause == .quit)
  }

  @Test("octets behind a delayed command wait for it, content among them")
  func delayedContent() throws {
    let dialogue = try Dialogue(decisions: [
      "data": SMTPDecision(.usual, delay: .milliseconds(100)),
      ".": SMTPDecision(.usual, delay: .milliseconds(100)),
    ])
    dialogue.open()
    dialogue.peer.send(
      "MAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\nDATA\r\none\r\n.\r\n"
        + "MAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\nBDAT 5 LAST\r\ntwo\r\nQUIT\r\n")
    let codes = dialogue.peer.rest().split(separator: "\r\n").map { $0.prefix(3) }
    #expect(codes == ["250", "250", "354", "250", "250", "250", "250", "221"])
    #expect(try dialogue.end() == (.quit, ["begin", "end", "begin", "end"]))
    #expect(dialogue.recorder.content == Array("one\r\ntwo\r\n".utf8))
  }

  @Test("drain ends a delay at once: the reply comes, then 421")
  func drainDelay() throws {
    let dialogue = try Dialogue(decisions: ["noop": SMTPDecision(.usual, delay: .seconds(3600))])
    dialogue.open()
    dialogue.peer.send("VRFY a@s.test\r\nNOOP\r\n")
    #expect(dialogue.peer.receive().hasPrefix("252 "))
    dialogue.drain.raise()
    let text = dialogue.peer.receive() + dialogue.peer.receive()
    #expect(text.hasPrefix("250 2.0.0 OK\r\n421 4.3.2 "))
    dialogue.peer.halfClose()
    #expect(try dialogue.end().cause == .drain)
  }

  @Test("a delay at the end of the data does not put off the drain: 250, and QUIT is answered")
  func drainDelayedMessage() throws {
    let dialogue = try Dialogue(decisions: [".": SMTPDecision(.usual, delay: .seconds(3600))])
    dialogue.begin()
    dialogue.peer.send("x\r\n.\r\n")
    while dialogue.recorder.log.count < 2 { usleep(1000) }
    dialogue.drain.raise()
    #expect(dialogue.peer.receive().hasPrefix("250 2.0.0 "))
    dialogue.peer.send("QUIT\r\n")
    #expect(dialogue.peer.rest().hasPrefix("221 "))
    #expect(try dialogue.end() == (.quit, ["begin", "end"]))
  }

  @Test("stall says nothing until the time-out, whatever the client says, and then closes")
  func stall() throws {
    let dialogue = try Dialogue(
      silence: .milliseconds(300), decisions: ["noop": SMTPDecision(.stall)])
    dialogue.open()
    let start = ContinuousClock.now
    dialogue.peer.send("VRFY a@s.test\r\nNOOP\r\nQUIT\r\n")
    #expect(dialogue.peer.receive().hasPrefix("252 "))
    dialogue.peer.send("NOOP\r\n")
    #expect(dialogue.peer.rest() == "")
    #expect(ContinuousClock.now - start >= .milliseconds(300))
    #expect(try dialogue.end() == (.closed, []))
  }

  @Test("a client that gives up on a stall ends the session, and a message is cut short once")
  func stallAbandoned() throws {
    let dialogue = try Dialogue(decisions: [".": SMTPDecision(.stall)])
    dialogue.begin()
    dialogue.peer.send("x\r\n.\r\n")
    dialogue.peer.halfClose()
    #expect(dialogue.peer.rest() == "")
    #expect(try dialogue.end() == (.eof, ["begin", "discard", "aborted . 3 eof"]))
  }

  @Test("drain ends a stall with 421, also inside a transaction")
  func drainStall() throws {
    let dialogue = try Dialogue(decisions: [".": SMTPDecision(.stall)])
    dialogue.begin()
    dialogue.peer.send("x\r\n.\r\n")
    dialogue.drain.raise()
    #expect(dialogue.peer.receive().hasPrefix("421 4.3.2 "))
    dialogue.peer.halfClose()
    #expect(try dialogue.end() == (.drain, ["begin", "discard", "aborted . 3 drain"]))
  }

  @Test("close and reset at the end of the data: nothing is stored", arguments: [true, false])
  func closed(isReset: Bool) throws {
    let dialogue = try Dialogue(decisions: [".": SMTPDecision(isReset ? .reset : .close)])
    dialogue.begin()
    dialogue.peer.send("x\r\n.\r\nNOOP\r\n")
    dialogue.peer.halfClose()
    #expect(dialogue.peer.rest() == "")
    #expect(try dialogue.end() == (.closed, ["begin", "discard", "aborted . 3 closed"]))
  }

  @Test("content is read no faster than asked, however it comes, and not a wait longer")
  func slow() throws {
    let body = String(repeating: "0123456\r\n", count: 100)
    for command in ["DATA", "BDAT 900 LAST"] {
      let decision = SMTPDecision(.usual, byteRate: 3000)
      let dialogue = try Dialogue(silence: .milliseconds(200), decisions: ["noop": decision])
      dialogue.open()
      let start = ContinuousClock.now
      // One write, and for BDAT one packet with the command.
      dialogue.peer.send(
        "NOOP\r\nMAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\n\(command)\r\n" + body
          + (command == "DATA" ? ".\r\n" : "") + "QUIT\r\n")
      #expect(dialogue.peer.rest().hasSuffix("221 2.0.0 Bye\r\n"))
      #expect(ContinuousClock.now - start >= .milliseconds(290))
      #expect(try dialogue.end() == (.quit, ["begin", "end"]))
      #expect(dialogue.recorder.content == Array(body.utf8))
    }
  }

  @Test("drain reads the rest as fast as it comes")
  func drainSlow() throws {
    let dialogue = try Dialogue(decisions: ["data": SMTPDecision(.usual, byteRate: 1)])
    dialogue.begin()
    dialogue.peer.send(String(repeating: "x\r\n", count: 5000) + ".\r\n")
    dialogue.drain.raise()
    #expect(dialogue.peer.receive().hasPrefix("250 2.0.0 "))
    dialogue.peer.send("QUIT\r\n")
    #expect(try dialogue.end() == (.quit, ["begin", "end"]))
    #expect(dialogue.recorder.content.count == 15_000)
  }
}
