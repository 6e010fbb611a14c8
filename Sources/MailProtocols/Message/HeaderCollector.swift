// Keeps the header of a message that streams by, up to a limit, and finds fields in it
// (RFC 5322 2.1, 2.2 and 4.5). Line ends may be CRLF or LF; a CR alone is content.
// Decodes nothing: for encoded words see EncodedWord. The message itself is never changed.

/// The header of one message, fed in pieces.
///
/// A line that is no field, an mbox `From ` line say, is passed over. While the header is still
/// coming its last field is not reported, nor is one that the limit cut.
package struct HeaderCollector: Sendable {
  private enum State {
    case lineStart
    /// A CR began the line, which is the empty line if LF follows. It is not yet stored.
    case lineStartCR
    case inLine
    case ended
  }

  /// What was kept: whole lines with their ends, without the empty line.
  package private(set) var octets: [UInt8] = []
  /// Whether the header went over the limit, so that fields at its end are missing.
  package private(set) var isTruncated = false
  private let maxCount: Int
  private var state = State.lineStart
  /// Where the last field starts: until its end is seen it is not whole.
  private var lastFieldStart = 0

  /// - Parameter maxCount: the most octets kept, line ends counted, the empty line not.
  package init(maxCount: Int) { self.maxCount = maxCount }

  /// Whether nothing more is wanted: the empty line, the limit or `finish()` was reached.
  package var isEnded: Bool { state == .ended }

  /// Takes the next piece of the message, of any size; behind the header it costs nothing.
  package mutating func append(_ piece: Span<UInt8>) {
    var position = 0
    while position < piece.count {
      let octet = piece[position]
      switch state {
      case .ended:
        return
      case .lineStart where octet == .carriageReturn:
        state = .lineStartCR
        position += 1
      case .lineStart where octet == .lineFeed, .lineStartCR where octet == .lineFeed:
        state = .ended
      case .lineStart:
        if !octet.isBlank { lastFieldStart = octets.count }
        storeLine(piece, at: &position)
      case .lineStartCR:
        lastFieldStart = octets.count
        store([.carriageReturn].span, endsLine: false)
        if !isEnded { storeLine(piece, at: &position) }
      case .inLine:
        storeLine(piece, at: &position)
      }
    }
  }

  /// Tells that the message has ended, so that a header without an empty line is whole too.
  package mutating func finish() { state = .ended }

  /// Forgets everything but the limit, for the next message.
  package mutating func removeAll() {
    octets.removeAll(keepingCapacity: true)
    isTruncated = false
    state = .lineStart
    lastFieldStart = 0
  }

  /// Stores up to the end of the line or of the piece.
  private mutating func storeLine(_ piece: Span<UInt8>, at position: inout Int) {
    let start = position
    while position < piece.count, piece[position] != .lineFeed { position += 1 }
    let endsLine = position < piece.count
    if endsLine { position += 1 }
    store(piece.extracting(start..<position), endsLine: endsLine)
  }

  private mutating func store(_ part: Span<UInt8>, endsLine: Bool) {
    if part.count <= maxCount - octets.count {
      part.withUnsafeBufferPointer { octets.append(contentsOf: $0) }
      state = endsLine ? .lineStart : .inLine
    } else {
      // A field that a new line ended just before the limit is whole.
      octets.removeSubrange(lastFieldStart...)
      isTruncated = true
      state = .ended
    }
  }

  // MARK: Fields

  /// The value of the first field called `name`, unfolded and trimmed, or nil.
  ///
  /// Names have no case. An empty value is not nil.
  package func firstField(_ name: String) -> [UInt8]? {
    var position = 0
    while let field = nextField(at: &position) {
      if matches(field.name, name) { return unfolded(field.value) }
    }
    return nil
  }

  /// The values of all fields called `name`, in the order of the header.
  package func fields(named name: String) -> [[UInt8]] {
    var values: [[UInt8]] = []
    var position = 0
    while let field = nextField(at: &position) {
      if matches(field.name, name) { values.append(unfolded(field.value)) }
    }
    return values
  }

  /// Calls `body` with every field, in the order of the header.
  package func forEachField(_ body: (HeaderField) -> Void) {
    var position = 0
    while let field = nextField(at: &position) {
      body(HeaderField(name: [UInt8](octets[field.name]), value: unfolded(field.value)))
    }
  }

  private func matches(_ range: Range<Int>, _ name: String) -> Bool {
    octets[range].elementsEqual(name.utf8, by: { $0.lowercased == $1.lowercased })
  }

  /// The next line that starts a field, with its continuation lines; nil behind the last.
  private func nextField(at position: inout Int) -> (name: Range<Int>, value: Range<Int>)? {
    let end = isEnded ? octets.count : lastFieldStart
    while position < end {
      let start = position
      repeat {
        position = endOfLine(from: position)
      } while position < end
        && octets[position].isBlank
      var nameEnd = start
      while nameEnd < position, (0x21...0x7E).contains(octets[nameEnd]),
        octets[nameEnd] != .ascii(":")
      {
        nameEnd += 1
      }
      var colon = nameEnd
      while colon < position, octets[colon].isBlank { colon += 1 }
      if nameEnd > start, colon < position, octets[colon] == .ascii(":") {
        return (start..<nameEnd, colon + 1..<position)
      }
    }
    return nil
  }

  private func endOfLine(from position: Int) -> Int {
    octets[position...].firstIndex(of: .lineFeed).map { $0 + 1 } ?? octets.count
  }

  /// The octets of `range` without line ends and without blanks at both ends.
  private func unfolded(_ range: Range<Int>) -> [UInt8] {
    var value: [UInt8] = []
    value.reserveCapacity(range.count)
    for index in range {
      let octet = octets[index]
      if octet == .lineFeed {
        if index > range.lowerBound, octets[index - 1] == .carriageReturn { value.removeLast() }
      } else if !(value.isEmpty && octet.isBlank) {
        value.append(octet)
      }
    }
    while let last = value.last, last.isBlank { value.removeLast() }
    return value
  }
}
