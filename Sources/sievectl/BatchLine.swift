// The commands of a batch, and of the shell: a line each, in words as sh(1) makes them.

internal import MailProtocols
internal import ToolSupport

/// One command.
struct BatchLine: Sendable {
  /// The longest file of commands or users, in octets.
  static let maxByteCount = 16 << 20

  /// From 1.
  let number: Int
  let words: [String]

  /// The commands in a file; lines that are blank or a comment are left out. Throws 64 for a line
  /// that is none, named by `source`.
  static func all(
    in octets: [UInt8], source: String
  ) throws(SieveFailure) -> [BatchLine] {
    var lines: [BatchLine] = []
    for (index, octets) in octets.split(separator: .lineFeed, omittingEmptySubsequences: false)
      .enumerated()
    {
      do throws(SieveFailure) {
        let line = BatchLine(number: index + 1, words: try words(of: Array(octets)))
        guard !line.words.isEmpty else { continue }
        _ = try CommandTable.lineAction(line.words)
        lines.append(line)
      } catch {
        throw SieveFailure(.usage, error.text, subject: "\(source):\(index + 1)")
      }
    }
    return lines
  }

  /// The words of a line without its line end. Throws 64.
  static func words(of octets: [UInt8]) throws(SieveFailure) -> [String] {
    let octets = octets.last == .carriageReturn ? octets.dropLast() : octets[...]
    guard Array(octets).span.isWellFormedUTF8 else { throw SieveFailure(.usage, "not UTF-8") }
    guard !octets.contains(.nul) else { throw SieveFailure(.usage, "a NUL") }
    do throws(CommandWords.Failure) {
      return try CommandWords.split(
        String(decoding: octets, as: UTF8.self), numberSign: .comment)
    } catch {
      throw SieveFailure(.usage, "\(error)")
    }
  }
}
