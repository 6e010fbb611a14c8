// A message as it stands in an mbox of the kind mboxrd (mbox(5)): each line that is "From " after
// any number of ">" gets one more ">", which a reader can take away again, so that nothing is lost.
// The message ends with a line feed and an empty line. The From_ line is MboxSeparator's.

/// Quotes a message for an mbox as it streams by in pieces.
package struct MboxFraming: Sendable {
  private enum Position {
    /// At the start of a line, after nothing but `>`, and this many octets of `From `.
    case lineStart(matchedCount: Int)
    /// Where nothing can match until the next line feed.
    case insideLine
  }

  private var position = Position.lineStart(matchedCount: 0)
  private var endsWithLineFeed = true

  /// A writer at the start of a message, its From_ line already written.
  package init() {}

  /// Appends the quoted piece to `output`; up to four octets wait for the next piece.
  package mutating func quote(_ input: Span<UInt8>, into output: inout [UInt8]) {
    if input.isEmpty { return }
    endsWithLineFeed = input[input.count - 1] == .lineFeed
    input.withUnsafeBufferPointer { bytes in
      var runStart = 0
      var index = 0
      while index < bytes.count {
        switch position {
        case .insideLine:
          guard let lineEnd = bytes.firstIndex(of: .lineFeed, from: index) else {
            index = bytes.count
            break
          }
          index = lineEnd + 1
          position = .lineStart(matchedCount: 0)
        case .lineStart(let matchedCount):
          // What is held back from an earlier piece is written once its line is decided.
          let octet = bytes[index]
          if octet == .ascii(">") && matchedCount == 0 {
            index += 1
          } else if octet == MboxSeparator.start[matchedCount] {
            output.append(contentsOf: bytes[runStart..<index])
            index += 1
            runStart = index
            advance(matchedCount, into: &output)
          } else {
            output.append(contentsOf: MboxSeparator.start[..<matchedCount])
            position = .insideLine
          }
        }
      }
      output.append(contentsOf: bytes[runStart...])
    }
  }

  /// Appends what was held back, the last line's end when it has none, and the empty line; the
  /// writer is then at the start of a message again.
  package mutating func finish(into output: inout [UInt8]) {
    if case .lineStart(let matchedCount) = position {
      output.append(contentsOf: MboxSeparator.start[..<matchedCount])
    }
    if !endsWithLineFeed { output.append(.lineFeed) }
    output.append(.lineFeed)
    self = MboxFraming()
  }

  /// One octet more of `From ` has come. A `>` before it and one at the line's start make the same
  /// line, so that the run of `>` need not be held back.
  private mutating func advance(_ matchedCount: Int, into output: inout [UInt8]) {
    if matchedCount + 1 < MboxSeparator.start.count {
      position = .lineStart(matchedCount: matchedCount + 1)
    } else {
      output.append(.ascii(">"))
      output.append(contentsOf: MboxSeparator.start)
      position = .insideLine
    }
  }
}
