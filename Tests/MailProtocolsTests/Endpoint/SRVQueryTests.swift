import MailProtocols
import Testing

private typealias DNS = DNSMessageFixture

private let query = SRVQuery(service: "_sieve._tcp", domain: "Example.ORG.", id: 0x1234)!

private func answer(
  _ answers: [[UInt8]], _ change: (inout DNSMessageFixture) -> Void = { _ in }
) throws(DNSError) -> SRVQuery.Answer {
  var message = DNS(answers: answers)
  change(&message)
  return try query.answer(message.octets.span)
}

private func record(_ target: String, port: UInt16 = 4190) -> SRVRecord {
  SRVRecord(priority: 0, weight: 0, port: port, target: target)
}

@Suite("SRV query")
struct SRVQueryTests {
  @Test("the question is one for SRV, in class IN, with recursion desired")
  func question() {
    #expect(
      query.message
        == [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + DNS.name("_sieve._tcp.example.org")
        + [0, 33, 0, 1])
  }

  @Test(
    "a domain is made of labels of 1 to 63 octets, 255 octets on the wire",
    arguments: [
      ("example.org", true), ("localhost", true), ("a_b-1.test", true), ("", false),
      (".", false), (".org", false), ("a..b", false), ("a b", false), ("ü.test", false),
      ("a\0b", false), ("a.b.", true), ("a.b..", false),
      (String(repeating: "a", count: 63), true), (String(repeating: "a", count: 64), false),
      // 12 octets of service, 242 of domain, 1 of root.
      (String(repeating: "a.", count: 120) + "a", true),
      (String(repeating: "a.", count: 121) + "a", false),
    ])
  func domains(domain: String, isOne: Bool) {
    #expect((SRVQuery(service: "_sieve._tcp", domain: domain, id: 0) != nil) == isOne)
  }

