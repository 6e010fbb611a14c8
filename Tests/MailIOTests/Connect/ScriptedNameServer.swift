// A name server on 127.0.0.1 that answers as a test says, over UDP and TCP on one port.

import CLinux
import Glibc

@testable import MailIO

/// Answers until it is let go.
final class ScriptedNameServer: Sendable {
  /// What comes back for one question, over either transport; none is silence.
  typealias Script = @Sendable (_ question: [UInt8], _ isStream: Bool) -> [[UInt8]]

  let address: SocketAddress
  private let datagrams: Int32
  private let listener: Int32
  private let end: Interrupt
  private let threads: Guarded<Int>
  private let count = Guarded(0)

  /// Questions that came so far.
  var questionCount: Int { count.withLock { $0 } }

  init(_ script: @escaping Script) throws {
    let (listener, port) = listeningSocket()
    self.listener = listener
    let question = Resolver.Question(host: "127.0.0.1", port: port, family: .any)
    guard case .addresses(let found) = question.ask(flags: AI_NUMERICHOST) else {
      fatalError("no address")
    }
    address = found[0]
    datagrams = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let (socket, count, end) = (datagrams, count, try Interrupt())
    self.end = end
    let status = found[0].withPointer { bind(socket, $0, $1) }
    precondition(status == 0, "the port is in use for UDP")
    let threads = Guarded(2)
    self.threads = threads
    try SessionThread.start {
      Self.serveDatagrams(socket, end, count, script)
      threads.withLock { $0 -= 1 }
    }
    try SessionThread.start {
      Self.serveStreams(listener, end, count, script)
      threads.withLock { $0 -= 1 }
    }
  }

  deinit {
    end.raise()
    while threads.withLock({ $0 }) > 0 { usleep(1000) }
    close(datagrams)
    close(listener)
  }

  private static func serveDatagrams(
    _ socket: Int32, _ end: Interrupt, _ count: Guarded<Int>, _ script: Script
  ) {
    var room = [UInt8](repeating: 0, count: 1024)
    while case .ready? = try? DescriptorWait.input(of: socket, until: soon, unless: end) {
      var got = 0
      let peer = SocketAddress { pointer, length in
        got = recvfrom(socket, &room, room.count, 0, pointer, &length)
      }
      guard got > 0 else { continue }
      count.withLock { $0 += 1 }
      for answer in script([UInt8](room[..<got]), false) {
        _ = peer.withPointer { sendto(socket, answer, answer.count, 0, $0, $1) }
      }
    }
  }

  private static func serveStreams(
    _ listener: Int32, _ end: Interrupt, _ count: Guarded<Int>, _ script: Script
  ) {
    while case .ready? = try? DescriptorWait.input(of: listener, until: soon, unless: end) {
      let client = Peer(adopting: accept(listener, nil, nil))
      var room = [UInt8](repeating: 0, count: 1024)
      let got = recv(client.descriptor, &room, room.count, 0)
      guard got > 2 else { continue }
      count.withLock { $0 += 1 }
      for answer in script([UInt8](room[2..<got]), true) {
        // In pieces, as TCP may deliver it.
        client.send([UInt8(answer.count >> 8)])
        client.send([UInt8(answer.count & 0xFF)] + answer.prefix(5))
        client.send([UInt8](answer.dropFirst(5)))
      }
    }
  }

  /// The answer to a question with these records; `flags` are those of the header's third and
  /// fourth octet.
  static func answer(
    _ question: [UInt8], _ records: [(priority: UInt16, port: UInt16, target: String)] = [],
    flags: (UInt8, UInt8) = (0x81, 0x80)
  ) -> [UInt8] {
    var octets = question
    (octets[2], octets[3], octets[7]) = (flags.0, flags.1, UInt8(records.count))
    func number(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    for record in records {
      var target: [UInt8] = []
      for label in record.target.split(separator: ".") {
        target.append(UInt8(label.utf8.count))
        target += label.utf8
      }
      target.append(0)
      octets += [0xC0, 12, 0, 33, 0, 1, 0, 0, 0, 60] + number(UInt16(6 + target.count))
      octets += number(record.priority) + [0, 0] + number(record.port) + target
    }
    return octets
  }
}
