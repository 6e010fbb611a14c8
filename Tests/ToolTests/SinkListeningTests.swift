// Where smtp-sink listens, how it tells, and whom it lets in.

import Glibc
import TestSupport
import Testing

@Suite("smtp-sink: listening")
struct SinkListeningTests {
  let scratch = ScratchDirectory()

  private func isServed(_ client: TestClient) -> Bool {
    client.open()
    return client.deliver().hasPrefix("250") && client.say("QUIT").hasPrefix("221")
  }

  @Test("--port-file and --ready-fd have a line an address, and are whole when they are there")
  func ready() throws {
    let sink = try RunningTool(
      sink: ["--port-file", scratch["port"]],
      at: ["127.0.0.1:0", "unix:\(scratch["socket"])", "[::1]:0"])
    #expect(sink.addresses.count == 3)
    #expect(sink.addresses[1] == "unix:\(scratch["socket"])")
    #expect(sink.addresses[2].hasPrefix("[::1]:"))
    #expect(scratch.text("port") == sink.addresses.map { "\($0)\n" }.joined())
    #expect(scratch.list("") == ["port", "socket"])
    #expect(isServed(try sink.client()))
    #expect(isServed(try TestClient(path: scratch["socket"])))
    let port = try #require(sink.addresses[2].split(separator: ":").last.flatMap { UInt16($0) })
    #expect(isServed(try TestClient(loopback6: port)))
  }

