// What a tool says on stderr: one line a problem, `tool: what: why`, written whole, so that lines
// of many threads never mix. Text of peers is made safe for terminals by those who pass it.

internal import Glibc

/// The voice of a tool on stderr.
package struct Diagnostics: Sendable {
  /// How much it says; `-q` lowers it, each `-v` raises it.
  package enum Level: Int, Comparable, Sendable {
    /// Nothing but what ends the tool.
    case quiet = -1
    /// Problems.
    case normal = 0
    /// What happens: connections, messages.
    case verbose = 1
    /// The dialogue itself.
    case dialogue = 2

    package static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }

    /// The level of so many `-v` and `-q`.
    package init(verboseCount: Int, quietCount: Int) {
      self = Level(rawValue: min(max(verboseCount - quietCount, -1), 2)) ?? .normal
    }
  }

  /// The tool's name, which starts each line.
  package let tool: String
  package let level: Level

  package init(tool: String, level: Level) {
    self.tool = tool
    self.level = level
  }

  /// Says what went wrong; the tool goes on.
  package func problem(_ message: String) {
    if level >= .normal { write(message) }
  }

  /// Says what ends the tool; always heard.
  package func fatal(_ message: String) {
    write(message)
  }

  /// Says what happened, to those who asked.
  package func info(_ message: @autoclosure () -> String) {
    if level >= .verbose { write(message()) }
  }

  private func write(_ message: String) {
    var line = Array("\(tool): \(message)\n".utf8)
    // A file name may hold a newline; the line stays one line.
    for index in line.indices.dropLast() where line[index].isLineBreak { line[index] = 0x3F }
    line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

extension UInt8 {
  fileprivate var isLineBreak: Bool { self == 0x0A || self == 0x0D }
}
