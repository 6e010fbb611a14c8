import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

private func address(_ host: String, _ port: UInt16) -> SocketAddress {
  let question = Resolver.Question(host: host, port: port, family: .any)
  guard case .addresses(let found) = question.ask(flags: AI_NUMERICHOST) else {
    fatalError("no address: \(host)")
  }
  return found[0]
}

/// A port where nobody listens.
private func freePort() -> UInt16 {
  let (descriptor, port) = listeningSocket()
  close(descriptor)
  return port
}

/// A listener on 127.0.0.1 whose queue is full: who connects gets no answer.
private final class SilentPort {
  let port: UInt16
  private let listener: Int32
  private var clients: [Int32] = []

  init() {
    (listener, port) = listeningSocket()
    listen(listener, 0)
    let target = address("127.0.0.1", port)
    for _ in 0..<4 {
      let client = socket(
        AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      _ = target.withPointer { connect(client, $0, $1) }
      clients.append(client)
    }
    usleep(20_000)
  }

  deinit { for descriptor in clients + [listener] { close(descriptor) } }
}

@Suite("Connection opener")
struct ConnectionOpenerTests {
  @Test("a host is looked up and connected to; the connection works, and waits as others do")
  func host() throws {
    let (listener, port) = listeningSocket()
    defer { close(listener) }
    let opened = try ConnectionOpener(family: .ipv4).open(
      host: "localhost", port: port, until: soon, unless: nil)
    #expect(opened.peer.text == "127.0.0.1:\(port)" && opened.peer.isLocal)
    #expect(fcntl(opened.connection.descriptor, F_GETFL) & O_NONBLOCK == 0)
    #expect(fcntl(opened.connection.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    var noDelay: Int32 = 0
    var size = socklen_t(4)
    getsockopt(opened.connection.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, &size)
    #expect(noDelay != 0)
    let peer = Peer(adopting: accept(listener, nil, nil))
    try opened.connection.send(Array("hello".utf8), until: soon)
    #expect(peer.receive() == "hello")
    peer.send("well")
    #expect(try opened.connection.receive(atLeast: 4) == Array("well".utf8))
  }

