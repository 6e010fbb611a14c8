// What smtp-sink writes to stdout for each message.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: stdout")
struct SinkOutputTests {
  let scratch = ScratchDirectory()

  /// Starts a sink, has `talk` talk to it, and ends it.
  private func output(
    _ arguments: [String], _ talk: (TestClient) -> Void
  ) throws -> ToolEnd {
    let sink = try RunningTool(sink: arguments)
    let client = try sink.client()
    client.open()
    talk(client)
    #expect(client.say("QUIT").hasPrefix("221"))
    return try sink.end(by: SIGTERM)
  }

  @Test("path: where the message is, a line each, or ended by NUL")
  func path() throws {
    for (arguments, terminator) in [([], "\n"), (["-0"], "\0"), (["--print", "path"], "\n")] {
      let directory = scratch["m\(arguments.count)"]
      let end = try output(arguments + ["--maildir", directory]) {
        $0.deliver()
        $0.deliver()
      }
      #expect(end.status == 0)
      let paths = ScratchDirectory.list("\(directory)/new").map { "\(directory)/new/\($0)" }
      #expect(paths.count == 2)
      #expect(Set(end.text.split(separator: Character(terminator)).map(String.init)) == Set(paths))
      #expect(end.text.hasSuffix(terminator))
      ScratchDirectory.remove(directory)
    }
  }

  @Test("line: fields between tabs, in which tabs, controls and bad octets are escaped")
  func line() throws {
    let end = try output([]) {
      $0.deliver("Subject: a\tb\u{1B}[31m\u{7F}\r\n c\r\n\r\nx\r\n", to: ["b@s.test", "c@s.test"])
      $0.deliver("\r\n", from: "")
      $0.deliver("Subject: =?utf-8?B?w6kKCXg=?=\r\n\r\n")
    }
    let lines = end.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 4)
    let fields = lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    #expect(
      fields[0].dropFirst() == ["a@s.test", "b@s.test,c@s.test", "29", #"a\tb\x1B[31m\x7F c"#])
    #expect(fields[1].dropFirst() == ["", "b@s.test", "2", ""])
    #expect(fields[2].count == 5)
    #expect(fields[2][4].hasPrefix("é"))
    #expect(!lines.joined().utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F })
    #expect(Set(fields.prefix(3).map { $0[0] }).count == 3)
  }

  @Test("message: the octets, and an empty line, or NUL, behind each")
  func message() throws {
    let content = "Subject: x\r\n\r\n..dot\r\nend\r\n"
    for (arguments, expected) in [
      ([], "Subject: x\n\n.dot\nend\n\nSubject: x\n\n.dot\nend\n\n"),
      (["-0"], "Subject: x\n\n.dot\nend\n\0Subject: x\n\n.dot\nend\n\0"),
      (
        ["--eol", "crlf"],
        "Subject: x\r\n\r\n.dot\r\nend\r\n\r\nSubject: x\r\n\r\n.dot\r\nend\r\n\r\n"
      ),
    ] {
      let end = try output(["--print", "message"] + arguments) {
        $0.deliver(content)
        $0.deliver(content)
      }
      #expect(end.text == expected, "\(arguments)")
    }
  }

  @Test("message: an empty line stands behind a message that does not end its last line")
  func messageWithoutLineEnd() throws {
    for (arguments, expected) in [
      ([], "a\n\nb\n\n"), (["--eol", "crlf"], "a\r\n\r\nb\r\n\r\n"), (["-0"], "a\0b\0"),
    ] {
      let end = try output(["--print", "message"] + arguments) {
        for letter in ["a", "b"] {
          _ = $0.say("MAIL FROM:<a@s.test>")
          _ = $0.say("RCPT TO:<b@s.test>")
          #expect($0.say("BDAT 1 LAST\r\n\(letter)\r\nNOOP").hasPrefix("250"))
          _ = $0.reply()
          _ = $0.reply()
        }
      }
      #expect(end.text == expected, "\(arguments)")
    }
  }

  @Test("message: a message larger than the memory that is kept for it comes whole")
  func largeMessage() throws {
    let line = String(repeating: "x", count: 998) + "\r\n"
    let end = try output(["--print", "message"]) {
      $0.deliver(String(repeating: line, count: 1000))
    }
    let kept = String(repeating: "x", count: 998) + "\n"
    #expect(end.text == String(repeating: kept, count: 1000) + "\n")
  }

  @Test("none: nothing")
  func none() throws {
    let end = try output(["--print", "none", "--maildir", scratch["m"]]) { $0.deliver() }
    #expect(end.output.isEmpty)
    #expect(scratch.messages("m").count == 1)
  }

  @Test("path without a store that has files is the message's id")
  func pathWithoutFile() throws {
    var reply = ""
    let end = try output(["--mbox", scratch["mbox"]]) { reply = $0.deliver() }
    let id = try #require(reply.split(separator: " ").last)
    #expect(end.text == "\(id)\n")
  }

  @Test("a refused message is not printed")
  func refused() throws {
    let end = try output([]) {
      #expect($0.deliver("bare\nnewline\r\n").hasPrefix("550 5.5.2"))
      #expect($0.begin().hasPrefix("354"))
      #expect($0.say("x\r\n.").hasPrefix("250"))
    }
    #expect(end.text.split(separator: "\n").count == 1)
  }
}
