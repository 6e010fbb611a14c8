import Glibc
import Testing

@testable import MailIO

/// What becomes of the standard streams needs a process of its own: SinkInheritedTests.
@Suite("Inherited socket")
struct InheritedSocketTests {
  private func pair(_ type: __socket_type = SOCK_STREAM) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
    return ends
  }

  @Test("a connected socket is taken over; it blocks then, and is not inherited")
  func connected() throws {
    let ends = pair()
    defer { close(ends[1]) }
    #expect(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
    let socket = try #require(try InheritedSocket.connection(behind: ends[0]))
    defer { close(socket.descriptor) }
    #expect(socket.descriptor > STDERR_FILENO)
    #expect(fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK == 0)
    #expect(fcntl(socket.descriptor, F_GETFD) == FD_CLOEXEC)
    #expect(socket.peer.text == "unix:")
    #expect(write(socket.descriptor, "x", 1) == 1)
    var octet: UInt8 = 0
    #expect(read(ends[1], &octet, 1) == 1)
  }

  @Test("what listens, is not connected, is no stream or no socket is left alone")
  func others() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let idle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let datagrams = pair(SOCK_DGRAM)
    let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
    let all = [listener, idle, datagrams[0], datagrams[1], file]
    defer { for descriptor in all { close(descriptor) } }
    #expect(listen(listener, 1) == 0)
    for descriptor in all {
      #expect(try InheritedSocket.connection(behind: descriptor)?.descriptor == nil)
      #expect(fcntl(descriptor, F_GETFD) >= 0)
    }
    #expect(try InheritedSocket.connection(behind: 9999)?.descriptor == nil)
  }
}
