// smtp-sink --split: a Maildir for each recipient, domain, sender or user.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: --split")
struct SinkSplitTests {
  let scratch = ScratchDirectory()

  private func start(_ split: String, _ arguments: [String] = []) throws -> RunningTool {
    try RunningTool(
      sink: ["--maildir", scratch["m"], "--split", split, "--events", scratch["e"]] + arguments)
  }

  private func messageEvents() throws -> [JSONValue] {
    try #require(JSONValue.lines(scratch.read("e") ?? []))
      .filter { $0["event"]?.string == "message" }
  }

  /// How many messages are in each Maildir, as `NAME:COUNT`.
  private var counts: [String] {
    scratch.list("m").map { "\($0):\(scratch.messages("m/\($0)").count)" }
  }

  @Test("recipient: one delivery each; the domain has no case, the local part has; twice is once")
  func recipient() throws {
    let sink = try start("recipient")
    let client = try sink.client()
    client.open()
    #expect(
      client.deliver(to: ["b@s.test", "B@S.Test", "c@other.test", "b@S.TEST", "postmaster"])
        .hasPrefix("250"))
    #expect(counts == ["B@s.test:1", "b@s.test:1", "c@other.test:1", "postmaster:1"])
    let printed = try sink.end(by: SIGTERM).text.split(separator: "\n").map(String.init)
    #expect(printed.count == 4)
    for path in printed {
      #expect(ScratchDirectory.read(path) == Array("Subject: x\n\nhello\n".utf8))
    }
    let event = try #require(messageEvents().first)
    #expect(event["path"]?.string == printed[0])
    let paths = (0..<5).map { event["to"]?[$0]?["path"]?.string }
    #expect(paths == [printed[0], printed[1], printed[2], printed[0], printed[3]])
    #expect(event["to"]?[0]?.keys == ["addr", "raw", "path"])
  }

  @Test("domain: one delivery a domain, without case; no domain has a name of its own")
  func domain() throws {
    let sink = try start("domain", ["-0"])
    let client = try sink.client()
    client.open()
    let recipients = ["b@s.test", "c@S.test", "d@other.test", "postmaster", "x@[127.0.0.1]"]
    #expect(client.deliver(to: recipients).hasPrefix("250"))
    #expect(counts == ["%5B127.0.0.1%5D:1", "@nodomain:1", "other.test:1", "s.test:1"])
    #expect(try sink.end(by: SIGTERM).output.split(separator: 0).count == 4)
  }

  @Test("sender: the null sender has a name of its own")
  func sender() throws {
    let sink = try start("sender")
    let client = try sink.client()
    client.open()
    for sender in ["a@S.test", "a@s.test", "", "null"] {
      #expect(client.deliver(from: sender, to: ["b@s.test", "c@s.test"]).hasPrefix("250"))
    }
    #expect(counts == ["@null:1", "a@s.test:2", "null:1"])
    let event = try #require(messageEvents().first)
    #expect(event["to"]?[1]?["path"] == event["path"])
  }

  @Test("user: who has logged in; who has not is @anonymous, which no user can be")
  func user() throws {
    let sink = try start("user", ["--auth-any", "--auth-plaintext"])
    // base64 of NUL user NUL x.
    for response in [nil, "AGFubgB4", "AEBhbm9ueW1vdXMAeA==", "AC4uLy4uL2V2aWwAeA=="] {
      let client = try sink.client()
      client.open()
      if let response { #expect(client.code("AUTH PLAIN \(response)") == "235 2.7.0") }
      #expect(client.deliver(to: ["b@s.test", "c@s.test"]).hasPrefix("250"))
    }
    #expect(counts == ["%2E.%2F..%2Fevil:1", "%40anonymous:1", "@anonymous:1", "ann:1"])
  }

  @Test("hostile values stay below DIR, each in a folder of its own")
  func hostile() throws {
    let sink = try start("recipient")
    let client = try sink.client()
    client.open()
    let long = String(repeating: "x", count: 300)
    let recipients = [
      #"".."@s.test"#, #""../../x"@s.test"#, #""/etc/passwd"@s.test"#, "..", "a/../../b", ".hidden",
      #""tmp/x"@s.test"#, "-rf@s.test", "new", "\(long)a@s.test", "\(long)b@s.test", "%2F@s.test",
    ]
    _ = client.say("MAIL FROM:<>")
    let accepted = recipients.filter { client.code("RCPT TO:<\($0)>") == "250 2.1.5" }
    #expect(accepted.count >= 9)
    #expect(client.say("DATA").hasPrefix("354"))
    #expect(client.say("x\r\n.").hasPrefix("250"))
    let folders = scratch.list("m")
    #expect(folders.count == accepted.count)
    for folder in folders {
      #expect(folder.utf8.count <= 255 && !folder.hasPrefix(".") && !folder.hasPrefix("-"))
      #expect(scratch.list("m/\(folder)") == ["cur", "new", "tmp"])
      #expect(scratch.messages("m/\(folder)").count == 1)
    }
    #expect(scratch.list("") == ["e", "m"])
  }

  @Test("large messages and many recipients: one file on the disk, whole in each")
  func large() throws {
    let sink = try start("recipient", ["--print", "none"])
    let client = try sink.client()
    client.open()
    let recipients = (0..<300).map { "r\($0)@s.test" }
    let content = String(repeating: String(repeating: "y", count: 70) + "\r\n", count: 5000)
    #expect(client.deliver(content, to: recipients).hasPrefix("250"))
    var status = stat()
    let file = try #require(scratch.list("m/r299@s.test/new").first)
    stat(scratch["m/r299@s.test/new/\(file)"], &status)
    #expect(status.st_nlink == 300 && status.st_size == 355_000)
    #expect(scratch.list("m").count == 300)
  }

  @Test("one Maildir that fails: 451, and none has the message; the next is taken")
  func oneFails() throws {
    let sink = try start("recipient")
    let client = try sink.client()
    client.open()
    mkdir(scratch["m/c@s.test"], 0o700)
    scratch.write("in the way", to: "m/c@s.test/new")
    #expect(client.deliver(to: ["b@s.test", "c@s.test"]).hasPrefix("451 4.3.0"))
    #expect(scratch.messages("m/b@s.test").isEmpty)
    for folder in ["b@s.test", "c@s.test"] { #expect(scratch.list("m/\(folder)/tmp").isEmpty) }
    unlink(scratch["m/c@s.test/new"])
    ScratchDirectory.remove(scratch["m/c@s.test"])
    #expect(client.deliver(to: ["b@s.test", "c@s.test"]).hasPrefix("250"))
    #expect(counts == ["b@s.test:1", "c@s.test:1"])
    #expect(try sink.end(by: SIGTERM).status == 74)
  }

  @Test("together with --lmtp, --mbox and --exec: all have it")
  func together() throws {
    let sink = try start(
      "recipient",
      [
        "--lmtp", "--mbox", scratch["box"],
        "--exec", "sh -c 'test -s $SMTP_PATH && echo $SMTP_PATH > \(scratch["path"])'",
      ])
    let client = try sink.client()
    client.open("LHLO x")
    client.begin(to: ["b@s.test", "c@s.test"])
    client.send("hello\r\n.\r\n")
    #expect(client.reply().hasPrefix("250") && client.reply().hasPrefix("250"))
    #expect(scratch.text("path").hasPrefix("\(scratch["m"])/b@s.test/tmp/"))
    #expect(scratch.text("box").hasSuffix("\nhello\n\n"))
    #expect(counts == ["b@s.test:1", "c@s.test:1"])
  }

  @Test("--print line has one line a message, with the first path")
  func line() throws {
    let sink = try start("recipient", ["--print", "line"])
    let client = try sink.client()
    client.open()
    client.deliver(to: ["b@s.test", "c@s.test"])
    let text = try sink.end(by: SIGTERM).text
    #expect(text.hasPrefix("\(scratch["m"])/b@s.test/new/"))
    #expect(text.hasSuffix("\ta@s.test\tb@s.test,c@s.test\t21\tx\n"))
    #expect(text.split(separator: "\n").count == 1)
  }

  @Test("without --maildir, or by something else, it is 64")
  func usage() throws {
    let alone = try RunningTool.run(["--split", "domain", "127.0.0.1:0"])
    #expect(alone.status == 64)
    #expect(alone.errors.contains("--split needs --maildir"))
    let wrong = try RunningTool.run(
      ["--maildir", scratch["m"], "--split", "subject", "127.0.0.1:0"])
    #expect(wrong.status == 64)
    #expect(scratch.list("").isEmpty)
  }
}
