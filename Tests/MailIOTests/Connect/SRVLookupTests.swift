import Glibc
import MailProtocols
import TestSupport
import Testing

@testable import MailIO

private func look(
  _ servers: [ScriptedNameServer], patience: Duration = .seconds(20),
  until deadline: Deadline = soon,
  unless interrupt: Interrupt? = nil
) throws(ConnectError) -> SRVQuery.Answer {
  try SRVLookup.answer(
    service: "_sieve._tcp", domain: "example.test",
    nameServers: NameServers(servers.map(\.address), patience: patience), until: deadline,
    unless: interrupt)
}

private let one = SRVQuery.Answer.records([
  SRVRecord(priority: 0, weight: 0, port: 4190, target: "a.test")
])
private let records: [(priority: UInt16, port: UInt16, target: String)] = [(0, 4190, "a.test")]

@Suite("SRV look-up")
struct SRVLookupTests {
  @Test("a name server is asked over UDP, and its answer taken")
  func datagram() throws {
    let server = try ScriptedNameServer { question, isStream in
      isStream ? [] : [ScriptedNameServer.answer(question, records)]
    }
    #expect(try look([server]) == one)
    #expect(server.questionCount == 1)
  }

  @Test("an answer that does not fit is asked for over TCP")
  func stream() throws {
    let server = try ScriptedNameServer { question, isStream in
      isStream
        ? [ScriptedNameServer.answer(question, records)]
        : [ScriptedNameServer.answer(question, flags: (0x83, 0x80))]
    }
    #expect(try look([server]) == one)
    #expect(server.questionCount == 2)
  }

  @Test("what is no answer to the question is passed over, as if nothing had come")
  func forgeries() throws {
    let server = try ScriptedNameServer { question, _ in
      var other = ScriptedNameServer.answer(question, [(0, 1, "evil.test")])
      other[0] ^= 1
      return [[], [1, 2, 3], other, question, ScriptedNameServer.answer(question, records)]
    }
    #expect(try look([server]) == one)
  }

  @Test("identifiers differ from one question to the next")
  func identifiers() throws {
    let seen = Guarded<Set<[UInt8]>>([])
    let server = try ScriptedNameServer { question, _ in
      seen.withLock { _ = $0.insert([UInt8](question[..<2])) }
      return [ScriptedNameServer.answer(question)]
    }
    for _ in 0..<20 { #expect(try look([server]) == .none) }
    #expect(seen.withLock { $0.count } > 10)
  }

  @Test("a server that is silent or cannot say is followed by the next")
  func nextServer() throws {
    let silent = try ScriptedNameServer { _, _ in [] }
    let broken = try ScriptedNameServer { question, _ in
      [ScriptedNameServer.answer(question, flags: (0x81, 0x82))]
    }
    let good = try ScriptedNameServer { question, _ in
      [ScriptedNameServer.answer(question, records)]
    }
    #expect(try look([silent, broken, good], patience: .milliseconds(50)) == one)
    #expect(silent.questionCount == 1 && broken.questionCount == 1)
  }

  @Test("all are asked twice, then that is the end, with the last reason")
  func noAnswer() throws {
    let broken = try ScriptedNameServer { question, _ in
      [ScriptedNameServer.answer(question, flags: (0x81, 0x85))]
    }
    #expect(
      throws: ConnectError.lookupFailed(
        "example.test", reason: "the name server refused to say (REFUSED)")
    ) { try look([broken]) }
    #expect(broken.questionCount == 2)
  }

  @Test("nobody at the port is a reason, and not a wait")
  func refused() throws {
    let gone = try ScriptedNameServer { _, _ in [] }.address
    let error = #expect(throws: ConnectError.self) {
      try SRVLookup.answer(
        service: "_imap._tcp", domain: "example.test", nameServers: NameServers([gone]),
        until: soon, unless: nil)
    }
    #expect(
      error
        == .lookupFailed(
          "example.test", reason: "name server 127.0.0.1: Connection refused"))
  }

  @Test("the deadline ends it, and so does the interrupt; a domain that is none is not asked for")
  func ends() throws {
    let silent = try ScriptedNameServer { _, _ in [] }
    #expect(throws: ConnectError.lookupFailed("example.test", reason: "no answer in time")) {
      try look([silent], until: .after(.milliseconds(50)))
    }
    let interrupt = try Interrupt()
    interrupt.raise()
    #expect(throws: ConnectError.interrupted(host: "example.test")) {
      try look([silent], unless: interrupt)
    }
    #expect(throws: ConnectError.unknownHost("ü.test", reason: "not a domain name in ASCII")) {
      try SRVLookup.answer(
        service: "_imap._tcp", domain: "ü.test", nameServers: NameServers([silent.address]),
        until: soon, unless: nil)
    }
  }
}

@Suite("resolv.conf")
struct NameServersTests {
  @Test(
    "name servers in their order, three at most; else the one on this machine",
    arguments: [
      ("nameserver 192.0.2.1\n", ["192.0.2.1:53"]),
      (
        "# nameserver 192.0.2.9\nnameserver\t2001:db8::1 \nnameserver 192.0.2.1",
        [
          "[2001:db8::1]:53", "192.0.2.1:53",
        ]
      ),
      ("nameserver name.test\nnameserver\n search a\nnameservers 192.0.2.1", ["127.0.0.1:53"]),
      ("", ["127.0.0.1:53"]),
      (
        (1...4).map { "nameserver 192.0.2.\($0)\n" }.joined(),
        ["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"]
      ),
    ] as [(String, [String])])
  func servers(text: String, addresses: [String]) {
    #expect(NameServers(resolvConf: text).addresses.map(\.text) == addresses)
  }

  @Test(
    "options may say how long a server is waited for",
    arguments: [
      ("options rotate timeout:2", 2), ("options timeout:30", 30), ("options timeout:31", 5),
      ("options timeout:0", 5), ("options timeout:x", 5), ("timeout:2", 5),
    ])
  func patience(text: String, seconds: Int) {
    #expect(NameServers(resolvConf: text).patience == .seconds(seconds))
  }

  @Test("a file is read; one that is not there is as an empty one")
  func files() {
    let scratch = ScratchDirectory()
    ScratchDirectory.write(Array("nameserver 192.0.2.7\n".utf8), to: scratch["resolv.conf"])
    #expect(NameServers.ofSystem(scratch["resolv.conf"]).addresses.map(\.text) == ["192.0.2.7:53"])
    #expect(NameServers.ofSystem(scratch["none"]).addresses.map(\.text) == ["127.0.0.1:53"])
  }
}
