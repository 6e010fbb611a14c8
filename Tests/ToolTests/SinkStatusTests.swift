// How smtp-sink ends: each status of smtp-sink(1) by a real cause.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: exit status")
struct SinkStatusTests {
  let scratch = ScratchDirectory()

  @Test(
    "a wrong command line is 64, and one line on stderr",
    arguments: [
      ["--nonsense"], ["--count", "0"], ["--count", "-1"], ["--count", "x"], ["--sessions", "0"],
      ["--max-connections", "0"], ["--wait", "5x"], ["--wait", ""], ["--timeout", "-1"],
      ["--size", "1T"], ["--print", "all"], ["--sync", "some"], ["--eol", "cr"],
      ["--bare-newline", "maybe"], ["--json", "--print", "path"], ["--exec", ""],
      ["--exec", "a 'b"], ["--hostname", "a b"], ["--hostname", ""], ["--ident", "a\nb"],
      ["--disable", "HELP"], ["--ehlo-add", ""], ["--ehlo-add", "a\rb"],
      ["--limit-command", "15"], ["--limit-commands", "FOO=1"], ["--limit-commands", "x"],
      ["--limit-recipients", "0"], ["--limit-unknown", "0"], ["--maildir"], ["--ready-fd", "x"],
      ["nowhere"], ["1.2.3.4"], ["host:70000"], ["::1:25"], ["unix:"], ["fd:x"], ["fd:-1"],
      ["127.0.0.1:0", "0"], ["127.0.0.1:0", "-5"], ["25"], ["a:1", "b:2\nc"],
    ])
  func usage(arguments: [String]) throws {
    let end = try RunningTool.run(arguments)
    #expect(end.status == 64)
    #expect(end.output.isEmpty)
    #expect(end.errorLines.count == 2 && end.errorLines.last == "", "\(end.errors)")
    #expect(end.errors.hasPrefix("smtp-sink: "))
    // A line that was several lines: nothing of ours reads like that.
    #expect(!end.errors.contains("??"), "\(end.errors)")
  }

  @Test("--help and --version are 0, and 74 when stdout does not take them")
  func help() throws {
    let version = try RunningTool.run(["--version"])
    #expect(version.status == 0)
    #expect(version.text.hasPrefix("smtp-sink "))
    #expect(version.text.hasSuffix("\n"))
    let help = try RunningTool.run(["--help"])
    #expect(help.status == 0)
    #expect(help.text.contains("--maildir"))
    #expect(help.errors.isEmpty)
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let end = try RunningTool(program: RunningTool.sinkPath, ["--help"], output: full).end()
    #expect(end.status == 74)
    #expect(end.errorLines.count == 2)
  }

  @Test(
    "a bad expectation is 65, and its column is named",
    arguments: [
      "", "bogus", "count=x", "count>2", "to~foo", "to~/(/", "size=3", "tls=maybe", "foo=bar",
      "to='x",
    ])
  func expectation(text: String) throws {
    let end = try RunningTool.run(["--expect", text])
    #expect(end.status == 65)
    #expect(end.errors.contains("column "))
    #expect(end.errorLines.count == 2)
  }

  @Test("an unknown user or group is 66", arguments: ["postroom-nobody", "nobody:postroom-none"])
  func account(name: String) throws {
    let end = try RunningTool.run(["--run-as", name, "127.0.0.1:0"])
    #expect(end.status == 66)
    #expect(end.errorLines.count == 2)
  }

  @Test("an unknown host is 68")
  func unknownHost() throws {
    let end = try RunningTool.run(["a..b:0"])
    #expect(end.status == 68)
    #expect(end.errors.hasPrefix("smtp-sink: a..b: "))
    #expect(end.errorLines.count == 2)
  }