  @Test("a port file that is there is replaced, and one that is a pipe is written to")
  func portFile() throws {
    scratch.write("old and longer than what follows\n", to: "port")
    let sink = try RunningTool(sink: ["--port-file", scratch["port"]])
    #expect(scratch.text("port") == "\(sink.addresses[0])\n")
    #expect(mkfifo(scratch["fifo"], 0o600) == 0)
    let reader = open(scratch["fifo"], O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(reader) }
    let other = try RunningTool(sink: ["--port-file", scratch["fifo"]])
    #expect(
      String(decoding: readToEnd(reader), as: UTF8.self) == "\(other.addresses.first ?? "")\n")
  }

  @Test("--ready-fd 1 tells on stdout, which then is no socket's number")
  func readyOnStandardOutput() throws {
    let pipe = TestPipe()
    let sink = try RunningTool(
      program: RunningTool.sinkPath,
      ["--ready-fd", "1", "--print", "line", "--events", scratch["e"], "127.0.0.1:0"],
      output: pipe.writer)
    close(pipe.writer)
    let line = String(decoding: readToEnd(pipe.reader), as: UTF8.self)
    close(pipe.reader)
    let port = try #require(line.dropLast().split(separator: ":").last.flatMap { UInt16($0) })
    let client = try TestClient(port: port)
    client.open()
    #expect(client.deliver().hasPrefix("250"))
    // The record went nowhere, not to the client; and that nowhere ends the run.
    #expect(client.rest().hasPrefix("421 4.3.2"))
    #expect(try sink.end().status == 74)
  }

  @Test("the service manager is told READY=1")
  func notified() throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: scratch["n"].utf8) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(status == 0)
    let sink = try RunningTool(sink: [], environment: ["NOTIFY_SOCKET=\(scratch["n"])"])
    var buffer = [UInt8](repeating: 0, count: 100)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "READY=1")
    #expect(isServed(try sink.client()))
  }

  @Test("sockets that were opened for it are taken over, by LISTEN_FDS and by fd:N")
  func activation() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    // Listening at a socket that is not bound takes a free port of every interface.
    #expect(listen(descriptor, 5) == 0)
    let byNumber = try RunningTool(sink: [], at: ["fd:3"], descriptors: [3: descriptor])
    #expect(isServed(try byNumber.client()))
    #expect(try byNumber.end(by: SIGTERM).status == 0)
    let activated = try RunningTool(
      sink: [], at: [], environment: ["LISTEN_FDS=1"], descriptors: [3: descriptor],
      prefix: ["sh", "-c", "export LISTEN_PID=$$; exec \"$@\"", "sh"])
    #expect(isServed(try activated.client()))
  }

  @Test("a bare number behind the address is the queue, as in Postfix")
  func backlog() throws {
    let sink = try RunningTool(sink: [], at: ["inet:127.0.0.1:0", "5"])
    #expect(isServed(try sink.client()))
    let unix = try RunningTool(sink: [], at: ["unix:\(scratch["s"])", "5"])
    #expect(unix.addresses.count == 1)
    #expect(isServed(try TestClient(path: scratch["s"])))
  }

  @Test("two sinks share a port, and a Maildir")
  func shared() throws {
    let one = try RunningTool(sink: ["--maildir", scratch["m"]])
    let two = try RunningTool(sink: ["--maildir", scratch["m"]], at: ["127.0.0.1:\(one.port)"])
    #expect(two.addresses == one.addresses)
    for _ in 0..<20 { #expect(isServed(try one.client())) }
    #expect(scratch.messages("m").count == 20)
    let paths = try one.end(by: SIGTERM).text + two.end(by: SIGTERM).text
    #expect(paths.split(separator: "\n").count == 20)
  }

  @Test("a unix socket that nobody listens at is replaced, one in use is 73")
  func unixSockets() throws {
    let address = "unix:\(scratch["s"])"
    let killed = try RunningTool(sink: [], at: [address])
    #expect(try killed.end(by: SIGKILL).status == -SIGKILL)
    #expect(scratch.list("") == ["s"])
    let sink = try RunningTool(sink: [], at: [address])
    #expect(isServed(try TestClient(path: scratch["s"])))
    #expect(try RunningTool.run([address]).status == 73)
    #expect(isServed(try TestClient(path: scratch["s"])))
    #expect(try sink.end(by: SIGTERM).status == 0)
    scratch.write("mine", to: "s")
    #expect(try RunningTool.run([address]).status == 73)
    #expect(scratch.text("s") == "mine")
  }

  @Test("--max-connections: who is one too many waits for a place")
  func maxConnections() throws {
    let sink = try RunningTool(sink: ["-m", "2"])
    let (one, two) = (try sink.client(), try sink.client())
    one.open()
    two.open()
    let three = try sink.client()
    var entry = pollfd(fd: three.descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&entry, 1, 100) == 0)
    #expect(one.say("QUIT").hasPrefix("221"))
    #expect(isServed(three))
    #expect(two.say("NOOP").hasPrefix("250"))
  }

  @Test("running out of descriptors delays clients, and is complained of")
  func descriptorsExhausted() throws {
    let sink = try RunningTool(
      sink: [], prefix: ["sh", "-c", "ulimit -n 18; exec \"$@\"", "sh"])
    let clients = try (0..<12).map { _ in try sink.client() }
    #expect(clients[0].open().hasPrefix("250"))
    #expect(eventually { sink.errorsSoFar.contains("Too many open files\n") })
    for client in clients {
      // Each is served once those before it have gone.
      #expect(client === clients[0] || client.open().hasPrefix("250"))
      #expect(client.say("QUIT").hasPrefix("221"))
    }
    #expect(try sink.end(by: SIGTERM).status == 0)
  }

  @Test("--timeout: silence is answered 421 4.4.2, and the connection closed")
  func timeout() throws {
    let sink = try RunningTool(
      sink: ["-t", "150ms", "--events", scratch["e"], "--maildir", scratch["m"]])
    let (silent, busy) = (try sink.client(), try sink.client())
    silent.open()
    busy.open()
    _ = busy.begin()
    busy.send("x\r\n")
    for client in [silent, busy] {
      #expect(client.reply().hasPrefix("421 4.4.2 "))
      #expect(client.isClosed)
    }
    #expect(try sink.end(by: SIGTERM).status == 0)
    #expect(scratch.text("e").contains(#""stage":"data","bytes":3,"why":"timeout""#))
    #expect(scratch.messages("m").isEmpty)
  }

  @Test(
    "--run-as and --chroot come into force once the sockets are open", .enabled(if: geteuid() == 0))
  func privileges() throws {
    for name in ["root", "root/inside"] { mkdir(scratch[name], 0o755) }
    chmod(scratch.path, 0o755)
    #expect(chown(scratch["root/inside"], 65_534, 65_534) == 0)
    let sink = try RunningTool(
      sink: [
        "-u", "nobody", "-R", scratch["root"], "--maildir", "/inside/m", "--port-file", "/inside/p",
      ])
    let client = try sink.client()
    #expect(isServed(client))
    #expect(scratch.text("root/inside/p") == "\(sink.addresses[0])\n")
    var root = [CChar](repeating: 0, count: 1000)
    #expect(readlink("/proc/\(sink.identifier)/root", &root, 999) > 0)
    let status = ScratchDirectory.read("/proc/\(sink.identifier)/status") ?? []
    let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
    #expect(lines.contains("Uid:\t65534\t65534\t65534\t65534"))
    let path = try #require(sink.end(by: SIGTERM).text.split(separator: "\n").first)
    var file = stat()
    #expect(stat(scratch["root\(path)"], &file) == 0)
    #expect(file.st_uid == 65_534)
  }
}
