// What a connection does for servers that play a bad one: it is reset, or takes little ahead.

internal import Glibc

extension Connection {
  /// Has the connection reset when it is closed: what the peer sent and was not read is lost, and so
  /// may be what it was sent.
  package func resetAtEnd() {
    session?.abandon()
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  /// Has the system take no more than about so many octets ahead of us, so that a peer notices when
  /// we are slow.
  package func narrowInput(to byteCount: Int) {
    var count = Int32(clamping: max(Self.minSystemBuffer, byteCount))
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVBUF, &count, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Has the system take as much ahead of us as it does for most, after `narrowInput`.
  package func widenInput() { narrowInput(to: Self.usualSystemBuffer) }

  private static let minSystemBuffer = 4096
  private static let usualSystemBuffer = 256 << 10
}
