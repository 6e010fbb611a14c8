// What the transcripts of all protocols have in common: a tag of two characters, a blank, and text
// with escapes. What the tags mean is said in the README of each folder below Fixtures/.

import MailProtocols

/// A line of a transcript.
struct TranscriptLine {
  struct Malformed: Error {
    let line: Int
    let why: String
  }

  /// Counted from 1.
  let number: Int
  let text: Substring

  /// The lines of a file; empty ones and comments are left out.
  static func all(in file: String) -> [TranscriptLine] {
    file.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { TranscriptLine(number: $0.offset + 1, text: $0.element) }
      .filter { !$0.text.isEmpty && !$0.text.hasPrefix("#") }
  }

  /// `C:`, for one.
  var tag: Substring { text.prefix(2) }

  /// What stands behind the tag and its blank.
  var rest: Substring { text.dropFirst(text.count == 2 ? 2 : 3) }

  /// All of the line, where it is words and not a tag.
  var words: [String] { text.split(separator: " ").map(String.init) }

  /// The rest with its escapes taken off.
  func octets() throws -> [UInt8] { try octets(rest) }

  /// Takes the escapes `\r \n \t \\ \xNN` off.
  func octets(_ text: Substring) throws -> [UInt8] {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == .ascii("\\") else {
        octets.append(octet)
        continue
      }
      switch rest.popFirst() {
      case .ascii("r"): octets.append(.carriageReturn)
      case .ascii("n"): octets.append(.lineFeed)
      case .ascii("t"): octets.append(.tab)
      case .ascii("\\"): octets.append(.ascii("\\"))
      case .ascii("x"):
        guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
          throw malformed("\\x needs two digits: \(text)")
        }
        octets.append(high << 4 | low)
      default: throw malformed("unknown escape: \(text)")
      }
    }
    return octets
  }

  func malformed(_ why: String) -> Malformed { Malformed(line: number, why: why) }
}
