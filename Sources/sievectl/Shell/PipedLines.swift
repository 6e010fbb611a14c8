// The lines of a shell that nobody types: from a pipe or a file, without a prompt.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Lines of standard input.
struct PipedLines: ShellLines {
  let isInteractive = false
  private let signals: SignalWatch
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  private var piece = [UInt8](repeating: 0, count: 4096)

  init(_ signals: SignalWatch) { self.signals = signals }

  /// Throws 65 for a line over `BatchLine.maxByteCount`, 74.
  mutating func next(_ prompt: String) throws(SieveFailure) -> [UInt8]? {
    var searchedCount = 0
    while true {
      if let end = buffer[(position + searchedCount)...].firstIndex(of: .lineFeed) {
        defer { position = end + 1 }
        return Array(buffer[position..<end])
      }
      searchedCount = buffer.count - position
      if isAtEnd {
        defer { position = buffer.count }
        return position < buffer.count ? Array(buffer[position...]) : nil
      }
      guard searchedCount <= BatchLine.maxByteCount else {
        throw SieveFailure(.dataError, "a line is too long", subject: "stdin")
      }
      guard try fill() else { return nil }
    }
  }

  /// False when a signal came.
  private mutating func fill() throws(SieveFailure) -> Bool {
    buffer.removeFirst(position)
    position = 0
    guard signals.waitForInput(of: STDIN_FILENO) else { return false }
    let count = retryingInterrupted { read(STDIN_FILENO, &piece, piece.count) }
    guard count >= 0 else { throw SieveFailure(.ioError, "\(SystemError("read", "stdin"))") }
    isAtEnd = count == 0
    buffer += piece[..<count]
    return true
  }
}
