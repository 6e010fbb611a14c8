// What a ManageSieve server sends, cut into lines of words (RFC 5804 1.2 and 4): atoms, quoted
// strings, literals `{n}` (and `{n+}`, which servers should not send), lists in response codes.
// Input comes in any pieces; literals are never looked into. What a line means is not judged here.
//
// A line that breaks the grammar is handed out with its fault: Cyrus 3.6 lists script names without
// escaping them, and SieveScriptEntry can make something of such a line.

/// Cuts a server's octets into lines.
package struct SieveTokenParser: Sendable {
  private let limits: SieveLimits
  /// The line so far, without what is in its literals.
  private var text: [UInt8] = []
  /// Where the part that is not parsed yet begins.
  private var segmentStart = 0
  /// The lists that are open, the line itself first.
  private var lists: [[SieveToken]] = [[]]
  private var tokenCount = 0
  /// Whether a space, a parenthesis or the end must follow.
  private var needsSeparator = false
  private var literal: [UInt8] = []
  private var literalRest = 0
  private var responseByteCount = 0

  /// Steps forward, for who watches over time: a line, or 64 KiB of a literal.
  package private(set) var stepCount = 0

  /// A parser at the start of a line.
  package init(limits: SieveLimits = SieveLimits()) { self.limits = limits }

  /// Whether a line has begun and not ended.
  package var isInsideLine: Bool { !text.isEmpty || literalRest > 0 || tokenCount > 0 }

  /// To be called between responses: limits on a whole response start anew.
  mutating func startResponse() { responseByteCount = 0 }

  /// The next line, or nil when all input is consumed before it ends. Throws when a limit is
  /// passed; the parser is then of no use any more.
  package mutating func nextLine(
    _ input: Span<UInt8>, at position: inout Int
  ) throws(SieveProtocolError) -> SieveLine? {
    while position < input.count {
      if literalRest > 0 {
        takeLiteral(input, at: &position)
        continue
      }
      let lineFeed = input.firstIndex(of: .lineFeed, from: position)
      try takeText(input, position..<(lineFeed ?? input.count))
      position = lineFeed.map { $0 + 1 } ?? input.count
      guard lineFeed != nil else { return nil }
      stepCount += 1
      guard text.last == .carriageReturn else {
        throw SieveProtocolError(.malformedLine, text)
      }
      text.removeLast()
      do throws(SieveProtocolError) {
        if try parseSegment() { continue }
      } catch {
        guard error.reason == .malformedLine else { throw error }
        return takeLine(fault: error)
      }
      return takeLine(fault: nil)
    }
    return nil
  }

  private mutating func takeLine(fault: SieveProtocolError?) -> SieveLine {
    let line = SieveLine(tokens: lists[0], text: text, fault: fault)
    text = []
    segmentStart = 0
    lists = [[]]
    tokenCount = 0
    needsSeparator = false
    return line
  }

  // MARK: Octets

  private mutating func takeText(
    _ input: Span<UInt8>, _ range: Range<Int>
  ) throws(SieveProtocolError) {
    // The carriage return of the line end is not counted.
    let end = range.isEmpty ? text.last : input[range.upperBound - 1]
    let count = text.count + range.count - (end == .carriageReturn ? 1 : 0)
    guard count <= limits.maxLineByteCount else {
      throw SieveProtocolError(
        .lineTooLong, text + input.copy(range.prefix(SieveProtocolError.maxOctetCount)))
    }
    try countResponse(range.count)
    input.extracting(range).withUnsafeBufferPointer { text.append(contentsOf: $0) }
  }

  private mutating func takeLiteral(_ input: Span<UInt8>, at position: inout Int) {
    let count = min(literalRest, input.count - position)
    let blockCount = literal.count >> 16
    input.extracting(position..<(position + count)).withUnsafeBufferPointer {
      literal.append(contentsOf: $0)
    }
    stepCount += literal.count >> 16 - blockCount
    position += count
    literalRest -= count
    if literalRest == 0 { finishLiteral() }
  }

  private mutating func finishLiteral() {
    lists[lists.count - 1].append(.string(literal))
    literal = []
    needsSeparator = true
  }

  private mutating func countResponse(_ count: Int) throws(SieveProtocolError) {
    guard count <= limits.maxResponseByteCount - responseByteCount else {
      throw SieveProtocolError(.responseTooLong, text)
    }
    responseByteCount += count
  }

  // MARK: Words

  /// Parses what has come since the last literal; true when another literal begins.
  private mutating func parseSegment() throws(SieveProtocolError) -> Bool {
    var index = segmentStart
    while index < text.count {
      let octet = text[index]
      if octet == .space {
        needsSeparator = false
        index += 1
        continue
      }
      if octet == .ascii(")") {
        try closeList()
        index += 1
        continue
      }
      guard !needsSeparator else { throw malformed }
      tokenCount += 1
      guard tokenCount <= SieveLimits.maxTokenCount else {
        throw SieveProtocolError(.tooManyWords, text)
      }
      switch octet {
      case .ascii("("):
        guard lists.count <= SieveLimits.maxListDepth else { throw malformed }
        lists.append([])
        index += 1
      case .ascii("\""):
        try parseQuoted(&index)
      case .ascii("{"):
        try startLiteral(index)
        segmentStart = text.count
        // One of no octets is there as soon as it is announced.
        if literalRest == 0 { finishLiteral() }
        return true
      default:
        try parseAtom(&index)
      }
    }
    segmentStart = text.count
    guard lists.count == 1 else { throw malformed }
    return false
  }

  private var malformed: SieveProtocolError { SieveProtocolError(.malformedLine, text) }

  private mutating func closeList() throws(SieveProtocolError) {
    guard lists.count > 1 else { throw malformed }
    let list = lists.removeLast()
    lists[lists.count - 1].append(.list(list))
    needsSeparator = true
  }

  private mutating func parseQuoted(_ index: inout Int) throws(SieveProtocolError) {
    var string: [UInt8] = []
    index += 1
    while index < text.count {
      let octet = text[index]
      index += 1
      switch octet {
      case .ascii("\""):
        lists[lists.count - 1].append(.string(string))
        needsSeparator = true
        return
      case .ascii("\\"):
        guard index < text.count, text[index] == .ascii("\"") || text[index] == .ascii("\\")
        else { throw malformed }
        string.append(text[index])
        index += 1
      case .nul, .carriageReturn:
        throw malformed
      default:
        string.append(octet)
      }
    }
    throw malformed
  }

  private mutating func parseAtom(_ index: inout Int) throws(SieveProtocolError) {
    let start = index
    while index < text.count, Self.isAtomOctet(text[index]) { index += 1 }
    guard index > start else { throw malformed }
    lists[lists.count - 1].append(.atom(Array(text[start..<index])))
    needsSeparator = true
  }

  /// ATOM-CHAR of RFC 5804 4.
  private static func isAtomOctet(_ octet: UInt8) -> Bool {
    switch octet {
    case .ascii("\""), .ascii("("), .ascii(")"), .ascii("\\"), .ascii("{"): false
    default: octet > .space && octet < 0x7F
    }
  }

  /// `{n}` or `{n+}` at the end of the text.
  private mutating func startLiteral(_ start: Int) throws(SieveProtocolError) {
    var index = start + 1
    var count = 0
    while index < text.count, text[index].isDigit {
      let (tens, tooMany) = count.multipliedReportingOverflow(by: 10)
      let (sum, tooMuch) = tens.addingReportingOverflow(Int(text[index] - 0x30))
      count = tooMany || tooMuch ? .max : sum
      index += 1
    }
    let hasDigits = index > start + 1
    if index < text.count, text[index] == .ascii("+") { index += 1 }
    guard hasDigits, index == text.count - 1, text[index] == .ascii("}") else { throw malformed }
    guard count <= limits.maxLiteralByteCount else {
      throw SieveProtocolError(.literalTooLong, text)
    }
    try countResponse(count)
    literalRest = count
  }
}
