import Glibc
import Testing

@testable import MailIO

@Suite("Listen address")
struct ListenAddressTests {
  @Test(
    "addresses, and how they are written",
    arguments: [
      ("127.0.0.1:25", .inet(host: "127.0.0.1", port: 25), "127.0.0.1:25"),
      ("inet:localhost:0", .inet(host: "localhost", port: 0), "localhost:0"),
      (":65535", .inet(host: "", port: 65535), ":65535"),
      ("inet::25", .inet(host: "", port: 25), ":25"),
      ("[::1]:25", .inet(host: "::1", port: 25), "[::1]:25"),
      ("[fe80::1%eth0]:25", .inet(host: "fe80::1%eth0", port: 25), "[fe80::1%eth0]:25"),
      ("unix:/a b", .unix(path: "/a b"), "unix:/a b"), ("unix:x:1", .unix(path: "x:1"), "unix:x:1"),
      ("fd:0", .descriptor(0), "fd:0"), ("fd:12", .descriptor(12), "fd:12"),
    ] as [(String, ListenAddress, String)])
  func parsed(text: String, address: ListenAddress, description: String) {
    #expect(ListenAddress(text) == address)
    #expect(address.description == description)
  }

  @Test(
    "what is no address",
    arguments: [
      "", ":", "25", "host", "host:", "host:x", "host:-1", "host:+1", "host:65536", "host: 1",
      "host:1 ", "::1:25", "[]:25", "[::1]", "[::1", "unix:", "fd:", "fd:-1", "fd:+1", "fd:x",
      "fd:99999999999", "inet:", "inet:25",
    ])
  func refused(text: String) {
    #expect(ListenAddress(text) == nil)
  }
}

@Suite("Deadline")
struct DeadlineTests {
  @Test("how long poll(2) may wait")
  func pollTimeout() {
    #expect(Deadline.never.pollTimeout == -1)
    #expect(!Deadline.never.hasPassed)
    #expect(!Deadline.never.isWithin(milliseconds: .max))
    for past in [Duration.zero, .seconds(-5), .nanoseconds(-1)] {
      #expect(Deadline.after(past).pollTimeout == 0)
      #expect(Deadline.after(past).hasPassed)
    }
    let hour = Deadline.after(.seconds(3600))
    #expect((3_590_000...3_600_000).contains(hour.pollTimeout))
    #expect(!hour.hasPassed)
    #expect(hour.isWithin(milliseconds: 3_600_001))
    #expect(!hour.isWithin(milliseconds: 1000))
    // Rounded up: a wait that is too short would be a second one of nothing.
    #expect(Deadline.after(.microseconds(900_001)).pollTimeout > 0)
    #expect(Deadline.after(.seconds(1 << 30)).pollTimeout == .max)
  }

  @Test("spans too long for the clock never end", arguments: [9_223_372_036, 1 << 62])
  func overflow(seconds: Int64) {
    let span = Duration(secondsComponent: seconds, attosecondsComponent: 999_999_999_999_999_999)
    #expect(Deadline.after(span) == .never)
    #expect(Deadline.after(.zero - .seconds(seconds)).hasPassed)
    #expect(Deadline.after(.seconds(1)) < .never)
  }
}

@Suite("Interrupt")
struct InterruptTests {
  @Test("is up from raise to clear, and wakes who waits")
  func raised() throws {
    let interrupt = try Interrupt()
    #expect(!interrupt.isRaised)
    #expect(!interrupt.wait(until: .after(.zero)))
    onThreads(4) { index in
      if index == 0 { interrupt.raise() } else { #expect(interrupt.wait(until: patience)) }
    }
    interrupt.raise()
    #expect(interrupt.isRaised)
    interrupt.clear()
    #expect(!interrupt.isRaised)
    #expect(!interrupt.wait(until: .after(.zero)))
    interrupt.clear()
    #expect(!interrupt.isRaised)
  }
}

@Suite("Guarded")
struct GuardedTests {
  @Test("one thread at a time touches the value")
  func threads() {
    let count = Guarded(0)
    onThreads(8) { _ in for _ in 0..<1000 { count.withLock { $0 += 1 } } }
    #expect(count.withLock { $0 } == 8000)
  }

  @Test("an error goes through, and the lock is free again")
  func thrown() {
    struct Stop: Error {}
    let value = Guarded(1)
    #expect(throws: Stop.self) { try value.withLock { (_) throws(Stop) in throw Stop() } }
    #expect(value.withLock { $0 } == 1)
  }
}
