import Glibc
import Testing

@testable import MailIO

private func look(
  _ host: String, _ family: AddressFamily = .any, until deadline: Deadline = soon,
  unless interrupt: Interrupt? = nil,
  asking ask: @escaping @Sendable (Resolver.Question) -> Resolver.Answer = { _ in
    .status(EAI_FAIL, errno: 0)
  }
) throws(ConnectError) -> [String] {
  try Resolver.addresses(
    of: Resolver.Question(host: host, port: 4190, family: family), until: deadline,
    unless: interrupt, asking: ask
  ).map(\.text)
}

@Suite("Resolver", .serialized)
struct ResolverTests {
  @Test(
    "an address is its own answer, and nobody is asked",
    arguments: [
      ("192.0.2.1", "192.0.2.1:4190"), ("::1", "[::1]:4190"),
      ("2001:DB8::0:1", "[2001:db8::1]:4190"),
    ])
  func numeric(host: String, address: String) throws {
    #expect(try look(host) == [address])
    #expect(Resolver.isAddress(host))
  }

  @Test("an address of the other family is none, and so is a name")
  func family() {
    #expect(!Resolver.isAddress("localhost") && !Resolver.isAddress("[::1]"))
    #expect(throws: ConnectError.self) { try look("::1", .ipv4) }
  }

  @Test("the system knows localhost, of each family asked for")
  func system() throws {
    let found = try Resolver.addresses(
      of: "localhost", port: 25, family: .ipv4, until: soon, unless: nil)
    #expect(found.map(\.text) == ["127.0.0.1:25"])
  }

  @Test(
    "what is no host name is not asked for",
    arguments: ["", "a\0b", String(repeating: "a", count: 256)])
  func names(host: String) {
    #expect(throws: ConnectError.unknownHost(host, reason: "not a host name")) { try look(host) }
  }

  @Test(
    "no such name is one cause, no answer another",
    arguments: [
      (EAI_NONAME, true), (-5, true), (-9, true), (EAI_AGAIN, false), (EAI_FAIL, false),
      (EAI_MEMORY, false), (EAI_SYSTEM, false),
    ] as [(Int32, Bool)])
  func statuses(status: Int32, isUnknown: Bool) {
    let error = #expect(throws: ConnectError.self) {
      try look("h.test") { _ in .status(status, errno: EIO) }
    }
    let reason =
      status == EAI_SYSTEM ? "Input/output error" : String(cString: gai_strerror(status))
    #expect(
      error
        == (isUnknown
          ? .unknownHost("h.test", reason: reason) : .lookupFailed("h.test", reason: reason)))
  }

  @Test("a look-up that does not end is left behind at the deadline, and at an interrupt")
  func deadline() throws {
    let go = try Interrupt()
    #expect(throws: ConnectError.lookupFailed("h.test", reason: "no answer in time")) {
      try look("h.test", until: .after(.milliseconds(20))) { _ in
        _ = go.wait(until: soon)
        return .addresses([])
      }
    }
    let interrupt = try Interrupt()
    interrupt.raise()
    #expect(throws: ConnectError.interrupted(host: "h.test")) {
      try look("h.test", unless: interrupt) { _ in
        _ = go.wait(until: soon)
        return .addresses([])
      }
    }
    go.raise()
  }

  @Test("so many are left behind at most; when they end there is room again")
  func abandoned() throws {
    let go = try Interrupt()
    let slow: @Sendable (Resolver.Question) -> Resolver.Answer = { _ in
      _ = go.wait(until: soon)
      return .addresses([])
    }
    func error() -> ConnectError? {
      do throws(ConnectError) {
        _ = try look("h.test", until: .after(.zero), asking: slow)
        return nil
      } catch {
        return error
      }
    }
    for _ in 0..<Resolver.maxAbandonedCount {
      #expect(error() == .lookupFailed("h.test", reason: "no answer in time"))
    }
    let full = ConnectError.lookupFailed("h.test", reason: "too many look-ups have no answer yet")
    #expect(error() == full)
    go.raise()
    let limit = soon
    var last = full
    while last == full, !limit.hasPassed {
      do throws(ConnectError) {
        _ = try look("h.test", asking: slow)
      } catch {
        last = error
      }
    }
    #expect(last == .unknownHost("h.test", reason: "it has no address"))
  }
}

@Suite("Source address")
struct SourceAddressTests {
  @Test(
    "an address, with a port or without",
    arguments: [
      ("192.0.2.1", "192.0.2.1:0"), ("192.0.2.1:2000", "192.0.2.1:2000"), ("::1", "[::1]:0"),
      ("2001:db8::1:25", "[2001:db8::1:25]:0"), ("[::1]", "[::1]:0"), ("[::1]:25", "[::1]:25"),
      ("192.0.2.1:65535", "192.0.2.1:65535"),
      ("", nil), (":25", nil), ("localhost", nil), ("192.0.2.1:", nil), ("192.0.2.1:65536", nil),
      ("192.0.2.1:+5", nil), ("[192.0.2.1]:25", nil), ("[::1", nil), ("[]", nil), ("[]:25", nil),
      ("[::1]25", nil), ("192.0.2.1\0", nil),
    ] as [(String, String?)])
  func addresses(text: String, shown: String?) {
    #expect(SourceAddress(text).map { "\($0)" } == shown)
  }
}