  @Test("what cannot be listened at is 73")
  func cannotListen() throws {
    let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(taken) }
    let address = try #require(bindLoopback(taken))
    listen(taken, 1)
    let long = "unix:/tmp/" + String(repeating: "x", count: 120)
    for word in ["127.0.0.1:\(address)", long, "unix:\(scratch["no/socket"])", "fd:0", "fd:77"] {
      let end = try RunningTool.run([word])
      #expect(end.status == 73, "\(word)")
      #expect(end.errorLines.count == 2, "\(end.errors)")
      #expect(end.output.isEmpty)
    }
  }

  @Test("a descriptor that nobody opened is 73, and never one of our own")
  func notOurOwn() throws {
    for option in [["--events"], ["--trace"]] {
      for number in 3...12 {
        let end = try RunningTool.run(option + ["fd:\(number)", "--wait", "0", "127.0.0.1:0"])
        #expect(end.status == 73, "\(option) fd:\(number)")
      }
    }
    for number in 3...12 {
      let end = try RunningTool.run(["--ready-fd", "\(number)", "--wait", "0", "127.0.0.1:0"])
      #expect(end.status == 73, "--ready-fd \(number)")
      let two = try RunningTool.run(["--wait", "0", "127.0.0.1:0", "fd:\(number)"])
      #expect(two.status == 73, "fd:\(number)")
    }
  }

  @Test("a store or a file that cannot be made is 73")
  func cannotMake() throws {
    scratch.write("", to: "file")
    for arguments in [
      ["--maildir", scratch["file"]], ["--maildir", scratch["a/b"]], ["--maildir", ""],
      ["--mbox", scratch.path], ["--mbox", scratch["no/mbox"]], ["--events", scratch["no/e"]],
      ["--trace", scratch.path], ["--port-file", scratch["no/p"]],
      ["--chroot", scratch["none"]],
    ] {
      let end = try RunningTool.run(arguments + ["127.0.0.1:0"])
      #expect(end.status == 73, "\(arguments)")
      #expect(end.errorLines.count == 2, "\(end.errors)")
    }
  }

  @Test("stdout that is full is 74, and ends the run")
  func fullOutput() throws {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    for option in [["--print", "line"], ["--json"], ["--maildir", scratch["m"]]] {
      let sink = try RunningTool(sink: option, output: full)
      // With --json the first event fails: it may end before a client gets through.
      if let client = try? sink.client() {
        client.open()
        client.deliver()
      }
      let end = try sink.end()
      #expect(end.status == 74, "\(option)")
      #expect(end.errors == "smtp-sink: write stdout: No space left on device\n")
    }
  }

  @Test("events that cannot be written are 74 at the end, and end nothing")
  func fullEvents() throws {
    let sink = try RunningTool(sink: ["--events", "/dev/full"])
    let client = try sink.client()
    client.open()
    #expect(client.deliver().hasPrefix("250"))
    #expect(client.deliver().hasPrefix("250"))
    let end = try sink.end(by: SIGTERM)
    #expect(end.status == 74)
    #expect(end.errorLines.count == 2)
  }

  @Test("a reader of stdout that has gone ends the run quietly", arguments: ["line", "message"])
  func goneReader(style: String) throws {
    let pipe = TestPipe()
    let sink = try RunningTool(sink: ["--print", style], output: pipe.writer)
    close(pipe.writer)
    close(pipe.reader)
    let client = try sink.client()
    client.open()
    #expect(client.deliver().hasPrefix("250"))
    let end = try sink.end()
    #expect(end.status == 128 + SIGPIPE)
    #expect(end.errors.isEmpty)
  }

  @Test("standard streams that are closed do not become sockets")
  func closedStreams() throws {
    // Whatever is opened first would take the numbers of the streams, and be written to.
    let sink = try RunningTool(
      sink: ["--maildir", scratch["m"], "-v", "--events", scratch["e"]],
      prefix: ["sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"])
    let client = try sink.client()
    client.open()
    #expect(client.deliver().hasPrefix("250"))
    #expect(try sink.end().status == 74)
    #expect(scratch.messages("m").count == 1)
  }

  /// Binds to a free port of 127.0.0.1, which it gives.
  private func bindLoopback(_ descriptor: Int32) -> UInt16? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(descriptor, pointer, length) == 0, getsockname(descriptor, pointer, &length) == 0
        else { return false }
        return true
      }
    } ? UInt16(bigEndian: address.sin_port) : nil
  }
}
