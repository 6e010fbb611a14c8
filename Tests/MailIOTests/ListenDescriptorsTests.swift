import Glibc
import Testing

@testable import MailIO

@Suite("Listen descriptors")
struct ListenDescriptorsTests {
  private func take(
    _ process: String?, _ count: String?, _ names: String? = nil, first: Int32 = 3
  ) throws(SystemError) -> [ListenDescriptor] {
    try ListenDescriptors.descriptors(
      process: process, count: count, names: names, ourProcess: 42, first: first)
  }

  @Test("descriptors for us are taken in order, with their names, and closed on exec")
  func taken() throws {
    // Two neighbours, out of the way of descriptors that other tests open.
    let first: Int32 = 700
    for number in [first, first + 1] { try #require(dup2(2, number) == number) }
    #expect(
      try take("42", "2", "smtp:", first: first) == [
        ListenDescriptor(rawValue: first, name: "smtp"),
        ListenDescriptor(rawValue: first + 1, name: ""),
      ])
    for number in [first, first + 1] { #expect(fcntl(number, F_GETFD) == FD_CLOEXEC) }
    #expect(try take("42", "2", "lmtp", first: first).map(\.name) == ["lmtp", "unknown"])
    #expect(try take("42", "1", first: first).map(\.name) == ["unknown"])
    for number in [first, first + 1] { close(number) }
    #expect(throws: SystemError("LISTEN_FDS", "700", code: EBADF)) {
      try take("42", "1", first: first)
    }
  }

  @Test(
    "descriptors for another process, and none, are no descriptors",
    arguments: [(nil, nil), ("42", nil), (nil, "1"), ("43", "1"), ("42", "0"), ("43", "x")])
  func none(process: String?, count: String?) throws {
    #expect(try take(process, count) == [])
  }

  @Test(
    "what is not a count is refused, and one past the limit",
    arguments: ["x", "", "-1", "1.5", "\(ListenDescriptors.maxCount + 1)"])
  func refused(count: String) {
    #expect(throws: SystemError("LISTEN_FDS", count, code: EINVAL)) { try take("42", count) }
  }

  @Test("as many as the limit are asked for")
  func limit() {
    // That many are not open: the first that is not is named, so the count was taken.
    #expect(throws: SystemError("LISTEN_FDS", "2000000", code: EBADF)) {
      try take("42", "\(ListenDescriptors.maxCount)", first: 2_000_000)
    }
  }

  @Test("what is not a process is refused", arguments: ["x", "", "0", "-42"])
  func refusedProcess(process: String) {
    #expect(throws: SystemError("LISTEN_PID", process, code: EINVAL)) { try take(process, "1") }
  }
}
