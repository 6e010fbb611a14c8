// Postfix smtp-sink's short options, each by one command. What they answer was held against Postfix
// 3.7's program by hand.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: Postfix's letters")
struct SinkPostfixTests {
  let scratch = ScratchDirectory()

  /// Options, what is said, and how each reply starts; a line without one ends the connection.
  struct Case: Sendable, CustomTestStringConvertible {
    let options: [String]
    let lines: [String]
    let replies: [String]
    var testDescription: String { options.joined(separator: " ") }

    init(_ options: [String], _ lines: [String], _ replies: [String]) {
      self.options = options
      self.lines = lines
      self.replies = replies
    }
  }

  static let envelope = ["EHLO c.test", "MAIL FROM:<a@s.test>", "RCPT TO:<b@s.test>"]
  static let soft = "450 4.3.0 Error: command failed"
  static let hard = "500 5.3.0 Error: command failed"
  static let goodbye = "421 4.0.0 Server closing connection"

  static let cases = [
    Case(["-r", "CONNECT"], ["QUIT"], [soft, "221"]),
    Case(["-f", "helo"], ["HELO c.test", "EHLO c.test"], ["220", hard, "250"]),
    Case(["-r", "EHLO"], ["EHLO c.test", "HELO c.test"], ["220", soft, "250"]),
    Case(["-r", "mail"], Array(envelope[..<2]), ["220", "250", soft]),
    Case(["-r", "RCPT,NOOP"], envelope + ["NOOP"], ["220", "250", "250", soft, soft]),
    Case(["-f", "VRFY rset"], ["VRFY a", "RSET"], ["220", hard, hard]),
    Case(["-f", "DATA"], envelope + ["DATA"], ["220", "250", "250", "250", hard]),
    Case(
      ["-r", "."], envelope + ["DATA", "x\r\n."], ["220", "250", "250", "250", "354", soft]),
    Case(["-f", "QUIT"], ["QUIT", "NOOP"], ["220", hard, "250"]),
    Case(["-Q", "CONNECT"], [], [goodbye, ""]),
    Case(["-Q", "MAIL"], Array(envelope[..<2]) + [""], ["220", "250", goodbye, ""]),
    Case(["-Q", "QUIT"], ["QUIT", ""], ["220", goodbye, ""]),
    Case(["-r", "NOOP", "-f", "NOOP"], ["NOOP"], ["220", hard]),
    Case(["-Q", "NOOP", "-r", "NOOP"], ["NOOP", ""], ["220", goodbye, ""]),
    Case(["-r", "NOOP", "-b", "451 4.4.4 Mine"], ["NOOP"], ["220", "451 4.4.4 Mine"]),
    Case(["-f", "NOOP", "-B", "599 Mine"], ["NOOP"], ["220", "599 Mine"]),
    Case(["-r", "LHLO"], ["NOOP"], ["220", "250"]),
    Case(
      ["-A", "0"], envelope + ["DATA", "x\r\n."],
      ["220", "250", "250", "250", "354", "550 This violates SMTP"]),
    Case(["-a", "-c", "-C", "-F"], envelope, ["220", "250", "250", "250"]),
    Case(["-W", "NOOP:0.01:99"], ["NOOP", "NOOP"], ["220", "250", "250"]),
  ]

  @Test("they answer as Postfix's do", arguments: cases)
  func answers(test: Case) throws {
    let sink = try RunningTool(sink: test.options)
    let client = try sink.client()
    var replies = [client.reply()]
    for line in test.lines { replies.append(client.say(line)) }
    if test.lines.isEmpty { replies.append(client.reply()) }
    #expect(replies.count == test.replies.count)
    for (reply, expected) in zip(replies, test.replies) {
      #expect(expected.isEmpty ? reply.isEmpty : reply.hasPrefix(expected))
    }
  }

  @Test("-r and -f imply -p; -Q does not", arguments: [("-r", false), ("-f", false), ("-Q", true)])
  func pipelining(option: String, isOffered: Bool) throws {
    let sink = try RunningTool(sink: [option, "VRFY"])
    #expect(try sink.client().open().contains("PIPELINING") == isOffered)
  }

  @Test(
    "-w, -W, -H and -A wait as long as they say",
    arguments: [
      (["-w", "0.3"], "DATA", "354"), (["-W", "data:0.3"], "DATA", "354"),
      (["-W", "NOOP:300ms"], "NOOP", "250"), (["-H", "0.3"], "DATA\r\nx\r\n.", "354\n250"),
      (["-A", "0.3"], "DATA\r\nx\r\n.", "354\n550"),
      (["-W", ".:0.3"], "DATA\r\nx\r\n.", "354\n250"),
      (["-W", "CONNECT:0.3"], "NOOP", "250"), (["-W", "noop:0.3", "-r", "noop"], "NOOP", "450"),
    ])
  func waits(options: [String], line: String, expected: String) throws {
    let sink = try RunningTool(sink: options)
    let start = ContinuousClock.now
    let client = try sink.client()
    _ = client.reply()
    for line in Self.envelope { _ = client.say(line) }
    client.send(line + "\r\n")
    for code in expected.split(separator: "\n") { #expect(client.reply().hasPrefix(code)) }
    #expect(ContinuousClock.now - start >= .milliseconds(300))
  }

  @Test("-4 and -6 choose among the addresses of a host")
  func families() throws {
    for (option, host, everywhere) in [("-4", "127.0.0.1", "0.0.0.0"), ("-6", "[::1]", "[::]")] {
      let sink = try RunningTool(sink: [option], at: ["\(host):0", ":0"])
      let hosts = sink.addresses.map { $0.prefix(upTo: $0.lastIndex(of: ":")!) }
      #expect(hosts == [host[...], everywhere[...]])
      let port = try #require(
        sink.addresses.last?.split(separator: ":").last.flatMap { UInt16($0) })
      #expect(((try? TestClient(port: port)) != nil) == (option == "-4"), "IPv4 at \(everywhere)")
    }
    #expect(try RunningTool.run(["-6", "127.0.0.1:0"]).status == 68)
  }

  @Test(
    "what is something else here ends in 64 and says what to use",
    arguments: [
      (["-q", "RCPT", "127.0.0.1:0"], "--reply 'CMD: close'"),
      (["-q", "mail,.", "127.0.0.1:0"], "--reply 'CMD: close'"),
      (["-s", "RCPT"], "--events"), (["-T", "4096"], "--events"),
      (["-r", "FOO"], "CONNECT HELO EHLO LHLO MAIL RCPT VRFY DATA . RSET NOOP QUIT"),
      (["-b", "550 No"], "4NN TEXT"), (["-b", "close"], "4NN TEXT"),
      (["-B", "450 No"], "5NN TEXT"),
      (["-W", "RCPT"], "CMD:SECS[:ODDS]"), (["-W", "RCPT:x"], "CMD:SECS[:ODDS]"),
      (["-W", "RCPT:1:100"], "0 to 99"), (["-W", "FOO:1"], "CONNECT"), (["-w", "x"], "-w"),
      (["--mbox", "x", "--dump-all", "x"], "--dump-all"),
    ])
  func refused(arguments: [String], hint: String) throws {
    let end = try RunningTool.run(arguments)
    #expect(end.status == 64)
    #expect(end.errors.contains(hint), "\(end.errors)")
    #expect(end.errorLines.count == 2)
  }
}
