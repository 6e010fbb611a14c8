// The action of a scripted answer: `delay=2s 450 4.3.0 Later`, `slow=1k ok`, `close`.

extension ReplyRuleParser {
  /// An action, and the offsets of its parts.
  struct PlacedAction {
    var action: ReplyRuleAction
    var delayOffset: Int
    var slowOffset: Int
    var verbOffset: Int
  }

  private static let verbNames = "NNN [TEXT], close, reset, stall, drop or ok"

  /// Reads what stands behind the colon and its space.
  func action(_ text: ArraySlice<UInt8>) throws(Mistake) -> PlacedAction {
    var delay: (time: Duration, offset: Int)?
    var slow: (size: Int, offset: Int)?
    var rest = text
    while true {
      rest = rest.drop(while: \.isBlank)
      let word = ReplyRuleWord(octets: rest.prefix { !$0.isBlank })
      rest = rest[word.octets.endIndex...]
      guard !word.octets.isEmpty else {
        throw word.mistake("no action: \(Self.verbNames)")
      }
      guard let sign = word.octets.firstIndex(of: .ascii("=")) else {
        let verb = try verb(word, rest)
        return PlacedAction(
          action: ReplyRuleAction(
            verb, delay: delay?.time ?? .zero, bytesPerSecond: slow?.size),
          delayOffset: delay?.offset ?? word.offset, slowOffset: slow?.offset ?? word.offset,
          verbOffset: word.offset)
      }
      let name = ReplyRuleWord(octets: word.octets[...sign])
      let value = ReplyRuleWord(octets: word.octets[(sign + 1)...])
      switch name.text.lowercased() {
      case "delay=":
        guard delay == nil else { throw word.mistake("delay=: given twice") }
        delay = (try time(value), word.offset)
      case "slow=":
        guard slow == nil else { throw word.mistake("slow=: given twice") }
        slow = (try size(value), word.offset)
      default:
        throw word.mistake(
          "\(word.quoted) is no action: delay= or slow=, then \(Self.verbNames)")
      }
    }
  }

  private func verb(
    _ word: ReplyRuleWord, _ rest: ArraySlice<UInt8>
  ) throws(Mistake) -> ReplyRuleAction.Verb {
    if word.octets.count == 3, word.octets.allSatisfy(\.isDigit) {
      guard let code = Int(word.text), (200...599).contains(code) else {
        throw word.mistake("\(word.quoted) is no code of a reply: 200 to 599")
      }
      return .reply(try reply(code, rest.dropFirst()))
    }
    let verb: ReplyRuleAction.Verb
    switch word.text.lowercased() {
    case "close": verb = .close
    case "reset": verb = .reset
    case "stall": verb = .stall
    case "drop": verb = .drop
    case "ok": verb = .ok
    default: throw word.mistake("unknown action \(word.quoted): \(Self.verbNames)")
    }
    if let extra = rest.firstIndex(where: { !$0.isBlank }) {
      throw Mistake(offset: extra, reason: "\(word.text.lowercased()) takes no text")
    }
    return verb
  }

  /// The text as it was written, cut at each `\n`. Another backslash stands for itself, save in
  /// `\r` and `\0`: who writes these means octets that no reply may hold.
  private func reply(
    _ code: Int, _ text: ArraySlice<UInt8>
  ) throws(Mistake) -> SMTPReply {
    var lines: [SMTPReplyText] = []
    var lineStart = text.startIndex
    var index = text.startIndex
    while true {
      var lineEnd: Int?
      var nextStart = index
      if index == text.endIndex || text[index] == .lineFeed {
        lineEnd = index
        nextStart = index + 1
      } else if text[index] == .ascii("\\"), index + 1 < text.endIndex {
        switch text[index + 1] {
        case .ascii("n"):
          lineEnd = index
          nextStart = index + 2
        case .ascii("r"): throw Mistake(offset: index, reason: "CR in a reply; \\n ends a line")
        case .ascii("0"): throw Mistake(offset: index, reason: "NUL in a reply")
        default: break
        }
      }
      guard let lineEnd else {
        index += 1
        continue
      }
      let line = text[lineStart..<lineEnd]
      // The code and a space or hyphen stand before it.
      guard line.count + 4 <= Self.maxReplyLineByteCount,
        let lineText = SMTPReplyText(String(decoding: line, as: UTF8.self))
      else {
        throw Mistake(
          offset: lineStart,
          reason: "a line of a reply has at most \(Self.maxReplyLineByteCount) octets with its code"
        )
      }
      guard lines.count < Self.maxReplyLineCount else {
        throw Mistake(
          offset: lineStart, reason: "a reply has at most \(Self.maxReplyLineCount) lines")
      }
      lines.append(lineText)
      guard lineEnd < text.endIndex else { break }
      lineStart = nextStart
      index = nextStart
    }
    return SMTPReply(code, nil, lines[0], more: Array(lines.dropFirst()))
  }
}
