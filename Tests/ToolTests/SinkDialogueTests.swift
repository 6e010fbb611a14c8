// The options of the dialogue and its limits, each over a real socket. What the dialogue itself
// does is SMTPServerSession's, and tested there.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: dialogue")
struct SinkDialogueTests {
  let scratch = ScratchDirectory()

  private static let mail = ["EHLO c", "MAIL FROM:<a@s.test>"]

  /// Options, what the client says, and the code of the last reply.
  struct Row: Sendable, CustomTestStringConvertible {
    let options: [String]
    let lines: [String]
    let code: String
    init(_ options: String, _ lines: [String], _ code: String) {
      self.options = options.split(separator: " ").map(String.init)
      self.lines = lines
      self.code = code
    }
    var testDescription: String { "\(options) \(lines.last?.prefix(40) ?? ""): \(code)" }
  }

  @Test(
    "an option changes the answer",
    arguments: [
      Row("", ["EHLO c", "MAIL FROM: a@s.test"], "250 2.1.0"),
      Row("--strict", ["EHLO c", "MAIL FROM: a@s.test"], "501 5.5.2"),
      Row("--strict", ["EHLO c", "MAIL FROM:<a@s.test>"], "250 2.1.0"),
      Row("--size 100", ["EHLO c", "MAIL FROM:<a@s.test> SIZE=100"], "250 2.1.0"),
      Row("--size 100", ["EHLO c", "MAIL FROM:<a@s.test> SIZE=101"], "552 5.3.4"),
      Row("--size 0", ["EHLO c", "MAIL FROM:<a@s.test> SIZE=99999999999"], "250 2.1.0"),
      Row("-8", ["EHLO c", "MAIL FROM:<a@s.test> BODY=8BITMIME"], "555 5.5.4"),
      Row("-N", mail + ["RCPT TO:<b@s.test> NOTIFY=NEVER"], "555 5.5.4"),
      Row("-E", ["EHLO c", "NOOP"], "250"), Row("", ["EHLO c", "NOOP"], "250 2.0.0"),
      Row("--disable CHUNKING", mail + ["RCPT TO:<b@s.test>", "BDAT 2 LAST\r\n"], "502 5.5.1"),
      Row("--disable smtputf8,size", ["EHLO c", "MAIL FROM:<a@s.test> SIZE=1"], "555 5.5.4"),
      Row("--no-esmtp", ["EHLO c"], "500"), Row("-e", ["HELO c"], "250"),
      Row("--pix", ["EHLO c"], "500"),
      Row("--bare-newline accept", ["EHLO c\nNOOP"], "250"),
      Row(
        "--limit-command 100", ["EHLO c", "NOOP " + String(repeating: "x", count: 93)], "250 2.0.0"),
      Row(
        "--limit-command 100", ["EHLO c", "NOOP " + String(repeating: "x", count: 94)], "500 5.5.2"),
      Row(
        "--limit-line 20", mail + ["RCPT TO:<b@s.test>", "DATA", "123456789012345678\r\n."],
        "250 2.0.0"),
      Row(
        "--limit-line 20", mail + ["RCPT TO:<b@s.test>", "DATA", "1234567890123456789\r\n."],
        "500 5.5.2"),
      Row("--limit-local-part 5", ["EHLO c", "MAIL FROM:<abcde@s.test>"], "250 2.1.0"),
      Row("--limit-local-part 5", ["EHLO c", "MAIL FROM:<abcdef@s.test>"], "553 5.1.3"),
      Row("--limit-recipients 1", mail + ["RCPT TO:<b@s.test>"], "250 2.1.5"),
      Row(
        "--limit-recipients 1", mail + ["RCPT TO:<b@s.test>", "RCPT TO:<c@s.test>"], "452 4.5.3"),
      Row("--limit-commands 2", ["EHLO c", "NOOP", "NOOP"], "250 2.0.0"),
      Row("--limit-commands NOOP=1,*=5", ["EHLO c", "NOOP", "NOOP"], "421 4.7.0"),
      Row("--limit-commands NOOP=1", ["EHLO c", "RSET", "RSET", "NOOP"], "250 2.0.0"),
      Row("--limit-unknown 2", ["EHLO c", "FOO"], "500 5.5.1"),
      Row("--limit-unknown 2", ["EHLO c", "FOO", "BAR"], "502 5.5.1"),
    ])
  func options(row: Row) throws {
    let sink = try RunningTool(sink: row.options)
    let client = try sink.client()
    _ = client.reply()
    var last = ""
    for line in row.lines { last = client.say(line) }
    #expect(TestClient.code(of: last) == row.code, "\(last)")
    if last.hasPrefix("421") || last.hasPrefix("502 5.5.1 Too") { #expect(client.isClosed) }
  }

  @Test("greeting and EHLO say what the options say")
  func greeting() throws {
    let sink = try RunningTool(
      sink: [
        "-h", "mx.test", "--ident", "ESMTP hello there", "--ehlo-add", "X-ONE a b", "--ehlo-add",
        "XTWO", "-p", "-E", "--size", "1k",
      ])
    let client = try sink.client()
    #expect(client.reply() == "220 mx.test ESMTP hello there")
    #expect(
      client.say("EHLO c") == """
        250-mx.test
        250-SIZE 1024
        250-8BITMIME
        250-SMTPUTF8
        250-CHUNKING
        250-BINARYMIME
        250-DSN
        250-X-ONE a b
        250-XTWO
        250 HELP
        """)
    let starred = try RunningTool(sink: ["-P", "-h", "mx.test"])
    #expect(try starred.client().reply() == "220 mx.test ********************")
  }