  @Test("nobody there is a line with host, port, address and cause")
  func refused() {
    let port = freePort()
    let error = #expect(throws: ConnectError.self) {
      try ConnectionOpener(family: .ipv4).open(
        host: "localhost", port: port, until: soon, unless: nil)
    }
    #expect(error?.description == "localhost port \(port): 127.0.0.1: Connection refused")
    let numeric = #expect(throws: ConnectError.self) {
      try ConnectionOpener().open(host: "127.0.0.1", port: port, until: soon, unless: nil)
    }
    #expect(numeric?.description == "127.0.0.1 port \(port): Connection refused")
  }

  @Test("an address that does not answer ends at the deadline, and at an interrupt")
  func silence() throws {
    let silent = SilentPort()
    let error = #expect(throws: ConnectError.self) {
      try ConnectionOpener().open(
        host: "127.0.0.1", port: silent.port, until: .after(.milliseconds(100)), unless: nil)
    }
    #expect(error?.description == "127.0.0.1 port \(silent.port): timed out")
    let interrupt = try Interrupt()
    interrupt.raise()
    #expect(throws: ConnectError.interrupted(host: "127.0.0.1")) {
      try ConnectionOpener().open(
        host: "127.0.0.1", port: silent.port, until: soon, unless: interrupt)
    }
  }

  @Test("while one address is silent the next is started; one that refuses holds up nobody")
  func staggered() throws {
    let silent = SilentPort()
    let (listener, port) = listeningSocket()
    defer { close(listener) }
    let addresses = [
      address("127.0.0.1", freePort()), address("127.0.0.1", silent.port),
      address("127.0.0.1", port),
    ]
    let opened = try ConnectionOpener(stagger: .milliseconds(50)).open(
      addresses, host: "h", until: soon, unless: nil)
    #expect(opened.peer.port == port)
    // With an hour between them only what refuses lets the next one start.
    #expect(throws: Never.self) {
      try ConnectionOpener(stagger: .seconds(3600)).open(
        [addresses[0], addresses[2]], host: "h", until: soon, unless: nil)
    }
    let error = #expect(throws: ConnectError.self) {
      try ConnectionOpener(stagger: .seconds(3600)).open(
        addresses, host: "h", until: .after(.milliseconds(50)), unless: nil)
    }
    #expect(
      error
        == .unreachable(
          host: "h", port: addresses[0].port,
          [
            ConnectAttempt("127.0.0.1", "Connection refused"),
            ConnectAttempt("127.0.0.1", "timed out"),
          ]))
  }

  @Test("no descriptor is left open by those that lost")
  func descriptors() throws {
    let silent = SilentPort()
    let (listener, port) = listeningSocket()
    defer { close(listener) }
    let before = ScratchDirectory.list("/proc/self/fd").count
    for _ in 0..<100 {
      _ = try ConnectionOpener(stagger: .zero).open(
        [
          address("127.0.0.1", silent.port), address("127.0.0.1", silent.port),
          address("127.0.0.1", port),
        ], host: "h", until: soon, unless: nil)
      close(accept(listener, nil, nil))
    }
    // Other tests run beside this one.
    #expect(ScratchDirectory.list("/proc/self/fd").count < before + 100)
  }

  @Test("the families take turns, the first one's first")
  func interleaving() {
    let texts = ["::1", "::2", "::3", "192.0.2.1", "192.0.2.2"]
    let order = ConnectionOpener.candidates(texts.map { address($0, 1) }).map(\.host)
    #expect(order == ["::1", "192.0.2.1", "::2", "192.0.2.2", "::3"])
    #expect(ConnectionOpener.candidates([]).isEmpty)
    for count in [15, 16, 17] {
      let many = (1...count).map { address("192.0.2.\($0)", 1) }
      #expect(ConnectionOpener.candidates(many).count == min(count, 16))
    }
  }

  @Test("a connection comes from the address that is asked for")
  func source() throws {
    let (listener, port) = listeningSocket()
    defer { close(listener) }
    let own = freePort()
    var opener = ConnectionOpener(source: SourceAddress("127.0.0.2:\(own)"))
    let opened = try opener.open(host: "127.0.0.1", port: port, until: soon, unless: nil)
    let peer = SocketAddress { pointer, length in
      close(accept(listener, pointer, &length))
    }
    #expect(peer.text == "127.0.0.2:\(own)")
    withExtendedLifetime(opened) {}
    opener.source = SourceAddress("192.0.2.1")
    #expect(
      throws: ConnectError.local(SystemError("bind", "192.0.2.1:0", code: EADDRNOTAVAIL))
    ) { try opener.open(host: "127.0.0.1", port: port, until: soon, unless: nil) }
    opener.source = SourceAddress("::1")
    #expect(
      throws: ConnectError.unknownHost(
        "127.0.0.1", reason: "it has no address of the family to connect from")
    ) { try opener.open(host: "127.0.0.1", port: port, until: soon, unless: nil) }
  }

  @Test("a socket that is connected to itself is nobody's answer")
  func itself() {
    let port = freePort()
    let opener = ConnectionOpener(source: SourceAddress("127.0.0.1:\(port)"))
    let error = #expect(throws: ConnectError.self) {
      try opener.open(host: "127.0.0.1", port: port, until: soon, unless: nil)
    }
    #expect(error?.description == "127.0.0.1 port \(port): Connection refused")
  }

  @Test("a unix socket is a place, too")
  func unix() throws {
    let scratch = ScratchDirectory()
    let listener = try Listener.open(.unix(path: scratch["s"]), backlog: 5)[0]
    let opened = try ConnectionOpener().open(unixPath: scratch["s"], until: soon, unless: nil)
    #expect(opened.peer.text == "unix:\(scratch["s"])" && opened.peer.isLocal)
    withExtendedLifetime(listener) {}
    let none = #expect(throws: ConnectError.self) {
      try ConnectionOpener().open(unixPath: scratch["none"], until: soon, unless: nil)
    }
    #expect(none?.description == "unix:\(scratch["none"]): No such file or directory")
    let long = "/" + String(repeating: "x", count: 107)
    #expect(throws: ConnectError.local(SystemError("connect", "unix:\(long)", code: ENAMETOOLONG)))
    { try ConnectionOpener().open(unixPath: long, until: soon, unless: nil) }
  }

  @Test("an error lists four attempts, and shows no control characters of a host")
  func lines() {
    let attempts = (1...6).map { ConnectAttempt("192.0.2.\($0)", "timed out") }
    #expect(
      "\(ConnectError.unreachable(host: "h", port: 25, attempts))"
        == "h port 25: 192.0.2.1: timed out; 192.0.2.2: timed out; 192.0.2.3: timed out; "
        + "192.0.2.4: timed out; and 2 more")
    #expect(
      "\(ConnectError.unknownHost("a\u{1B}[m", reason: "x"))" == "a\\x1B[m: unknown host: x")
  }
}

