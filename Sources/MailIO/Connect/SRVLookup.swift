// Asking name servers for SRV records: each server in turn, twice, over UDP, and over TCP when the
// answer does not fit. From a connected socket with a port of its own and with a random identifier:
// an answer from elsewhere does not get here (RFC 5452).

internal import Glibc
package import MailProtocols

/// Looks services up in DNS.
package enum SRVLookup {
  /// Rounds over all servers.
  static let roundCount = 2

  /// What a domain says about a service, such as `_sieve._tcp`.
  ///
  /// Throws `unknownHost` when the domain is no domain name, `lookupFailed` when no server answers
  /// by the deadline, `interrupted`, and `local`.
  package static func answer(
    service: String, domain: String, nameServers: NameServers = .ofSystem(),
    until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> SRVQuery.Answer {
    var reason = "no answer in time"
    for _ in 0..<roundCount {
      for server in nameServers.addresses {
        let id = SecureRandom.bytes(count: 2)
        guard
          let query = SRVQuery(
            service: service, domain: domain, id: UInt16(id[0]) << 8 | UInt16(id[1]))
        else { throw .unknownHost(domain, reason: "not a domain name in ASCII") }
        let limit = min(deadline, .after(nameServers.patience))
        do throws(Failure) {
          do throws(Failure) {
            return try askByDatagram(query, server, until: limit, unless: interrupt)
          } catch .answer(.truncated) {
            let limit = min(deadline, .after(nameServers.patience))
            return try askByStream(query, server, until: limit, unless: interrupt)
          }
        } catch {
          switch error {
          case .interrupted: throw .interrupted(host: domain)
          case .answer(let error): reason = "\(error)"
          case .timedOut: break
          case .system(let error):
            reason = "name server \(server.host): \(String(cString: strerror(error.code)))"
          case .connect(let error): throw error
          }
        }
        if deadline.hasPassed { throw .lookupFailed(domain, reason: reason) }
      }
    }
    throw .lookupFailed(domain, reason: reason)
  }

  /// Why one server gave no answer.
  private enum Failure: Error {
    case timedOut, interrupted
    case answer(DNSError)
    case system(SystemError)
    case connect(ConnectError)
  }

  // MARK: - One server

  private static func askByDatagram(
    _ query: SRVQuery, _ server: SocketAddress, until deadline: Deadline,
    unless interrupt: Interrupt?
  ) throws(Failure) -> SRVQuery.Answer {
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let number = socket(server.family, type, 0)
    guard number >= 0 else { throw .system(SystemError("socket")) }
    let socket = FileDescriptor(owning: number)
    guard server.withPointer({ connect(socket.rawValue, $0, $1) }) == 0 else {
      throw .system(SystemError("connect", server.text))
    }
    let message = query.message
    guard send(socket.rawValue, message, message.count, Int32(MSG_NOSIGNAL)) == message.count
    else { throw .system(SystemError("send", server.text)) }
    var room = [UInt8](repeating: 0, count: SRVQuery.maxAnswerByteCount)
    while true {
      try wait(socket.rawValue, until: deadline, unless: interrupt)
      let count = recv(socket.rawValue, &room, room.count, Int32(MSG_DONTWAIT))
      if count < 0 {
        if errno == EAGAIN || errno == EINTR { continue }
        throw .system(SystemError("recv", server.text))
      }
      do throws(DNSError) {
        return try query.answer(room.span.extracting(0..<count))
      } catch {
        switch error {
        // Not for us: somebody may be guessing.
        case .unrelated, .malformed: continue
        case .truncated, .serverFailed: throw .answer(error)
        }
      }
    }
  }

  private static func wait(
    _ descriptor: Int32, until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(Failure) {
    do throws(SystemError) {
      switch try DescriptorWait.input(of: descriptor, until: deadline, unless: interrupt) {
      case .ready: return
      case .timedOut: break
      case .interrupted: throw SystemError("poll", code: EINTR)
      }
    } catch {
      throw error.code == EINTR ? .interrupted : .system(error)
    }
    throw .timedOut
  }

  private static func askByStream(
    _ query: SRVQuery, _ server: SocketAddress, until deadline: Deadline,
    unless interrupt: Interrupt?
  ) throws(Failure) -> SRVQuery.Answer {
    let opened: OpenedConnection
    do throws(ConnectError) {
      opened = try ConnectionOpener().open(
        [server], host: server.host, until: deadline, unless: interrupt)
    } catch {
      throw .connect(error)
    }
    let message = query.message
    var answer: [UInt8] = []
    do throws(ConnectionError) {
      try opened.connection.send(
        [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message, until: deadline)
      while answer.count < 2 || answer.count < 2 + Int(answer[0]) << 8 + Int(answer[1]) {
        let isOpen = try opened.connection.receive(until: deadline, unless: interrupt) { octets in
          for index in 0..<min(octets.count, 2 + SRVQuery.maxAnswerByteCount - answer.count) {
            answer.append(octets[index])
          }
        }
        guard isOpen else { break }
      }
    } catch {
      switch error {
      case .interrupted: throw .interrupted
      case .broken(let error): throw .system(error)
      case .timedOut, .truncated, .closedInHandshake, .untrusted, .tlsFailed: throw .timedOut
      }
    }
    guard answer.count >= 2 else { throw .answer(.malformed) }
    let end = 2 + Int(answer[0]) << 8 + Int(answer[1])
    guard answer.count >= end else { throw .answer(.malformed) }
    do throws(DNSError) {
      return try query.answer(answer.span.extracting(2..<end))
    } catch {
      throw .answer(error)
    }
  }
}
