// Two connected sockets, one for us and one for what is tested.

import CLinux
import Glibc

@testable import MailIO

/// The peer of a connection that is tested: blocking, with a time-out, so that no test hangs.
final class Peer: Sendable {
  let descriptor: Int32

  init(adopting descriptor: Int32) {
    self.descriptor = descriptor
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
  }

  deinit { close(descriptor) }

  /// A connection, and its peer.
  static func pair() -> (connection: Connection, peer: Peer) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    precondition(socketpair(AF_UNIX, type, 0, &ends) == 0)
    return (Connection(adopting: ends[0]), Peer(adopting: ends[1]))
  }

  /// Connects to an address; nil when nobody listens there.
  static func connect(to address: SocketAddress) -> Peer? {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let peer = Peer(adopting: socket(address.family, type, 0))
    let status = address.withPointer { Glibc.connect(peer.descriptor, $0, $1) }
    return status == 0 ? peer : nil
  }

  @discardableResult
  func send(_ octets: [UInt8]) -> Bool {
    var sent = 0
    while sent < octets.count {
      let count = octets.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// What one recv(2) gives; empty at the end.
  func receive() -> String {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &piece, piece.count, 0)
    return String(decoding: piece.prefix(max(0, count)), as: UTF8.self)
  }

  /// All that comes until the end.
  func rest() -> String {
    var text = ""
    while case let piece = receive(), !piece.isEmpty { text += piece }
    return text
  }
}

/// Longer than anything takes on a loaded machine.
var patience: Deadline { .after(.seconds(30)) }
