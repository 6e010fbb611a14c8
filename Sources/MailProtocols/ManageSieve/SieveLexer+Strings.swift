// The two kinds of strings of RFC 5228 2.4.2: quoted, and multi-line with its doubled dots. NUL, and
// a CR that no LF follows, are errors in both.

extension SieveLexer {
  /// The string whose opening quote `index` is at. A backslash stands for the octet behind it.
  mutating func quotedString() -> SieveLexeme.Kind? {
    let start = index
    var octets: [UInt8] = []
    index += 1
    while index < script.count {
      switch script[index] {
      case .ascii("\""):
        index += 1
        return .string(octets)
      case .ascii("\\"):
        index += 1
        guard index < script.count else { continue }
        note(script[index], at: index)
        octets.append(script[index])
      case let octet:
        note(octet, at: index)
        octets.append(octet)
      }
      index += 1
    }
    lose("this string is never closed by a quote", at: start)
    return nil
  }

  /// The string whose `text` starts at `start`; `index` is at the colon.
  mutating func multiLineString(from start: Int) -> SieveLexeme.Kind? {
    index += 1
    while index < script.count, script[index].isBlank { index += 1 }
    if index < script.count, script[index] == .ascii("#") {
      skipLineComment()
    } else {
      if index < script.count, script[index] == .carriageReturn { index += 1 }
      guard index >= script.count || script[index] == .lineFeed else {
        findings.error(
          "after text: the line must end: the string starts on the next one", at: index)
        skipLineComment()
        return multiLineContent(from: start)
      }
    }
    return multiLineContent(from: start)
  }

  /// The lines up to the one that is a dot; `index` is at the LF before the first.
  private mutating func multiLineContent(from start: Int) -> SieveLexeme.Kind? {
    var octets: [UInt8] = []
    index += 1
    while index < script.count {
      // At the start of a line.
      if script[index] == .ascii(".") {
        if let end = lineEnd(at: index + 1) {
          index = end
          return .string(octets)
        }
        // A doubled dot is one; RFC 5228 takes a single one before text away, too.
        index += 1
      }
      while index < script.count, script[index] != .lineFeed {
        note(script[index], at: index)
        octets.append(script[index])
        index += 1
      }
      if index < script.count {
        octets.append(.lineFeed)
        index += 1
      }
    }
    lose("this text: string is never closed by a line with a dot alone", at: start)
    return nil
  }

  /// The index behind the line end at `position`, or nil when there is none.
  private func lineEnd(at position: Int) -> Int? {
    var position = position
    if position < script.count, script[position] == .carriageReturn { position += 1 }
    guard position < script.count, script[position] == .lineFeed else { return nil }
    return position + 1
  }

  private mutating func note(_ octet: UInt8, at position: Int) {
    if octet == .nul {
      findings.error("a NUL octet in a string", at: position)
    } else if octet == .carriageReturn,
      position + 1 >= script.count || script[position + 1] != .lineFeed
    {
      findings.error("a CR that no LF follows in a string", at: position)
    }
  }
}
