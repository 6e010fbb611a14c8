import Glibc
import MailIO
import Testing
import ToolSupport

@Suite("What ends a client before it is connected")
struct ConnectFailureTests {
  @Test(
    "every cause has its status, and one line",
    arguments: [
      (.unknownHost("h", reason: "r"), .noHost, "h: unknown host: r"),
      (.noService(domain: "h", reason: "r"), .noHost, "h: r"),
      (.lookupFailed("h", reason: "r"), .temporary, "h: cannot be looked up: r"),
      (
        .unreachable(host: "h", port: 25, [ConnectAttempt("192.0.2.1", "timed out")]), .temporary,
        "h port 25: 192.0.2.1: timed out"
      ),
      (
        .unreachable(host: "unix:/s", port: nil, [ConnectAttempt("", "r")]), .temporary,
        "unix:/s: r"
      ),
      (.interrupted(host: "h"), .temporary, "h: interrupted"),
      (
        .local(SystemError("bind", "192.0.2.1:0", code: EADDRNOTAVAIL)), .cannotCreate,
        "bind 192.0.2.1:0: Cannot assign requested address"
      ),
      (
        .local(SystemError("connect", "unix:/s", code: EACCES)), .cannotCreate,
        "connect unix:/s: Permission denied"
      ),
      (
        .local(SystemError("socket", "h", code: EMFILE)), .ioError,
        "socket h: Too many open files"
      ),
    ] as [(ConnectError, ToolSupport.ExitStatus, String)])
  func causes(error: ConnectError, status: ToolSupport.ExitStatus, line: String) {
    #expect(ToolFailure(error) == ToolFailure(status, line))
  }
}
