// One question for SRV records, and its answer (RFC 1035 4, RFC 2782). Pure: the octets are sent and
// received elsewhere. Neither EDNS nor DNSSEC: what the records lead to is judged by its
// certificate, for the name that the user typed.

/// A question about one service of one domain.
package struct SRVQuery: Equatable, Sendable {
  /// The largest answer: what TCP's two octets of length can say.
  package static let maxAnswerByteCount = 65_535
  /// Records that are taken out of one answer at most; more is `malformed`.
  package static let maxRecordCount = 64
  /// Aliases (CNAME) that lead from the name asked for to the records at most.
  package static let maxAliasCount = 8

  /// What the domain says.
  package enum Answer: Equatable, Sendable {
    /// There is no such record.
    case none
    /// The service is decidedly not there: a single record whose target is the root.
    case notOffered
    /// In the order they came.
    case records([SRVRecord])
  }

  private enum RecordType {
    static let cname: UInt16 = 5
    static let srv: UInt16 = 33
  }

  private let id: UInt16
  /// In lower case, without a dot at the end.
  private let name: String

  /// Asks for `_sieve._tcp.DOMAIN`, say; nil when that is no domain name in ASCII.
  /// - Parameter id: a random number, which the answer must have, too.
  package init?(service: String, domain: String, id: UInt16) {
    var domain = domain[...]
    if domain.hasSuffix(".") { domain = domain.dropLast() }
    guard !domain.isEmpty else { return nil }
    name = "\(service).\(domain)".lowercased()
    self.id = id
    guard DNSName.wire(name) != nil else { return nil }
  }

  /// The message to send; over TCP its length in two octets goes before it.
  package var message: [UInt8] {
    // One question, recursion desired.
    var message = [UInt8(id >> 8), UInt8(id & 0xFF), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    message += DNSName.wire(name) ?? []
    message += [0, UInt8(RecordType.srv), 0, 1]
    return message
  }

  /// Reads what came back. What stands behind the answers is not looked at.
  package func answer(_ message: Span<UInt8>) throws(DNSError) -> Answer {
    guard message.count >= 12 else { throw .malformed }
    // A response (QR) of opcode 0 to the very question.
    guard message.number(at: 0) == id, message[2] & 0xF8 == 0x80, message.number(at: 4) == 1 else {
      throw .unrelated
    }
    var position = 12
    guard try DNSName.read(message, &position) == name, message.count - position >= 4,
      message.number(at: position) == RecordType.srv, message.number(at: position + 2) == 1
    else { throw .unrelated }
    position += 4
    guard message[2] & 0x02 == 0 else { throw .truncated }
    switch message[3] & 0x0F {
    case 0: break
    // NXDOMAIN.
    case 3: return .none
    case let code: throw .serverFailed(code: code)
    }
    return try answer(message, from: position, count: Int(message.number(at: 6)))
  }

  private func answer(
    _ message: Span<UInt8>, from start: Int, count: Int
  ) throws(DNSError) -> Answer {
    var position = start
    var aliases: [String: String] = [:]
    var found: [(owner: String, record: SRVRecord)] = []
    for _ in 0..<count {
      let ownerPosition = position
      try DNSName.skip(message, &position)
      guard message.count - position >= 10 else { throw .malformed }
      let type = message.number(at: position)
      let isInternet = message.number(at: position + 2) == 1
      let end = position + 10 + Int(message.number(at: position + 8))
      guard end <= message.count else { throw .malformed }
      position += 10
      if isInternet, type == RecordType.srv || type == RecordType.cname {
        var place = ownerPosition
        let owner = try DNSName.read(message, &place)
        if type == RecordType.cname {
          aliases[owner] = try DNSName.read(message, &position)
        } else {
          guard found.count < Self.maxRecordCount, end - position >= 7 else { throw .malformed }
          let (priority, weight, port) = (
            message.number(at: position), message.number(at: position + 2),
            message.number(at: position + 4)
          )
          position += 6
          let target = try DNSName.read(message, &position)
          found.append(
            (owner, SRVRecord(priority: priority, weight: weight, port: port, target: target)))
        }
        guard position == end else { throw .malformed }
      }
      position = end
    }
    var owner = name
    for _ in 0..<Self.maxAliasCount {
      guard let next = aliases[owner] else { break }
      owner = next
    }
    let records = found.filter { $0.owner == owner }.map(\.record)
    let usable = records.filter { !$0.target.isEmpty && $0.port != 0 }
    if !usable.isEmpty { return .records(usable) }
    return records.isEmpty ? .none : .notOffered
  }
}

extension Span<UInt8> {
  /// Two octets, the higher first.
  fileprivate func number(at position: Int) -> UInt16 {
    UInt16(self[position]) << 8 | UInt16(self[position + 1])
  }
}
