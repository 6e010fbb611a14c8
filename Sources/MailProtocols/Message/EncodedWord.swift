// Encoded words in header fields, for reading (RFC 2047, language suffix of RFC 2231 section 5).
// Does not encode, and does not judge where words may stand: they are read wherever they are, as
// mail readers do. Charsets are those of Charset.

/// Decodes `=?charset?Q?text?=` and `=?charset?B?text?=`.
package enum EncodedWord {
  /// The text of an unfolded field value.
  ///
  /// White space between two words is dropped, and words of one charset are joined before their
  /// octets are read, since some senders split a character. A malformed word and one in an unknown
  /// charset stay as they stand. Octets that are not well-formed in their charset, and those over
  /// 127 outside words that are not UTF-8, become `\xNN`. The text may hold controls that a word
  /// stood for: print it through `EscapedText`.
  package static func decode(_ value: Span<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(value.count)
    var position = 0
    var plainStart = 0
    while position < value.count {
      guard var word = word(in: value, at: position) else {
        position += 1
        continue
      }
      Charset.utf8.append(value.extracting(plainStart..<position), to: &text)
      var octets = word.octets
      while let following = self.word(in: value, at: endOfBlanks(in: value, from: word.end)) {
        if following.charset != word.charset {
          word.charset.append(octets.span, to: &text)
          octets = []
        }
        octets += following.octets
        word = following
      }
      word.charset.append(octets.span, to: &text)
      position = word.end
      plainStart = position
    }
    Charset.utf8.append(value.extracting(plainStart..<position), to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private struct Word {
    let charset: Charset
    let octets: [UInt8]
    let end: Int
  }

  private static func endOfBlanks(in value: Span<UInt8>, from position: Int) -> Int {
    var position = position
    while position < value.count {
      switch value[position] {
      case .space, .tab, .carriageReturn, .lineFeed: position += 1
      default: return position
      }
    }
    return position
  }

  /// The word that starts at `position`, or nil. Reads at most to the fourth question mark, so
  /// that no input is read more than a few times over.
  private static func word(in value: Span<UInt8>, at position: Int) -> Word? {
    guard position + 1 < value.count, value[position] == .ascii("="),
      value[position + 1] == .ascii("?"),
      let charsetEnd = endOfPart(in: value, from: position + 2),
      let encodingEnd = endOfPart(in: value, from: charsetEnd + 1),
      let textEnd = endOfPart(in: value, from: encodingEnd + 1),
      textEnd + 1 < value.count, value[textEnd + 1] == .ascii("="),
      encodingEnd == charsetEnd + 2
    else { return nil }
    let name = value.copy(position + 2..<charsetEnd).prefix { $0 != .ascii("*") }
    guard let charset = Charset(name: String(decoding: name, as: UTF8.self)) else { return nil }
    let text = value.extracting(encodingEnd + 1..<textEnd)
    let octets: [UInt8]?
    switch value[charsetEnd + 1].uppercased {
    case .ascii("B"): octets = Base64.decode(text)
    case .ascii("Q"): octets = decodeQ(text)
    default: octets = nil
    }
    return octets.map { Word(charset: charset, octets: $0, end: textEnd + 2) }
  }

  /// The next question mark with nothing but printable ASCII before it.
  private static func endOfPart(in value: Span<UInt8>, from start: Int) -> Int? {
    var position = start
    while position < value.count, (0x21...0x7E).contains(value[position]) {
      if value[position] == .ascii("?") { return position }
      position += 1
    }
    return nil
  }

  /// RFC 2047 4.2: `_` is a space, `=XX` an octet.
  private static func decodeQ(_ text: Span<UInt8>) -> [UInt8]? {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count)
    var position = 0
    while position < text.count {
      switch text[position] {
      case .ascii("_"):
        octets.append(.space)
      case .ascii("="):
        guard position + 2 < text.count, let high = text[position + 1].hexValue,
          let low = text[position + 2].hexValue
        else { return nil }
        octets.append(high << 4 | low)
        position += 2
      case let octet:
        octets.append(octet)
      }
      position += 1
    }
    return octets
  }
}