  @Test("records come with priority, weight, port and target, in their order")
  func records() throws {
    let found = try answer([
      DNS.srv(10, 20, 4190, DNS.name("B.Example.org")),
      DNS.srv(0, 0, 2000, DNS.name("a.example.org")),
    ])
    #expect(
      found
        == .records([
          SRVRecord(priority: 10, weight: 20, port: 4190, target: "b.example.org"),
          SRVRecord(priority: 0, weight: 0, port: 2000, target: "a.example.org"),
        ]))
  }

  @Test("what else is in the message does not count: other types, classes, owners, sections")
  func others() throws {
    var chaos = DNS.srv(0, 0, 1, DNS.name("chaos.test"))
    chaos[5] = 3
    let found = try answer([
      DNS.record(type: 46, [1, 2, 3]), chaos,
      DNS.srv(0, 0, 1, DNS.name("x.test"), owner: DNS.name("other.test")),
      DNS.record([1, 0xFF, 0], type: 16, [0]), DNS.srv(0, 0, 4190, DNS.name("a.test")),
    ]) { $0.more = [0xFF, 0xFF, 0xFF] }
    #expect(found == .records([record("a.test")]))
  }

  @Test("an alias of the service is followed, as far as eight go")
  func aliases() throws {
    func chain(_ count: Int) -> [[UInt8]] {
      (0..<count).map { index in
        DNS.record(
          index == 0 ? DNS.question : DNS.name("n\(index).test"), type: 5,
          DNS.name("n\(index + 1).test"))
      } + [DNS.srv(0, 0, 4190, DNS.name("a.test"), owner: DNS.name("n\(count).test"))]
    }
    #expect(try answer(chain(1)) == .records([record("a.test")]))
    #expect(try answer(chain(8)) == .records([record("a.test")]))
    #expect(try answer(chain(9)) == .none)
    let loop = [DNS.record(type: 5, DNS.question)]
    #expect(try answer(loop) == .none)
  }

  @Test("no record, no such name; a target that is the root, or no port, says: not here")
  func noService() throws {
    #expect(try answer([]) == .none)
    #expect(try answer([]) { $0.flags = 0x8183 } == .none)
    #expect(try answer([DNS.srv(0, 0, 0, [0])]) == .notOffered)
    #expect(try answer([DNS.srv(0, 0, 0, DNS.name("a.test"))]) == .notOffered)
    #expect(
      try answer([DNS.srv(0, 0, 0, [0]), DNS.srv(0, 0, 4190, DNS.name("a.test"))])
        == .records([record("a.test")]))
  }

  @Test(
    "a message that answers something else is unrelated",
    arguments: [
      { $0.id = 0x1235 }, { $0.flags = 0x0100 }, { $0.flags = 0x8980 }, { $0.questions = [] },
      { $0.questions += $0.questions },
      { $0.questions = [DNS.name("_imap._tcp.example.org") + [0, 33, 0, 1]] },
      { $0.questions = [DNS.name("_sieve._tcp.example.org") + [0, 1, 0, 1]] },
      { $0.questions = [DNS.name("_sieve._tcp.example.org") + [0, 33, 0, 3]] },
    ] as [@Sendable (inout DNSMessageFixture) -> Void])
  func unrelated(change: @Sendable (inout DNSMessageFixture) -> Void) {
    #expect(throws: DNSError.unrelated) { try answer([], change) }
  }

  @Test("a name server that cannot say, or not all of it, is told apart")
  func codes() {
    #expect(throws: DNSError.serverFailed(code: 2)) { try answer([]) { $0.flags = 0x8182 } }
    #expect(throws: DNSError.serverFailed(code: 5)) { try answer([]) { $0.flags = 0x8185 } }
    #expect(throws: DNSError.truncated) { try answer([]) { $0.flags = 0x8380 } }
  }

  @Test("every message that is cut short is malformed")
  func cut() {
    let whole = DNS(answers: [
      DNS.record(type: 5, DNS.name("n.test")),
      DNS.srv(0, 0, 4190, DNS.name("a.test"), owner: DNS.name("n.test")),
    ]).octets
    #expect((try? query.answer(whole.span)) == .records([record("a.test")]))
    for count in 0..<whole.count {
      let error = #expect(throws: DNSError.self) {
        try query.answer(whole.span.extracting(0..<count))
      }
      // Whatever is cut in the question cannot be the question.
      #expect(error == .malformed || (count < 41 && error == .unrelated), "\(count)")
    }
  }

  @Test(
    "a target that is no name is malformed",
    arguments: [
      // Forwards, to itself, into the header, a label of an unknown kind, an odd octet, too little.
      [0xC0, 0xFF], [0xC0, 59], [0xC0, 0], [0x40, 0], [0x80, 0], [1, 0x20, 0], [1, 0, 0], [1],
      [3, 0x61], [], [0xC0], [0, 0],
    ] as [[UInt8]])
  func targets(target: [UInt8]) {
    #expect(throws: DNSError.malformed) { try answer([DNS.srv(0, 0, 1, target)]) }
  }

  @Test("a name goes through sixteen pointers, and not through one more")
  func pointers() throws {
    // Pointers in records that are not looked at, each to the one before it; the last is a target.
    func chain(_ count: Int) -> [[UInt8]] {
      var place = DNS(answers: []).octets.count
      var target: UInt16 = 12
      return (1..<count).map { _ in
        let record = DNS.record(type: 16, DNS.number(0xC000 | target))
        place += record.count
        target = UInt16(place - 2)
        return record
      } + [DNS.srv(0, 0, 4190, DNS.number(0xC000 | target))]
    }
    for count in [1, 2, 16] {
      #expect(try answer(chain(count)) == .records([record("_sieve._tcp.example.org")]))
    }
    #expect(throws: DNSError.malformed) { try answer(chain(17)) }
  }

  @Test("sixty-four records are taken, sixty-five are too many")
  func limits() throws {
    let one = DNS.srv(0, 0, 4190, DNS.name("a.test"))
    let most = SRVQuery.maxRecordCount
    #expect(
      try answer(Array(repeating: one, count: most))
        == .records(Array(repeating: record("a.test"), count: most)))
    #expect(throws: DNSError.malformed) { try answer(Array(repeating: one, count: most + 1)) }
  }
}
