// A connection that smtp-sink is handed over as such: inetd, and systemd's Accept=yes.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: inherited connections")
struct SinkInheritedTests {
  let scratch = ScratchDirectory()

  /// A client, and the other end of its connection.
  private func pair() throws -> (client: TestClient, server: Int32) {
    let path = scratch["listener"]
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer {
      close(listener)
      unlink(path)
    }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(status == 0 && listen(listener, 1) == 0)
    let client = try TestClient(path: path)
    let server = accept(listener, nil, nil)
    try #require(server >= 0)
    _ = fcntl(server, F_SETFD, FD_CLOEXEC)
    return (client, server)
  }

  @Test("fd:N that is a connection is served, and then the run is over")
  func byNumber() throws {
    let (client, server) = try pair()
    let sink = try RunningTool(
      program: RunningTool.sinkPath,
      ["--maildir", scratch["m"], "--events", scratch["e"], "fd:5"], descriptors: [5: server])
    close(server)
    client.open()
    #expect(client.deliver().hasPrefix("250"))
    #expect(client.say("QUIT").hasPrefix("221"))
    #expect(client.isClosed)
    let end = try sink.end()
    #expect(end.status == 0 && end.errors.isEmpty)
    #expect(end.text.hasPrefix(scratch["m"]))
    #expect(scratch.messages("m").count == 1)
    let events = try #require(JSONValue.lines(scratch.read("e") ?? []))
    #expect(
      events.map { $0["event"]?.string } == ["connect", "message", "disconnect", "summary"])
  }

  @Test("by LISTEN_FDS, as systemd's Accept=yes hands it over")
  func byEnvironment() throws {
    let (client, server) = try pair()
    let sink = try RunningTool(
      program: "sh", ["-c", "export LISTEN_PID=$$; exec \"$@\"", "sh", RunningTool.sinkPath, "-L"],
      environment: ["LISTEN_FDS=1"], descriptors: [3: server])
    close(server)
    client.open("LHLO x")
    #expect(client.begin().hasPrefix("354"))
    #expect(client.say(".").hasPrefix("250"))
    client.halfClose()
    #expect(client.isClosed)
    #expect(try sink.end().status == 0)
  }

  @Test("inetd: stdin, stdout and stderr are the connection, and nothing but SMTP goes there")
  func standardStreams() throws {
    let (client, server) = try pair()
    let sink = try RunningTool(
      program: RunningTool.sinkPath, ["-vv", "--print", "message", "fd:0"], output: server,
      descriptors: [0: server, 2: server])
    close(server)
    #expect(client.reply().hasPrefix("220 "))
    client.send(
      "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b>\r\nDATA\r\nspeak no evil\r\n.\r\nQUIT\r\n")
    let lines = client.rest().split(separator: "\r\n").map { $0.prefix(3) }
    #expect(lines == ["250", "250", "250", "354", "250", "221"])
    #expect(try sink.end().status == 0)
  }

  @Test("inetd's wait: the socket that listens is stdin and stdout, where nothing is printed")
  func listeningStreams() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    #expect(listen(descriptor, 5) == 0)
    let sink = try RunningTool(
      sink: ["--print", "line"], at: ["fd:0"], output: descriptor, descriptors: [0: descriptor])
    for _ in 0..<2 {
      let client = try sink.client()
      client.open()
      #expect(client.deliver().hasPrefix("250"))
    }
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("a client that says nothing is timed out, and one that leaves ends the run")
  func endings() throws {
    for isSilent in [true, false] {
      let (client, server) = try pair()
      let sink = try RunningTool(
        program: RunningTool.sinkPath, ["--timeout", isSilent ? "150ms" : "30s", "fd:5"],
        descriptors: [5: server])
      close(server)
      #expect(client.reply().hasPrefix("220 "))
      if isSilent { #expect(client.reply().hasPrefix("421 ")) } else { client.halfClose() }
      #expect(client.isClosed)
      #expect(try sink.end().status == 0)
    }
  }

  @Test("beside an address: both are served, and the end of the one is not that of the run")
  func besideListener() throws {
    let (client, server) = try pair()
    let sink = try RunningTool(sink: [], at: ["127.0.0.1:0", "fd:5"], descriptors: [5: server])
    close(server)
    client.open()
    #expect(client.say("QUIT").hasPrefix("221"))
    let other = try sink.client()
    other.open()
    #expect(other.deliver().hasPrefix("250"))
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("--expect is judged when the connection has ended; a COMMAND has nowhere to send: 64")
  func judged() throws {
    let (client, server) = try pair()
    let sink = try RunningTool(
      program: RunningTool.sinkPath, ["--expect", "to=b@s.test", "fd:5"], descriptors: [5: server])
    client.open()
    #expect(client.say("QUIT").hasPrefix("221"))
    #expect(try sink.end().status == 1)
    let command = try RunningTool(
      program: RunningTool.sinkPath, ["fd:5", "--", "true"], descriptors: [5: server])
    close(server)
    #expect(try command.end().status == 64)
  }

  @Test("what is neither a connection nor listens is 73")
  func neither() throws {
    let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    let sink = try RunningTool(
      program: RunningTool.sinkPath, ["fd:5"], descriptors: [5: file])
    #expect(try sink.end().status == 73)
  }
}
