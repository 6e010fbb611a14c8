import Glibc
import MailIO
import Testing

@Suite("System error")
struct SystemErrorTests {
  @Test("names the call, the target and the reason")
  func description() {
    #expect(
      SystemError("bind", "127.0.0.1:25", code: EACCES).description
        == "bind 127.0.0.1:25: Permission denied")
    #expect(
      SystemError("fork", code: EAGAIN).description == "fork: Resource temporarily unavailable")
  }
}
