// The content of a message as DATA or BDAT brings it (RFC 5321 4.1.1.4, 4.5.2; RFC 3030): finds the
// end, removes the stuffed dots, holds the limits, and notices every bare CR and LF.
//
// Nothing is copied: content is told as ranges of the input. It may be cut anywhere; the machine
// carries three fields across (`isAtLineStart`, `isLoneDot`, `holdsCarriageReturn`).

/// The end-of-data machine.
package struct SMTPDataReceiver: Equatable, Sendable {
  /// What marks the end of the content.
  package enum Framing: Sendable {
    /// CRLF.CRLF, with dots stuffed (DATA).
    case dot
    /// The octet counts of the chunks; dots are content (BDAT).
    case chunks
  }

  /// One step through the input.
  package enum Event: Equatable, Sendable {
    /// These octets of the input are content.
    case content(Range<Int>)
    /// A CR is content that an earlier input ended with.
    case carriageReturn
    /// A CRLF is content: an earlier input ended with its CR, or a bare newline was normalised.
    case lineEnd
    /// The end of the data; the position is behind it.
    case end
    /// All of the input is consumed.
    case needsInput
  }

  /// Why the content must be refused; the first cause counts.
  package enum Violation: Equatable, Sendable {
    case bareNewline
    case lineTooLong
    case tooLarge
    case eightBit
  }

  /// What the content is held to.
  package struct Limits: Equatable, Sendable {
    /// Octets of the whole content, stuffed dots apart; 0 is any number.
    package var maxByteCount: Int
    /// Octets of a line with its CRLF, a stuffed dot apart; 0 is any number.
    package var maxLineByteCount: Int
    /// What to do about a bare CR or LF.
    package var bareNewlines: BareNewlinePolicy
    /// Whether an octet over 127 is a violation.
    package var refusesEightBit: Bool

    package init(
      maxByteCount: Int, maxLineByteCount: Int, bareNewlines: BareNewlinePolicy,
      refusesEightBit: Bool
    ) {
      self.maxByteCount = maxByteCount
      self.maxLineByteCount = maxLineByteCount
      self.bareNewlines = bareNewlines
      self.refusesEightBit = refusesEightBit
    }
  }

  /// Octets of content so far, dots removed, what was refused included.
  package private(set) var byteCount = 0
  /// Lines of content ended so far by CRLF.
  package private(set) var lineCount = 0
  /// The first cause to refuse the content. Once set, no more content is told.
  package private(set) var violation: Violation?
  /// The first bare newline, or the first that stands beside a lone dot.
  package private(set) var bareNewline: BareNewline?

  private let framing: Framing
  private let limits: Limits
  private var isAtLineStart: Bool
  private var isLoneDot = false
  private var holdsCarriageReturn = false
  private var lineByteCount = 0
  /// The octet of content that broke what `violation` names.
  private var violationOffset = Int.max
  private var trail = Trail.none

  /// What stands just behind a bare newline, as far as it may lead to a smuggled end of data.
  private enum Trail: Equatable {
    case none
    case newline(Newline)
    case dot(Newline)
  }

  package init(framing: Framing, limits: Limits) {
    self.framing = framing
    self.limits = limits
    isAtLineStart = framing == .dot
  }

  /// Takes one step; call again until it answers `end` or `needsInput`.
  package mutating func next(_ input: Span<UInt8>, at position: inout Int) -> Event {
    while true {
      let event = step(input, at: &position)
      switch event {
      case .content(let range):
        // A CRLF inside the range has been counted by `step`; here its octets are.
        byteCount += range.count
        checkSize()
      case .carriageReturn:
        byteCount += 1
        checkSize()
      case .lineEnd:
        byteCount += 2
        checkSize()
      case .end, .needsInput:
        return event
      }
      if violation == nil { return event }
    }
  }

  /// Tells that the last chunk has ended; a CR held back until now is bare, and content.
  package mutating func finish() -> Event? {
    guard holdsCarriageReturn else { return nil }
    holdsCarriageReturn = false
    let event = takeHeldCarriageReturn()
    byteCount += event == .lineEnd ? 2 : 1
    checkSize()
    return violation == nil ? event : nil
  }

  private mutating func step(_ input: Span<UInt8>, at position: inout Int) -> Event {
    let count = input.count
    guard position < count else { return .needsInput }
    if holdsCarriageReturn {
      holdsCarriageReturn = false
      guard input[position] == .lineFeed else { return takeHeldCarriageReturn() }
      position += 1
      if isLoneDot { return .end }
      noteTrailEnd(.crlf, at: byteCount)
      endLine(at: byteCount)
      return .lineEnd
    }

    let start = position
    var index = position
    while index < count {
      if isAtLineStart && input[index] == UInt8.ascii(".") {
        // What came before the dot is told first; the dot itself is not content.
        if index > start {
          position = index
          return .content(start..<index)
        }
        isAtLineStart = false
        isLoneDot = true
        position = index + 1
        return position < count ? step(input, at: &position) : .needsInput
      }
      isAtLineStart = false

      let lineEnd = input.firstLineEndOctet(from: index)
      if lineEnd > index {
        isLoneDot = false
        if trail != .none { followTrail(input[index], octetCount: lineEnd - index) }
        extendLine(by: lineEnd - index, contentOffset: byteCount + index - start)
        if limits.refusesEightBit, violationOffset > byteCount + index - start {
          findEightBit(input, index..<lineEnd, contentOffset: byteCount + index - start)
        }
        index = lineEnd
      }
      guard index < count else { break }

      if input[index] == .carriageReturn {
        guard index + 1 < count else {
          holdsCarriageReturn = true
          position = count
          return index > start ? .content(start..<index) : .needsInput
        }
        if input[index + 1] == .lineFeed {
          if isLoneDot {
            position = index + 2
            return .end
          }
          let offset = byteCount + index - start
          if trail != .none { noteTrailEnd(.crlf, at: offset) }
          endLine(at: offset)
          index += 2
          continue
        }
        noteBare(.carriageReturn, at: byteCount + index - start)
      } else {
        noteBare(.lineFeed, at: byteCount + index - start)
      }
      if limits.bareNewlines == .normalize {
        if index > start {
          // Told again as a newline when the octets before it are out of the way.
          position = index
          return .content(start..<index)
        }
        position = index + 1
        endNormalizedLine()
        return .lineEnd
      }
      extendLine(by: 1, contentOffset: byteCount + index - start)
      index += 1
    }
    position = count
    return start < count ? .content(start..<count) : .needsInput
  }

  /// The CR held back was no part of a CRLF.
  private mutating func takeHeldCarriageReturn() -> Event {
    noteBare(.carriageReturn, at: byteCount)
    guard limits.bareNewlines == .normalize else {
      extendLine(by: 1, contentOffset: byteCount)
      return .carriageReturn
    }
    endNormalizedLine()
    return .lineEnd
  }

  /// A bare newline became CRLF; the dot that may follow is content, not the end.
  private mutating func endNormalizedLine() {
    endLine(at: byteCount)
    isAtLineStart = false
  }

  private mutating func endLine(at offset: Int) {
    extendLine(by: 2, contentOffset: offset)
    lineByteCount = 0
    lineCount += 1
    isLoneDot = false
    isAtLineStart = framing == .dot
  }

  private mutating func extendLine(by octetCount: Int, contentOffset: Int) {
    lineByteCount += octetCount
    let limit = limits.maxLineByteCount
    guard limit > 0, lineByteCount > limit else { return }
    violate(.lineTooLong, at: contentOffset + octetCount - (lineByteCount - limit))
  }

  private mutating func checkSize() {
    let limit = limits.maxByteCount
    if limit > 0 && byteCount > limit { violate(.tooLarge, at: limit) }
  }

  private mutating func findEightBit(
    _ input: Span<UInt8>, _ range: Range<Int>, contentOffset: Int
  ) {
    for index in range where input[index] >= 0x80 {
      violate(.eightBit, at: contentOffset + index - range.lowerBound)
      return
    }
  }

  /// The octet that broke a limit first names the refusal, though another may be found before it.
  private mutating func violate(_ cause: Violation, at offset: Int) {
    guard offset < violationOffset else { return }
    let limit = limits.maxByteCount
    let isTooLarge = limit > 0 && offset >= limit
    violation = isTooLarge ? .tooLarge : cause
    violationOffset = isTooLarge ? limit : offset
  }

  // MARK: - Bare newlines

  private mutating func noteBare(_ newline: Newline, at offset: Int) {
    if isLoneDot {
      record(BareNewline(first: .crlf, second: newline, offset: offset))
    } else if case .dot(let first) = trail {
      record(BareNewline(first: first, second: newline, offset: offset))
    } else {
      record(BareNewline(first: newline, second: nil, offset: offset))
    }
    isLoneDot = false
    trail = .newline(newline)
    if limits.bareNewlines == .reject { violate(.bareNewline, at: offset) }
  }

  private mutating func followTrail(_ octet: UInt8, octetCount: Int) {
    if case .newline(let newline) = trail, octet == UInt8.ascii("."), octetCount == 1 {
      trail = .dot(newline)
    } else {
      trail = .none
    }
  }

  private mutating func noteTrailEnd(_ newline: Newline, at offset: Int) {
    if case .dot(let first) = trail {
      record(BareNewline(first: first, second: newline, offset: offset))
    }
    trail = .none
  }

  private mutating func record(_ found: BareNewline) {
    if bareNewline == nil || (bareNewline?.second == nil && found.second != nil) {
      bareNewline = found
    }
  }
}
