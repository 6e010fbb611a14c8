// The words of a scripted answer, with where they stand.

/// A word of a rule; its first index is its offset in the rule.
struct ReplyRuleWord {
  /// Octets of a word that a message shows.
  static let maxShownByteCount = 60

  let octets: ArraySlice<UInt8>

  var offset: Int { octets.startIndex }
  var text: String { String(decoding: octets, as: UTF8.self) }

  /// The word between quotes, escaped for a terminal, cut when it is long.
  var quoted: String {
    var shown = octets
    if shown.count > Self.maxShownByteCount {
      shown = shown.prefix(Self.maxShownByteCount)
      // Not in the middle of a character.
      while let last = shown.last, last & 0xC0 == 0x80 { shown.removeLast() }
      if let last = shown.last, last >= 0xC0 { shown.removeLast() }
    }
    let cut = shown.count < octets.count ? "..." : ""
    return "'\(EscapedText.text(shown.span, for: .terminal))\(cut)'"
  }

  func mistake(_ reason: String) -> ReplyRuleParser.Mistake {
    ReplyRuleParser.Mistake(offset: offset, reason: reason)
  }
}

extension ReplyRuleParser {
  /// The words between blanks. A value that starts with a slash goes on to a slash at the end of a
  /// word, so that a regular expression may hold spaces.
  func words(of text: ArraySlice<UInt8>) -> [ReplyRuleWord] {
    var words: [ReplyRuleWord] = []
    var index = text.startIndex
    while true {
      while index < text.endIndex, text[index].isBlank { index += 1 }
      guard index < text.endIndex else { return words }
      let start = index
      while index < text.endIndex, !text[index].isBlank { index += 1 }
      if let value = text[start..<index].firstIndex(of: .ascii("=")).map({ $0 + 1 }),
        value < index, text[value] == .ascii("/"),
        let end = endOfExpression(text, from: value + 1)
      {
        index = end
      }
      words.append(ReplyRuleWord(octets: text[start..<index]))
    }
  }

  /// Behind the first slash that ends a word and has no backslash before it.
  private func endOfExpression(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
    var isEscaped = false
    for index in start..<text.endIndex {
      if isEscaped {
        isEscaped = false
      } else if text[index] == .ascii("\\") {
        isEscaped = true
      } else if text[index] == .ascii("/"),
        index + 1 == text.endIndex || text[index + 1].isBlank
      {
        return index + 1
      }
    }
    return nil
  }
}