@Suite("Service look-up")
struct ServiceLookupTests {
  private let scheme = EndpointScheme(.sieve, .startTLS)

  private func open(
    _ host: String, port: UInt16? = nil, _ services: ServiceLookup, _ server: ScriptedNameServer,
    until deadline: Deadline = soon
  ) throws(ConnectError) -> OpenedConnection {
    try ConnectionOpener().open(
      Endpoint(scheme, .host(host, port: port)), services: services,
      nameServers: NameServers([server.address], patience: .milliseconds(300)), until: deadline,
      unless: nil)
  }

  @Test("records say host and port, the next one where the first does not answer")
  func records() throws {
    let (listener, port) = listeningSocket()
    defer { close(listener) }
    let dead = freePort()
    let server = try ScriptedNameServer { question, _ in
      [ScriptedNameServer.answer(question, [(1, port, "localhost"), (0, dead, "localhost")])]
    }
    for services in [ServiceLookup.auto, .only] {
      let opened = try open("example.test", services, server)
      #expect(opened.peer.port == port)
    }
  }

  @Test("a port that was said, an address and a name without a dot need no records")
  func unasked() throws {
    let (listener, port) = listeningSocket()
    defer { close(listener) }
    let server = try ScriptedNameServer { _, _ in [] }
    #expect(try open("localhost", port: port, .only, server).peer.port == port)
    #expect(throws: ConnectError.self) { try open("127.0.0.1", .auto, server) }
    #expect(throws: ConnectError.self) { try open("localhost", .auto, server) }
    #expect(throws: ConnectError.self) { try open("localhost.localdomain", .off, server) }
    #expect(server.questionCount == 0)
  }

  @Test("without records the host itself is tried, but for `only`")
  func without() throws {
    let server = try ScriptedNameServer { question, _ in [ScriptedNameServer.answer(question)] }
    let host = "no-such-host.invalid"
    #expect(
      throws: ConnectError.noService(domain: host, reason: "no SRV record _sieve._tcp.\(host)")
    ) { try open(host, .only, server) }
    let error = #expect(throws: ConnectError.self) {
      try open(host, .auto, server, until: .after(.seconds(3)))
    }
    switch error {
    case .unknownHost, .lookupFailed: break
    default: Issue.record("\(String(describing: error))")
    }
  }

  @Test("a domain that says it has no such service is believed")
  func notOffered() throws {
    let server = try ScriptedNameServer { question, _ in
      [ScriptedNameServer.answer(question, [(0, 0, "")])]
    }
    for services in [ServiceLookup.auto, .only] {
      #expect(
        throws: ConnectError.noService(
          domain: "example.test", reason: "the domain says that it has no _sieve._tcp service")
      ) { try open("example.test", services, server) }
    }
  }

  @Test("who cannot be asked counts for `only`")
  func silent() throws {
    let server = try ScriptedNameServer { _, _ in [] }
    #expect(throws: ConnectError.lookupFailed("example.test", reason: "no answer in time")) {
      try open("example.test", .only, server)
    }
  }

  @Test("when no record's host answers, each is told of")
  func unreachable() throws {
    let dead = freePort()
    let server = try ScriptedNameServer { question, _ in
      [ScriptedNameServer.answer(question, [(0, dead, "127.0.0.1")])]
    }
    let error = #expect(throws: ConnectError.self) { try open("example.test", .only, server) }
    #expect(
      error?.description == "example.test: 127.0.0.1 port \(dead): Connection refused")
  }
}
