import Glibc
import Testing

@testable import MailIO

@Suite("Connection")
struct ConnectionTests {
  private func receive(
    _ connection: Connection, until deadline: Deadline = patience,
    unless interrupt: Interrupt? = nil
  ) throws(ConnectionError) -> [UInt8]? {
    var octets: [UInt8] = []
    let isOpen = try connection.receive(until: deadline, unless: interrupt) { span in
      for index in 0..<span.count { octets.append(span[index]) }
    }
    return isOpen ? octets : nil
  }

  @Test("octets come as they were sent, then the end")
  func octets() throws {
    let (connection, peer) = Peer.pair()
    peer.send([0, 1, 255])
    #expect(try receive(connection) == [0, 1, 255])
    peer.send("late")
    peer.halfClose()
    #expect(try receive(connection) == Array("late".utf8))
    #expect(try receive(connection) == nil)
    #expect(try receive(connection) == nil)
    #expect(connection.receivedByteCount == 7)
    // Half-closed: the other way is open.
    try connection.send(Array("bye".utf8), until: patience)
    #expect(peer.receive() == "bye")
    #expect(connection.sentByteCount == 3)
  }

  @Test(
    "a wait ends at its deadline, short or long, but what is there is had", arguments: [0, 20, 250])
  func deadline(milliseconds: Int) throws {
    let (connection, peer) = Peer.pair()
    let start = ContinuousClock.now
    #expect(throws: ConnectionError.timedOut) {
      try receive(connection, until: .after(.milliseconds(milliseconds)))
    }
    #expect(ContinuousClock.now - start >= .milliseconds(milliseconds))
    peer.send("x")
    #expect(try receive(connection, until: .after(.zero)) == Array("x".utf8))
  }

  @Test("an interrupt ends a wait, also when the peer never stops sending")
  func interrupt() throws {
    let (connection, peer) = Peer.pair()
    let interrupt = try Interrupt()
    nonisolated(unsafe) let waiting = connection
    onThreads(2) { index in
      if index == 0 {
        interrupt.raise()
      } else {
        #expect(throws: ConnectionError.interrupted) {
          try receive(waiting, unless: interrupt)
        }
      }
    }
    peer.send("x")
    #expect(throws: ConnectionError.interrupted) { try receive(connection, unless: interrupt) }
    #expect(try receive(connection) == Array("x".utf8))
  }

  @Test("a reset is told as such")
  func reset() throws {
    let listener = try #require(try Listener.open(ListenAddress("127.0.0.1:0")!, backlog: 1).first)
    let peer = try #require(Peer.connect(to: listener.address))
    var socket = try listener.accept()
    while socket == nil { socket = try listener.accept() }
    let connection = Connection(adopting: try #require(socket).descriptor)
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      peer.descriptor, SOL_SOCKET, SO_LINGER, &linger,
      socklen_t(MemoryLayout<Glibc.linger>.size))
    dup2(0, peer.descriptor)
    #expect(throws: ConnectionError.broken(SystemError("recv", code: ECONNRESET))) {
      try receive(connection)
    }
    #expect(throws: ConnectionError.broken(SystemError("send", code: EPIPE))) {
      while true { try connection.send([1], until: patience) }
    }
  }

  @Test("a peer that does not read is waited for until the deadline, and no longer")
  func unread() throws {
    let (connection, peer) = Peer.pair()
    let octets = pattern(8 << 20)
    #expect(throws: ConnectionError.timedOut) {
      try connection.send(octets, until: .after(.milliseconds(50)))
    }
    #expect(connection.sentByteCount > 0)
    #expect(connection.sentByteCount < octets.count)
    // What was cut off in the middle cannot be followed by anything else, read or not.
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var received = 0
    while received < connection.sentByteCount {
      received += recv(peer.descriptor, &piece, piece.count, 0)
    }
    #expect(throws: ConnectionError.timedOut) { try connection.send([1], until: patience) }
  }

  @Test("much is sent whole to a peer that reads slowly")
  func slow() {
    let (connection, peer) = Peer.pair()
    nonisolated(unsafe) let unsafe = connection
    onThreads(2) { index in
      if index == 0 {
        do {
          try unsafe.send(pattern(1 << 20), until: patience)
        } catch {
          Issue.record(error)
        }
        shutdown(peer.descriptor, Int32(SHUT_RD))
      } else {
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 5000)
        while received.count < 1 << 20 {
          let count = recv(peer.descriptor, &piece, piece.count, 0)
          if count <= 0 { break }
          received += piece[..<count]
        }
        #expect(received == pattern(1 << 20))
      }
    }
  }

  @Test("finish ends our side at once, and hears the peer out until it has ended too")
  func finish() throws {
    let (connection, peer) = Peer.pair()
    peer.send("unread")
    peer.halfClose()
    connection.finish(until: patience)
    #expect(peer.receive() == "")
    #expect(connection.receivedByteCount == 6)
  }

  @Test("finish waits no longer than its deadline for a peer that stays")
  func finishDeadline() {
    let (connection, peer) = Peer.pair()
    connection.finish(until: .after(.milliseconds(30)))
    #expect(peer.receive() == "")
  }

  @Test("a buffer is held while octets come, and given back over a long wait")
  func buffers() throws {
    let pool = BufferPool(bufferByteCount: 1024, maxKeptCount: 4)
    let largePool = BufferPool(bufferByteCount: 4096, maxKeptCount: 4)
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let peer = Peer(adopting: ends[1])
    let connection = Connection(adopting: ends[0], pool: pool, largePool: largePool)
    peer.send([UInt8](repeating: 1, count: 3000))
    #expect(try receive(connection)?.count == 1024)
    #expect(pool.keptCount == 1, "more waits: a larger one has taken its place")
    #expect(try receive(connection)?.count == 1976)
    #expect(largePool.keptCount == 0)
    #expect(throws: ConnectionError.timedOut) {
      try receive(connection, until: .after(.milliseconds(150)))
    }
    #expect(pool.keptCount == 1)
    #expect(largePool.keptCount == 1)
  }
}
