// An mbox of the kind mboxrd (mbox(5)) taken apart: the inverse of MboxSeparator and MboxFraming.
// For an mbox that is in memory; it does not look for other kinds of mbox (mboxo, mboxcl).

/// One message of an mbox.
package struct MboxMessage: Equatable, Sendable {
  /// The From_ line without `From ` and line feed.
  package let separator: [UInt8]
  /// The message, its quoting and the empty line behind it taken away.
  package let content: [UInt8]
}

/// Reads an mbox.
package enum MboxReader {
  /// The messages in order; nil when what is not empty does not start with a From_ line.
  package static func messages(in mbox: [UInt8]) -> [MboxMessage]? {
    var messages: [MboxMessage] = []
    var separator: [UInt8]?
    var content: [UInt8] = []
    for line in lines(of: mbox) {
      if line.starts(with: MboxSeparator.start) {
        if let separator { messages.append(message(separator, content)) }
        separator = Array(line.dropFirst(MboxSeparator.start.count).filter { $0 != .lineFeed })
        content.removeAll(keepingCapacity: true)
      } else if separator == nil {
        return nil
      } else {
        content += unquoted(line)
      }
    }
    if let separator { messages.append(message(separator, content)) }
    return messages
  }

  /// The line without the `>` that quoting gave it; any other line as it is.
  package static func unquoted(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard line.first == .ascii(">") else { return line }
    let isQuoted = line.drop { $0 == .ascii(">") }.starts(with: MboxSeparator.start)
    return isQuoted ? line.dropFirst() : line
  }

  private static func lines(of mbox: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < mbox.endIndex {
      let end = mbox[start...].firstIndex(of: .lineFeed).map { $0 + 1 } ?? mbox.endIndex
      lines.append(mbox[start..<end])
      start = end
    }
    return lines
  }

  private static func message(_ separator: [UInt8], _ content: [UInt8]) -> MboxMessage {
    let hasEmptyLine = content.suffix(2) == [.lineFeed, .lineFeed] || content == [.lineFeed]
    return MboxMessage(
      separator: separator, content: hasEmptyLine ? Array(content.dropLast()) : content)
  }
}
