// Cuts a Sieve script into words: RFC 5228 section 2.1 to 2.4 and 8.1. Lines end in CRLF or LF, in
// comments and between words a CR may stand alone. Strings are in SieveLexer+Strings.

/// Reads a script word by word.
struct SieveLexer {
  let script: [UInt8]
  var index = 0
  var findings: SieveSyntaxFindings
  /// A string or comment has no end: what follows cannot be made out, and `end` is all there is.
  private(set) var isLost = false

  init(_ script: [UInt8], findings: SieveSyntaxFindings) {
    self.script = script
    self.findings = findings
    if script.starts(with: [0xEF, 0xBB, 0xBF]) {
      self.findings.error("the script starts with a byte order mark, which is not Sieve", at: 0)
      index = 3
    }
  }

  /// The next word; what is no word at all is reported and passed over.
  mutating func next() -> SieveLexeme {
    while true {
      skipBlanks()
      guard !isLost, index < script.count else {
        return SieveLexeme(kind: .end, offset: min(index, script.count))
      }
      let offset = index
      if let kind = word() { return SieveLexeme(kind: kind, offset: offset) }
    }
  }

  /// Reports that what starts at `offset` never ends, and gives up.
  mutating func lose(_ text: String, at offset: Int) {
    findings.error(text, at: offset)
    isLost = true
    index = script.count
  }

  private mutating func word() -> SieveLexeme.Kind? {
    let octet = script[index]
    switch octet {
    case .ascii("["): return mark(.leftBracket)
    case .ascii("]"): return mark(.rightBracket)
    case .ascii("{"): return mark(.leftBrace)
    case .ascii("}"): return mark(.rightBrace)
    case .ascii("("): return mark(.leftParenthesis)
    case .ascii(")"): return mark(.rightParenthesis)
    case .ascii(","): return mark(.comma)
    case .ascii(";"): return mark(.semicolon)
    case .ascii("\""): return quotedString()
    case .ascii(":"):
      guard let name = name(from: index + 1) else {
        findings.error("a colon that no tag's name follows", at: index)
        index += 1
        return nil
      }
      return .tag(name)
    case _ where octet.isDigit: return number()
    default: break
    }
    let start = index
    if let name = name(from: index) {
      guard name == "text", index < script.count, script[index] == .ascii(":") else {
        return .identifier(name)
      }
      return multiLineString(from: start)
    }
    skipForeignOctets()
    return nil
  }

  private mutating func mark(_ kind: SieveLexeme.Kind) -> SieveLexeme.Kind {
    index += 1
    return kind
  }

  /// The name at `start` in lower case, with `index` behind it; nil when there is none.
  private mutating func name(from start: Int) -> String? {
    guard start < script.count, script[start].isAlpha || script[start] == .ascii("_") else {
      return nil
    }
    var end = start + 1
    while end < script.count,
      script[end].isAlpha || script[end].isDigit || script[end] == .ascii("_")
    {
      end += 1
    }
    index = end
    guard end - start <= findings.limits.maxNameOctetCount else {
      findings.error("a name of \(end - start) octets, too long for any", at: start)
      // No name that anyone has; the error keeps it from being judged.
      return "?"
    }
    return String(decoding: script[start..<end].map(\.lowercased), as: UTF8.self)
  }

  private mutating func number() -> SieveLexeme.Kind {
    let start = index
    var value: UInt64 = 0
    var hasOverflown = false
    while index < script.count, script[index].isDigit {
      let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isOver) = tenfold.addingReportingOverflow(UInt64(script[index] &- 0x30))
      hasOverflown = hasOverflown || isTooLarge || isOver
      value = sum
      index += 1
    }
    if index < script.count {
      let factor: UInt64
      switch script[index].lowercased {
      case .ascii("k"): factor = 1 << 10
      case .ascii("m"): factor = 1 << 20
      case .ascii("g"): factor = 1 << 30
      default: factor = 0
      }
      if factor != 0 {
        let (product, isOver) = value.multipliedReportingOverflow(by: factor)
        hasOverflown = hasOverflown || isOver
        value = product
        index += 1
      }
    }
    if hasOverflown { findings.error("the number is larger than \(UInt64.max)", at: start) }
    return .number(value)
  }

  /// Spaces, line ends and comments.
  private mutating func skipBlanks() {
    while index < script.count {
      switch script[index] {
      case .space, .tab, .carriageReturn, .lineFeed: index += 1
      case .ascii("#"): skipLineComment()
      case .ascii("/") where index + 1 < script.count && script[index + 1] == .ascii("*"):
        skipBracketComment()
      default: return
      }
    }
  }

  mutating func skipLineComment() {
    while index < script.count, script[index] != .lineFeed {
      if script[index] == .nul { findings.error("a NUL octet in a comment", at: index) }
      index += 1
    }
  }

  private mutating func skipBracketComment() {
    let start = index
    index += 2
    while index + 1 < script.count {
      if script[index] == .nul { findings.error("a NUL octet in a comment", at: index) }
      if script[index] == .ascii("*"), script[index + 1] == .ascii("/") {
        index += 2
        return
      }
      index += 1
    }
    lose("this comment is never closed by */", at: start)
  }

  /// A run of octets that start no word: one error for all.
  private mutating func skipForeignOctets() {
    let start = index
    while index < script.count, startsNoWord(script[index]) { index += 1 }
    // A slash starts a comment with a star alone, and that was tried.
    if index == start { index += 1 }
    let first = script[start]
    let what =
      first.isControl || first > 0x7F
      ? "octet \(SieveSyntax.hex(first))" : "\"\(Character(Unicode.Scalar(first)))\""
    findings.error("\(what) starts nothing that Sieve knows", at: start)
  }

  private func startsNoWord(_ octet: UInt8) -> Bool {
    switch octet {
    case .space, .tab, .carriageReturn, .lineFeed, .ascii("_"): false
    case .ascii("#"), .ascii("/"), .ascii("\""), .ascii(":"), .ascii(","), .ascii(";"): false
    case .ascii("["), .ascii("]"), .ascii("{"), .ascii("}"), .ascii("("), .ascii(")"): false
    default: !octet.isAlpha && !octet.isDigit
    }
  }
}