  @Test("bare newlines in a message: refused, kept, or made whole")
  func bareNewlines() throws {
    for (policy, code, stored) in [
      ("reject", "550 5.5.2", nil), ("accept", "250 2.0.0", "a\n.\nb\rc\r\n"),
      ("normalize", "250 2.0.0", "a\r\n.\r\nb\r\nc\r\n"),
    ] as [(String, String, String?)] {
      let sink = try RunningTool(
        sink: ["--bare-newline", policy, "--maildir", scratch[policy], "--eol", "crlf"])
      let client = try sink.client()
      client.open()
      #expect(TestClient.code(of: client.deliver("a\n.\nb\rc\r\n")) == code)
      #expect(client.deliver().hasPrefix("250"))
      let messages = scratch.messages(policy)
      #expect(messages.count == (stored == nil ? 1 : 2))
      if let stored { #expect(messages.contains(Array(stored.utf8))) }
    }
  }

  @Test("commands of 10,000 octets, and lines without an end, cost nothing but a 500")
  func longLines() throws {
    let sink = try RunningTool(sink: [])
    let client = try sink.client()
    client.open()
    #expect(client.code("NOOP " + String(repeating: "x", count: 10_000)) == "500 5.5.2")
    #expect(client.code("NOOP") == "250 2.0.0")
    let piece = [UInt8](repeating: 0x78, count: 1 << 20)
    for _ in 0..<32 { client.send(piece) }
    #expect(client.code("") == "500 5.5.2")
    #expect(client.code("NOOP") == "250 2.0.0")
    // An endless line of data: memory does not grow with it.
    client.begin()
    for _ in 0..<31 { client.send(piece) }
    #expect(client.say("\r\n.").hasPrefix("250"))
    let status = String(
      decoding: ScratchDirectory.read("/proc/\(sink.identifier)/status") ?? [], as: UTF8.self)
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = peak?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    // The sanitizers' own memory counts as well; 64 MB were sent.
    #expect(kilobytes ?? 0 < 400_000)
  }

  @Test("--limit-headers bounds what events see, never the message")
  func limitHeaders() throws {
    let sink = try RunningTool(
      sink: ["--limit-headers", "20", "--maildir", scratch["m"], "--events", scratch["e"]])
    let client = try sink.client()
    client.open()
    let text = "X-Long: 0123456789\r\nSubject: behind it\r\n\r\nx\r\n"
    client.deliver(text)
    #expect(scratch.messages("m") == [Array(text.utf8).filter { $0 != 0x0D }])
    #expect(try sink.end(by: SIGTERM).status == 0)
    #expect(!scratch.text("e").contains("behind it"))
  }

  @Test("--trace and -vv show the dialogue, never the content")
  func trace() throws {
    let sink = try RunningTool(sink: ["--trace", scratch["t"], "-vv", "-h", "mx.test"])
    let client = try sink.client()
    client.open()
    client.deliver("Subject: secret\r\n")
    _ = client.say("NOOP \u{1B}[31m")
    _ = client.say("QUIT")
    let end = try sink.end(by: SIGTERM)
    let trace = scratch.text("t")
    let lines = trace.split(separator: "\n")
    #expect(lines.first == "1 S: 220 mx.test ESMTP smtp-sink")
    #expect(lines.contains("1 C: MAIL FROM:<a@s.test>"))
    #expect(lines.contains("1 S: 354 End data with <CR><LF>.<CR><LF>"))
    #expect(lines.contains(#"1 C: NOOP \x1B[31m"#))
    #expect(lines.last == "1 S: 221 2.0.0 Bye")
    #expect(!trace.contains("secret"))
    for line in lines { #expect(end.errors.contains(line)) }
    #expect(end.errors.contains("smtp-sink: session 1: message 1: 17 octets"))
  }

  @Test("-q keeps problems to itself, but not what ends the run")
  func quiet() throws {
    let sink = try RunningTool(sink: ["-q", "--exec", "false"])
    let client = try sink.client()
    client.open()
    client.deliver()
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == 74)
    #expect(end.errors.isEmpty)
    #expect(try RunningTool.run(["-q", "fd:77"]).errorLines.count == 2)
  }

  @Test("a pipelined session is answered in order, also behind a half-close")
  func pipelined() throws {
    let sink = try RunningTool(sink: [])
    let client = try sink.client()
    client.send(
      "EHLO c\r\nMAIL FROM:<a@s.test>\r\nRCPT TO:<b@s.test>\r\nDATA\r\nx\r\n.\r\nNOOP\r\nQUIT\r\n")
    client.halfClose()
    var codes: [String] = []
    while case let reply = client.reply(), !reply.isEmpty { codes.append(String(reply.prefix(3))) }
    #expect(codes == ["220", "250", "250", "250", "354", "250", "250", "221"])
  }
}
