import MailProtocols

/// What SMTPDataReceiver does, said plainly: the whole input is there, and is read an octet at a
/// time into octets of content with the place each came from.
struct NaiveDataReceiver: Equatable {
  var content: [UInt8] = []
  var byteCount = 0
  var lineCount = 0
  var violation: SMTPDataReceiver.Violation?
  /// `LF at 3`, or `LF.CRLF at 5` when a dot stood alone.
  var bareNewline: String?
  /// Octets up to and with the final dot's CRLF; nil when it did not come.
  var end: Int?

  init(_ input: [UInt8], framing: SMTPDataReceiver.Framing, limits: SMTPDataReceiver.Limits) {
    // A word of input: a newline of some kind, or an octet.
    var words: [(newline: Newline?, octet: UInt8)] = []
    var position = 0
    var lineStart = 0
    scan: while position < input.count {
      switch (input[position], position + 1 < input.count ? input[position + 1] : nil) {
      case (.carriageReturn, .lineFeed):
        position += 2
        if framing == .dot, words.count == lineStart + 1, words[lineStart].newline == nil,
          words[lineStart].octet == .ascii(".")
        {
          words.removeLast()
          end = position
          break scan
        }
        words.append((.crlf, 0))
        lineStart = words.count
      case (.carriageReturn, let next):
        // With DATA a CR at the end of what came is not judged yet.
        if next == nil && framing == .dot { break scan }
        words.append((.carriageReturn, 0))
        position += 1
      case (.lineFeed, _):
        words.append((.lineFeed, 0))
        position += 1
      case (let octet, _):
        words.append((nil, octet))
        position += 1
      }
    }
    judge(words, framing, limits)
  }

  private mutating func judge(
    _ words: [(newline: Newline?, octet: UInt8)], _ framing: SMTPDataReceiver.Framing,
    _ limits: SMTPDataReceiver.Limits
  ) {
    var isLineStart = framing == .dot
    var lineLength = 0
    for (index, word) in words.enumerated() {
      if isLineStart && word.newline == nil && word.octet == .ascii(".") {
        isLineStart = false
        continue
      }
      isLineStart = false
      let offset = content.count
      switch word.newline {
      case nil:
        append(word.octet, &lineLength, limits)
      case .crlf:
        noteSequence(words, index, framing, at: offset)
        append(.carriageReturn, &lineLength, limits)
        append(.lineFeed, &lineLength, limits)
        lineCount += 1
        lineLength = 0
        isLineStart = framing == .dot
      case .some(let newline):
        noteSequence(words, index, framing, at: offset)
        if bareNewline == nil {
          bareNewline = "\(newline.rawValue) at \(offset)"
        }
        switch limits.bareNewlines {
        case .reject:
          if !(limits.maxByteCount > 0 && offset >= limits.maxByteCount) { violate(.bareNewline) }
          append(newline == .lineFeed ? .lineFeed : .carriageReturn, &lineLength, limits)
        case .accept:
          append(newline == .lineFeed ? .lineFeed : .carriageReturn, &lineLength, limits)
        case .normalize:
          append(.carriageReturn, &lineLength, limits)
          append(.lineFeed, &lineLength, limits)
          lineCount += 1
          lineLength = 0
        }
      }
    }
    byteCount = content.count
  }

  /// A newline, a dot, and this newline; not both of them CRLF.
  private mutating func noteSequence(
    _ words: [(newline: Newline?, octet: UInt8)], _ index: Int,
    _ framing: SMTPDataReceiver.Framing, at offset: Int
  ) {
    guard bareNewline?.contains(".") != true, let second = words[index].newline, index >= 1,
      words[index - 1].newline == nil, words[index - 1].octet == .ascii(".")
    else { return }
    let first: Newline
    if index >= 2 {
      guard let newline = words[index - 2].newline else { return }
      first = newline
    } else {
      first = .crlf
    }
    if first == .crlf && (second == .crlf || framing == .chunks) { return }
    bareNewline = "\(first.rawValue).\(second.rawValue) at \(offset)"
  }

  private mutating func append(
    _ octet: UInt8, _ lineLength: inout Int, _ limits: SMTPDataReceiver.Limits
  ) {
    content.append(octet)
    lineLength += 1
    if limits.maxByteCount > 0 && content.count > limits.maxByteCount { violate(.tooLarge) }
    if limits.maxLineByteCount > 0 && lineLength > limits.maxLineByteCount { violate(.lineTooLong) }
    if limits.refusesEightBit && octet >= 0x80 { violate(.eightBit) }
  }

  private mutating func violate(_ cause: SMTPDataReceiver.Violation) {
    if violation == nil { violation = cause }
  }
}
