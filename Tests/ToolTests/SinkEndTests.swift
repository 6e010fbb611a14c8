// When smtp-sink ends: counts, waits, expectations, COMMAND.

import Glibc
import MailIO
import TestSupport
import Testing

/// A shell script that sends a message with bash alone, as COMMAND.
private let mail = #"""
  send() {
    exec 3<>"/dev/tcp/$SMTP_HOST/$SMTP_PORT" || exit 99
    printf 'EHLO c\r\nMAIL FROM:<a@s.test>\r\nRCPT TO:<%s>\r\nDATA\r\n' "$1" >&3
    printf 'Subject: %s\r\n\r\nhello\r\n.\r\nQUIT\r\n' "$2" >&3
    cat <&3 >/dev/null
    exec 3>&-
  }

  """#

@Suite("smtp-sink: the end")
struct SinkEndTests {
  let scratch = ScratchDirectory()

  /// Runs a sink with a COMMAND in bash to its end.
  private func run(
    _ arguments: [String], _ script: String, environment: [String] = []
  ) throws -> ToolEnd {
    try RunningTool(
      sink: arguments, command: ["bash", "-c", mail + script], environment: environment
    ).end()
  }

  // MARK: - Counts

  @Test("--count takes exactly so many, whoever else tries, and QUIT is answered")
  func count() throws {
    let sink = try RunningTool(sink: ["--count", "7", "--maildir", scratch["m"]])
    let port = try sink.port
    let replies = Guarded<[String]>([])
    onThreads(20) { _ in
      guard let client = try? TestClient(port: port) else { return }
      client.open()
      let reply = client.deliver()
      // Behind 421 comes nothing more.
      let behind = reply.hasPrefix("250") ? client.say("QUIT") : client.rest()
      replies.withLock { $0.append("\(reply.prefix(3)) \(behind.prefix(3))") }
    }
    let answers = replies.withLock { $0 }
    #expect(answers.count { $0 == "250 221" } == 7, "\(answers)")
    // Late ones may find that nobody listens any more.
    #expect(answers.allSatisfy { ["250 221", "421 ", " "].contains($0) }, "\(answers)")
    let end = try sink.end()
    #expect(end.status == 0)
    #expect(scratch.messages("m").count == 7)
    #expect(scratch.list("m/tmp").isEmpty)
    #expect(end.text.split(separator: "\n").count == 7)
  }

  @Test("--count also ends a session that has sent enough and wants to send more")
  func countInSession() throws {
    let sink = try RunningTool(sink: ["-M", "2"])
    let client = try sink.client()
    client.open()
    #expect(client.deliver().hasPrefix("250"))
    #expect(client.deliver().hasPrefix("250"))
    #expect(client.code("MAIL FROM:<a@s.test>") == "421 4.3.2")
    #expect(client.isClosed)
    #expect(try sink.end().status == 0)
  }

  @Test("a message that could not be stored does not count")
  func countFailed() throws {
    let sink = try RunningTool(
      sink: ["--count", "1", "--exec", "sh -c 'exit $(sed -n \"s/^Subject: //p\")'"])
    let client = try sink.client()
    client.open()
    #expect(client.deliver("Subject: 75\r\n\r\n").hasPrefix("451"))
    #expect(client.deliver("Subject: 67\r\n\r\n").hasPrefix("550"))
    #expect(client.deliver("Subject: 0\r\n\r\n").hasPrefix("250"))
    #expect(try sink.end().status == 0)
  }

  @Test("--sessions ends behind so many sessions, and takes no more")
  func sessions() throws {
    let sink = try RunningTool(sink: ["-n", "2", "--events", scratch["e"]])
    let first = try sink.client()
    #expect(first.reply().hasPrefix("220"))
    let second = try sink.client()
    #expect(second.reply().hasPrefix("220"))
    let third = try sink.client()
    #expect(first.say("QUIT").hasPrefix("221"))
    #expect(second.say("QUIT").hasPrefix("221"))
    #expect(try sink.end().status == 0)
    #expect(third.reply() == "")
    #expect(scratch.text("e").contains(#""sessions":2"#))
  }

  // MARK: - Waiting and expecting

  @Test("--wait over before --count is 1, and says what is missing")
  func waitOver() throws {
    let end = try RunningTool.run(["--count", "2", "--wait", "50ms", "127.0.0.1:0"])
    #expect(end.status == 1)
    #expect(end.errors == "smtp-sink: 0 messages came, 2 are missing\n")
  }

  @Test("--wait alone is a time to serve")
  func waitAlone() throws {
    #expect(try RunningTool.run(["--wait", "10ms", "127.0.0.1:0"]).status == 0)
  }

  @Test(
    "an expectation is judged by what came",
    arguments: [
      ("to=b@s.test", 0), ("to=B@S.TEST", 0), ("to=c@s.test", 1), ("count>=2", 1), ("count=1", 0),
      ("count=0", 1), ("count<=1", 0), ("count<=0", 1), ("count=0 to=x@*", 0),
      ("from=*@s.test", 0), ("subject~/^h[ae]llo$/", 0), ("subject='hello'", 0), ("subject=h", 1),
      ("header:X-Y=z", 0), ("header:X-Z=z", 1), ("client=127.*", 0), ("size>10", 0),
      ("size<10", 1), ("tls=no", 0), ("auth=yes", 1), ("body~/needle/", 0), ("body~/hello/", 1),
      ("to=b@s.test from=x", 1),
    ])
  func expectations(text: String, status: Int32) throws {
    let sink = try RunningTool(sink: ["--expect", text])
    let client = try sink.client()
    client.open()
    client.deliver("Subject: hello\r\nX-Y: z\r\n\r\nthe needle\r\n")
    _ = client.say("QUIT")
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == status)
    #expect(
      end.errors == (status == 0 ? "" : "smtp-sink: expected '\(text)': \(end.matchCount)"))
  }

  @Test("all expectations must hold, and each that does not has its line")
  func several() throws {
    let end = try RunningTool.run(
      ["--expect", "to=a", "--expect", "to=b", "--expect", "count=0", "--wait", "0", "127.0.0.1:0"])
    #expect(end.status == 1)
    #expect(end.errors.split(separator: "\n").count == 2)
  }

  @Test("ends as soon as everything expected has come")
  func early() throws {
    let sink = try RunningTool(sink: ["--expect", "count>=2 to=b@s.test", "--wait", "1h"])
    let client = try sink.client()
    client.open()
    client.deliver()
    client.deliver(to: ["c@s.test"])
    client.deliver()
    #expect(client.say("QUIT").hasPrefix("221"))
    #expect(try sink.end().status == 0)
  }

  // MARK: - COMMAND

  @Test(
    "COMMAND's status is ours",
    arguments: [
      ("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -9 $$", 137), ("kill -15 $$", 143),
    ] as [(String, Int32)])
  func commandStatus(script: String, status: Int32) throws {
    let end = try run([], script)
    #expect(end.status == status)
    #expect(end.errors.isEmpty)
  }

  @Test("COMMAND that is not found is 127, one that cannot be run 126")
  func commandMissing() throws {
    scratch.write("", to: "plain")
    for (command, status) in [("postroom-no-such", 127), (scratch["plain"], 126)]
      as [(String, Int32)]
    {
      let end = try RunningTool(sink: [], command: [command]).end()
      #expect(end.status == status)
      #expect(end.errorLines.count == 2)
    }
  }

  @Test("COMMAND's end is seen also where SIGCHLD was ignored when we were started")
  func ignoredChildSignal() throws {
    let sink = try RunningTool(
      sink: ["--exec", "sh -c 'exit 75'"],
      command: ["bash", "-c", mail + "send b@s.test x; exit 7"],
      prefix: ["env", "--ignore-signal=CHLD"])
    let end = try sink.end()
    #expect(end.status == 7)
    #expect(end.errors.isEmpty)
  }

  @Test(
    "expectations and COMMAND together",
    arguments: [
      (["--expect", "to=b@s.test"], "send b@s.test x", 0),
      (["--expect", "to=b@s.test"], "send b@s.test x; exit 7", 7),
      (["--expect", "to=b@s.test"], "send c@s.test x; exit 7", 1),
      (["--expect", "to=b@s.test"], "true", 1),
      (["--expect", "count=0"], "exit 3", 3), (["--expect", "count=0"], "send b@s.test x", 1),
      (["--expect", "count=2"], "send b@s.test x; send c@s.test y", 0),
      (["--count", "1"], "send b@s.test x; send c@s.test y; exit 4", 4),
      (["--count", "2"], "send b@s.test x", 1),
      (["--sessions", "1"], "send b@s.test x; send c@s.test y; exit 5", 5),
    ] as [([String], String, Int32)])
  func commandAndExpectation(arguments: [String], script: String, status: Int32) throws {
    let end = try run(arguments, script)
    #expect(end.status == status)
    #expect(end.errors.split(separator: "\n").count == (status == 1 ? 1 : 0))
  }

  @Test("what COMMAND left running may still send within --wait")
  func commandThenWait() throws {
    let end = try run(
      ["--count", "1", "--wait", "30s"],
      "(exec >/dev/null 2>&1; sleep 0.2; send b@s.test x) & exit 0")
    #expect(end.status == 0)
  }

  @Test("COMMAND has its stdin and stdout, and ours prints only when asked to")
  func commandOutput() throws {
    for (option, count) in [([], 1), (["--print", "line"], 2), (["--json"], 6)] {
      let end = try run(option, "send b@s.test x; echo mine")
      #expect(end.text.split(separator: "\n").count == count, "\(option)")
      #expect(end.text.contains("mine\n"))
    }
  }

  @Test("COMMAND is told where to send, and where messages lie")
  func commandEnvironment() throws {
    let sink = try RunningTool(
      sink: ["--maildir", scratch["m"]], command: ["sh", "-c", "env | grep ^SMTP_ | sort"],
      environment: ["SMTP_SINK_DIR=old", "SMTP_PORT=1"])
    let port = try sink.port
    #expect(
      try sink.end().text == """
        SMTP_HOST=127.0.0.1
        SMTP_PORT=\(port)
        SMTP_SINK_DIR=\(scratch["m"])
        SMTP_URL=smtp://127.0.0.1:\(port)

        """)
    let every = try RunningTool(sink: [], at: [":0"], command: ["sh", "-c", "echo $SMTP_URL"])
    let everyPort = try every.port
    #expect(try every.end().text == "smtp://127.0.0.1:\(everyPort)\n")
    let six = try RunningTool(
      sink: [], at: ["[::1]:0"], command: ["sh", "-c", "echo $SMTP_HOST $SMTP_URL"])
    let sixPort = try six.port
    #expect(try six.end().text == "::1 smtp://[::1]:\(sixPort)\n")
  }

  @Test("SIGTERM ends COMMAND as well, and its status is ours")
  func commandSignalled() throws {
    let sink = try RunningTool(
      sink: [],
      command: [
        "sh", "-c", "trap 'exit 9' TERM; touch \(scratch["up"]); while :; do sleep 0.05; done",
      ])
    #expect(eventually { scratch.read("up") != nil })
    #expect(try sink.end(by: SIGTERM).status == 9)
  }
}

extension ToolEnd {
  /// `N messages matched` and the line end, as the first line of stderr has it.
  fileprivate var matchCount: String {
    errors.split(separator: ": ").last.map(String.init) ?? ""
  }
}
