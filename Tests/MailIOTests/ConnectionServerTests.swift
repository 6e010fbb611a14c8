import Glibc
import Testing

@testable import MailIO

@Suite("Connection server")
struct ConnectionServerTests {
  /// A session that says `+`, and goes back to wait until its client has ended.
  private final class Greeter: ServedSession {
    private let connection: Connection
    private let interrupt: Interrupt
    private var hasGreeted = false

    init(_ socket: AcceptedSocket, interrupt: Interrupt) {
      connection = Connection(adopting: socket.descriptor)
      self.interrupt = interrupt
    }

    func proceed() -> SessionPause? {
      do throws(ConnectionError) {
        if !hasGreeted { try connection.send([UInt8(ascii: "+")], until: patience) }
        hasGreeted = true
        while let isOpen = try connection.receiveShortly({ _ in }) {
          if !isOpen { return nil }
        }
        return SessionPause(
          descriptor: connection.descriptor, deadline: patience, interrupt: interrupt)
      } catch {
        Issue.record(error)
        return nil
      }
    }
  }

  /// A server whose connections say `+` and stay until their client has ended.
  private struct Running {
    let server: ConnectionServer
    let listener: Listener
    let stop: Interrupt

    init(_ maxConnectionCount: Int, maxAcceptedCount: Int? = nil) throws {
      stop = try Interrupt()
      listener = try #require(
        try Listener.open(.inet(host: "127.0.0.1", port: 0), backlog: 20).first)
      let server = try ConnectionServer(
        listeners: [listener], maxConnectionCount: maxConnectionCount,
        maxAcceptedCount: maxAcceptedCount, stop: stop)
      self.server = server
      let never = try Interrupt()
      try server.start {
        Greeter($0, interrupt: never)
      } complain: {
        Issue.record($0)
      }
    }

    func client() throws -> Peer { try #require(Peer.connect(to: listener.address)) }
  }

  @Test("connections that were taken already are served, and count")
  func inherited() throws {
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
    defer { close(ends[1]) }
    let (stop, never) = (try Interrupt(), try Interrupt())
    let server = try ConnectionServer(
      listeners: [], maxConnectionCount: 5, maxAcceptedCount: 1, stop: stop)
    let socket = try #require(try InheritedSocket.connection(behind: ends[0]))
    try server.start(with: [socket]) {
      Greeter($0, interrupt: never)
    } complain: {
      Issue.record($0)
    }
    var octet: UInt8 = 0
    #expect(read(ends[1], &octet, 1) == 1 && octet == UInt8(ascii: "+"))
    #expect(server.openCount == 1)
    shutdown(ends[1], Int32(SHUT_WR))
    stop.raise()
    #expect(server.waitUntilIdle(until: patience))
  }

  @Test("no more than the cap are served at once; the next has its turn when one ends")
  func cap() throws {
    let running = try Running(2)
    let clients = try (0..<5).map { _ in try running.client() }
    #expect(clients[0].receive() == "+")
    #expect(clients[1].receive() == "+")
    var entry = pollfd(fd: clients[2].descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&entry, 1, 50) == 0)
    #expect(running.server.openCount == 2)
    for index in 0..<3 {
      clients[index].halfClose()
      #expect(clients[index + 2].receive() == "+")
      #expect(running.server.openCount <= 2)
    }
    clients[3].halfClose()
    clients[4].halfClose()
    running.stop.raise()
    #expect(running.server.waitUntilIdle(until: patience))
    #expect(running.server.openCount == 0)
  }

  @Test("no more than asked for are taken in all")
  func maxAccepted() throws {
    let running = try Running(10, maxAcceptedCount: 2)
    let clients = try (0..<3).map { _ in try running.client() }
    for client in clients[..<2] {
      #expect(client.receive() == "+")
      client.halfClose()
    }
    running.stop.raise()
    #expect(running.server.waitUntilIdle(until: patience))
    // Never taken: the listener closed.
    #expect(clients[2].receive() == "")
  }

  @Test("stop closes the listeners, and connections go on to their end")
  func stopped() throws {
    let running = try Running(10)
    let client = try running.client()
    #expect(client.receive() == "+")
    running.stop.raise()
    #expect(!running.server.waitUntilIdle(until: .after(.milliseconds(50))))
    while Peer.connect(to: running.listener.address) != nil { usleep(1000) }
    #expect(running.server.openCount == 1)
    client.halfClose()
    #expect(running.server.waitUntilIdle(until: patience))
  }

  /// A session that notes its thread, and is over.
  private final class Guest: ServedSession {
    private let descriptor: Int32
    private let threads: Guarded<Set<pthread_t>>

    init(_ socket: AcceptedSocket, noting threads: Guarded<Set<pthread_t>>) {
      descriptor = socket.descriptor
      self.threads = threads
    }

    func proceed() -> SessionPause? {
      threads.withLock { _ = $0.insert(pthread_self()) }
      close(descriptor)
      return nil
    }
  }

  @Test("a session that was put aside is closed when it ends, and not when its thread does")
  func closesAtOnce() throws {
    let running = try Running(10)
    let client = try running.client()
    #expect(client.receive() == "+")
    // It is put aside after a tenth of a second of silence.
    usleep(300_000)
    let start = ContinuousClock.now
    client.halfClose()
    #expect(client.receive() == "")
    // An idle thread stays for two seconds.
    #expect(ContinuousClock.now - start < .milliseconds(1500))
    running.stop.raise()
    #expect(running.server.waitUntilIdle(until: patience))
  }

  @Test("a thread whose session is over serves the next, and none is started for it")
  func threadsServeAgain() throws {
    let stop = try Interrupt()
    let listener = try #require(
      try Listener.open(.inet(host: "127.0.0.1", port: 0), backlog: 20).first)
    let server = try ConnectionServer(listeners: [listener], maxConnectionCount: 10, stop: stop)
    let threads = Guarded(Set<pthread_t>())
    try server.start {
      Guest($0, noting: threads)
    } complain: {
      Issue.record($0)
    }
    for _ in 0..<100 { #expect(Peer.connect(to: listener.address)?.receive() == "") }
    stop.raise()
    #expect(server.waitUntilIdle(until: patience))
    // The one that served waits again a little after its client has seen the end.
    #expect(threads.withLock { $0.count } < 10)
  }
}
