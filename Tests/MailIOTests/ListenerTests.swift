import Glibc
import TestSupport
import Testing

@testable import MailIO

@Suite("Listener")
struct ListenerTests {
  let scratch = ScratchDirectory()

  private func open(_ text: String, backlog: Int32 = 10) throws -> [Listener] {
    try Listener.open(try #require(ListenAddress(text)), backlog: backlog)
  }

  /// Whether a client gets through to one of the listeners.
  private func isReachable(_ listener: Listener) throws -> Bool {
    guard let peer = Peer.connect(to: listener.address) else { return false }
    for _ in 0..<3000 {
      if let socket = try listener.accept() {
        let connection = Connection(adopting: socket.descriptor)
        try connection.send(Array("hello".utf8), until: patience)
        return peer.receive() == "hello"
      }
      usleep(10_000)
    }
    return false
  }

  @Test("port 0 finds a free port", arguments: ["127.0.0.1:0", "[::1]:0", "inet:127.0.0.1:0"])
  func freePort(text: String) throws {
    let listener = try #require(try open(text).first)
    #expect(listener.address.port != 0)
    #expect(try listener.accept() == nil)
    #expect(try isReachable(listener))
  }

  @Test("a host name stands for all its addresses, once each, at one port")
  func names() throws {
    let listeners = try open("localhost:0")
    #expect(Set(listeners.map(\.address.port)).count == 1)
    #expect(Set(listeners.map(\.address.host)).count == listeners.count)
    for listener in listeners { #expect(try isReachable(listener)) }
  }

  @Test("an address that is not there is left out, unless it is the only one")
  func missingAddress() throws {
    func address(_ octets: [UInt8]) -> SocketAddress {
      var plain = sockaddr_in()
      plain.sin_family = sa_family_t(AF_INET)
      withUnsafeMutableBytes(of: &plain.sin_addr) { $0.copyBytes(from: octets) }
      return withUnsafePointer(to: plain) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          SocketAddress(copying: $0, length: socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    let (foreign, ours) = (address([192, 0, 2, 1]), address([127, 0, 0, 1]))
    let listeners = try Listener.bindAll(
      [foreign, ours, ours], port: 0, name: "name:0", backlog: 1)
    #expect(listeners.map(\.address.host) == ["127.0.0.1"])
    #expect(
      throws: Listener.Failure.system(SystemError("bind", "name:0", code: EADDRNOTAVAIL))
    ) { try Listener.bindAll([foreign], port: 0, name: "name:0", backlog: 1) }
  }

  @Test("no host is every interface, and IPv4 peers keep their address")
  func everyInterface() throws {
    let listener = try #require(try open(":0").first)
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = (listener.address.port ?? 0).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let peer = Peer(adopting: socket(AF_INET, type, 0))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(peer.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    var accepted = try listener.accept()
    while accepted == nil { accepted = try listener.accept() }
    let socket = try #require(accepted)
    #expect(socket.peer.host == "127.0.0.1")
    #expect(socket.peer.text.hasPrefix("127.0.0.1:"))
    close(socket.descriptor)
  }

  @Test("two listeners share a port; one that does not share is in the way")
  func sharing() throws {
    let one = try #require(try open("127.0.0.1:0").first)
    let text = one.address.text
    let two = try #require(try open(text).first)
    #expect(two.address.text == text)
    two.close()
    #expect(try isReachable(one))
    one.close()
    let selfish = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(selfish) }
    #expect(listen(selfish, 1) == 0)
    let taken = SocketAddress { _ = getsockname(selfish, $0, &$1) }
    let name = "127.0.0.1:\(taken.port ?? 0)"
    #expect(throws: Listener.Failure.system(SystemError("bind", name, code: EADDRINUSE))) {
      try open(name)
    }
  }

  @Test("a unix socket is made, replaced when it is dead, left alone when it is not, and removed")
  func unixSocket() throws {
    let path = scratch["s"]
    let name = "unix:\(path)"
    let first = try #require(try open(name, backlog: 0).first)
    #expect(first.address.text == name)
    #expect(try isReachable(first))
    // Also when its queue is full, and a probe would have to wait.
    var waiting: [Peer] = []
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    while waiting.count < 100 {
      let peer = Peer(adopting: socket(AF_UNIX, type, 0))
      waiting.append(peer)
      if first.address.withPointer({ connect(peer.descriptor, $0, $1) }) != 0 { break }
    }
    #expect(waiting.count < 100)
    #expect(throws: Listener.Failure.system(SystemError("bind", name, code: EADDRINUSE))) {
      try open(name)
    }
    first.close()
    first.close()
    #expect(ScratchDirectory.list(scratch.path).isEmpty)
    let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let address = try #require(SocketAddress(unixPath: path))
    #expect(address.withPointer { bind(dead, $0, $1) } == 0)
    close(dead)
    let second = try #require(try open(name).first)
    #expect(try isReachable(second))
  }

  @Test("a path is as long as the kernel takes, and one octet more is too long")
  func longPath() throws {
    let room = 107 - scratch.path.utf8.count - 1
    let path = scratch[String(repeating: "x", count: room)]
    #expect(try isReachable(try #require(try open("unix:\(path)").first)))
    #expect(throws: Listener.Failure.pathTooLong(path + "x")) { try open("unix:\(path)x") }
  }

  @Test("a descriptor is taken over if it listens")
  func adopted() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #expect(throws: Listener.Failure.notListening(descriptor)) { try open("fd:\(descriptor)") }
    #expect(listen(descriptor, 5) == 0)
    let listener = try #require(try open("fd:\(descriptor)").first)
    #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
    #expect(try listener.accept() == nil)
    #expect(try isReachable(listener))
    #expect(throws: Listener.Failure.notListening(9999)) { try open("fd:9999") }
  }

  @Test("a host that is not there is named")
  func unknownHost() throws {
    let failure = #expect(throws: Listener.Failure.self) { try open("a..b:0") }
    guard case .unknownHost("a..b", _) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }
}
