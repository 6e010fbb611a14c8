// The full grammar of a path, strict and lenient, for what SMTPPathParser does not read in one
// pass (RFC 5321 4.1.2; lenient: RFC 5322 3.2.2, 3.4.1 and 4.4, RFC 3696 section 3).

/// One walk over a command line from behind the colon to the end of the path.
struct SMTPPathScanner {
  private let parser: SMTPPathParser
  private let line: [UInt8]
  /// The next octet to read; after `scanPath` the octet behind the path.
  private(set) var position = 0
  /// Behind the last octet that was no space: where a path without brackets ends.
  private var contentEnd = 0

  /// - Parameter line: the command line from behind the colon.
  init(_ parser: SMTPPathParser, line: [UInt8]) {
    self.parser = parser
    self.line = line
  }

  private var isLenient: Bool { parser.leniency == .lenient }

  private var next: UInt8? { position < line.count ? line[position] : nil }

  mutating func scanPath() throws(SMTPPathError) -> SMTPPath {
    if isLenient { skipSpaces() }
    let hasBracket = next == .ascii("<")
    guard hasBracket || isLenient else { throw .syntax }
    if hasBracket { position += 1 }
    let start = position
    contentEnd = start
    let path: SMTPPath
    if hasBracket, next == .ascii(">") {
      path = .null
    } else {
      let mailbox = try scanMailbox()
      let rawEnd = hasBracket ? position : contentEnd
      path = SMTPPath(
        raw: [UInt8](line[start..<rawEnd]), localPart: mailbox.localPart, domain: mailbox.domain)
    }
    if hasBracket {
      try expectBracket()
    } else {
      position = contentEnd
    }
    if let octet = next, octet != .space { throw unexpected(octet) }
    return path
  }

  private mutating func expectBracket() throws(SMTPPathError) {
    guard let octet = next else { throw .unbalanced }
    guard octet == .ascii(">") else { throw unexpected(octet) }
    position += 1
  }

  // MARK: The mailbox

  private mutating func scanMailbox() throws(SMTPPathError) -> (
    localPart: [UInt8], domain: [UInt8]
  ) {
    try skipComments()
    if next == .ascii("@") { try scanSourceRoute() }
    let localPart = isLenient ? try scanLenientLocalPart() : try scanStrictLocalPart()
    guard localPart.count <= parser.maxLocalPartCount else { throw .localPartTooLong }
    guard next == .ascii("@") else {
      // RFC 5321 4.5.1: the one address that has no domain.
      let isPostmaster = localPart.elementsEqual("postmaster".utf8, by: { $0.lowercased == $1 })
      guard isLenient || isPostmaster || next != .ascii(">") else { throw .missingDomain }
      return (localPart, [])
    }
    advance()
    try skipComments()
    let domain = try scanDomain()
    guard domain.contains(where: { $0 != .ascii(".") }) else { throw missing(.missingDomain) }
    guard domain.count <= SMTPPathParser.maxDomainCount else { throw .domainTooLong }
    try skipComments()
    return (localPart, domain)
  }

  /// `@a.test,@b.test:`, dropped; without its colon it is an address that lacks a local part.
  private mutating func scanSourceRoute() throws(SMTPPathError) {
    while true {
      advance()
      try skipComments()
      // At-domain has no literal (RFC 5321 4.1.2).
      let host = isLenient ? try scanDomain() : try scanStrictDomain()
      guard host.contains(where: { $0 != .ascii(".") }) else { throw missing(.missingLocalPart) }
      guard host.count <= SMTPPathParser.maxDomainCount else { throw .domainTooLong }
      try skipComments()
      switch next {
      case .ascii(":"):
        advance()
        try skipComments()
        if next == .ascii("@") { throw .missingLocalPart }
        return
      case .ascii(","):
        advance()
        try skipComments()
        guard next == .ascii("@") else { throw .syntax }
      default:
        throw missing(.missingLocalPart)
      }
    }
  }

  /// A dot-string or one quoted string.
  private mutating func scanStrictLocalPart() throws(SMTPPathError) -> [UInt8] {
    var text: [UInt8] = []
    if next == .ascii("\"") {
      try scanQuotedString(into: &text)
      return text
    }
    while let octet = next {
      if octet == .ascii(".") {
        guard !text.isEmpty, text.last != octet else { throw .syntax }
        text.append(octet)
        advance()
      } else if octet.isAtomText || octet >= 0x80 {
        try scanScalar(into: &text)
      } else {
        break
      }
    }
    guard let last = text.last else { throw missing(.missingLocalPart) }
    guard last != .ascii(".") else { throw .syntax }
    return text
  }

  /// Words, quoted strings and quoted pairs; spaces and comments around dots.
  private mutating func scanLenientLocalPart() throws(SMTPPathError) -> [UInt8] {
    var text: [UInt8] = []
    var isPresent = false
    var mayContinue = true
    while let octet = next {
      switch octet {
      case .ascii("@"), .ascii("<"), .ascii(">"), .ascii(")"):
        guard isPresent else { throw missing(.missingLocalPart) }
        return text
      case .space, .ascii("("):
        try skipComments()
        mayContinue = text.last == .ascii(".")
        continue
      case .ascii("."):
        text.append(octet)
        advance()
        mayContinue = true
      case .ascii("\""):
        guard mayContinue else { return text }
        try scanQuotedString(into: &text)
      case .ascii("\\"):
        guard mayContinue else { return text }
        try scanQuotedPair(into: &text)
      default:
        guard mayContinue else { return text }
        try scanScalar(into: &text)
      }
      isPresent = true
    }
    guard isPresent else { throw missing(.missingLocalPart) }
    return text
  }

  // MARK: The domain

  /// A domain or an address literal with its brackets; nothing when neither starts here.
  private mutating func scanDomain() throws(SMTPPathError) -> [UInt8] {
    if next == .ascii("[") { return try scanLiteral() }
    return isLenient ? try scanLenientDomain() : try scanStrictDomain()
  }

  private mutating func scanStrictDomain() throws(SMTPPathError) -> [UInt8] {
    var text: [UInt8] = []
    while let octet = next {
      let last = text.last ?? .ascii(".")
      if octet == .ascii(".") || octet == .ascii("-") {
        guard last != .ascii("."), octet == .ascii("-") || last != .ascii("-") else {
          throw .syntax
        }
        text.append(octet)
        advance()
      } else if octet.isLetterOrDigit || octet >= 0x80 {
        try scanScalar(into: &text)
      } else {
        break
      }
    }
    guard text.last != .ascii("."), text.last != .ascii("-") else { throw .syntax }
    return text
  }

  private mutating func scanLenientDomain() throws(SMTPPathError) -> [UInt8] {
    var text: [UInt8] = []
    var mayContinue = true
    while let octet = next {
      switch octet {
      case .space, .ascii("("):
        try skipComments()
        mayContinue = text.last == .ascii(".")
      case .ascii("."):
        text.append(octet)
        advance()
        mayContinue = true
      default:
        // An equals sign is left out: it is a parameter that lost its space.
        guard mayContinue, octet.isAtomText || octet >= 0x80, octet != .ascii("=") else {
          return text
        }
        try scanScalar(into: &text)
      }
    }
    return text
  }

  private mutating func scanLiteral() throws(SMTPPathError) -> [UInt8] {
    let start = position
    advance()
    while let octet = next, octet != .ascii("]") {
      guard octet.isLiteralText else { throw unexpected(octet, .malformedLiteral) }
      advance()
    }
    guard next != nil else { throw .unbalanced }
    advance()
    let content = line[start + 1..<position - 1]
    guard isLenient ? !content.isEmpty : AddressLiteral.isValid(content) else {
      throw .malformedLiteral
    }
    return [UInt8](line[start..<position])
  }

  // MARK: Words

  private mutating func scanQuotedString(into text: inout [UInt8]) throws(SMTPPathError) {
    advance()
    while let octet = next {
      switch octet {
      case .ascii("\""):
        advance()
        return
      case .ascii("\\"):
        try scanQuotedPair(into: &text)
      default:
        try scanScalar(into: &text)
      }
    }
    throw .unbalanced
  }

  /// A backslash and the ASCII character it stands for.
  private mutating func scanQuotedPair(into text: inout [UInt8]) throws(SMTPPathError) {
    advance()
    guard let octet = next else { throw .unbalanced }
    guard octet < 0x80 || isLenient else { throw .syntax }
    try scanScalar(into: &text)
  }

  /// One character that is no control, ASCII or well-formed UTF-8.
  private mutating func scanScalar(into text: inout [UInt8]) throws(SMTPPathError) {
    let octet = line[position]
    if octet < 0x80 {
      guard !octet.isControl else { throw .forbiddenOctet }
      text.append(octet)
      advance()
      return
    }
    guard let (_, count) = line.span.utf8Scalar(at: position) else { throw .forbiddenOctet }
    text += line[position..<position + count]
    position += count
    contentEnd = position
  }

  // MARK: Between words

  private mutating func advance() {
    position += 1
    contentEnd = position
  }

  private mutating func skipSpaces() {
    while next == .space { position += 1 }
  }

  /// Spaces and comments, in the lenient grammar alone.
  private mutating func skipComments() throws(SMTPPathError) {
    guard isLenient else { return }
    skipSpaces()
    while next == .ascii("(") {
      try skipComment()
      skipSpaces()
    }
  }

  private mutating func skipComment() throws(SMTPPathError) {
    var depth = 0
    var ignored: [UInt8] = []
    while let octet = next {
      switch octet {
      case .ascii("("):
        depth += 1
        guard depth <= SMTPPathParser.maxCommentDepth else { throw .commentTooDeep }
        advance()
      case .ascii(")"):
        depth -= 1
        advance()
        if depth == 0 { return }
      case .ascii("\\"):
        try scanQuotedPair(into: &ignored)
      default:
        try scanScalar(into: &ignored)
      }
    }
    throw .unbalanced
  }

  // MARK: Causes

  /// The error for an octet that has no place here: what is forbidden everywhere goes first.
  private func unexpected(
    _ octet: UInt8, _ cause: SMTPPathError = .syntax
  ) -> SMTPPathError {
    octet.isControl ? .forbiddenOctet : cause
  }

  /// The error for a part that is not there: `cause` when the path ends or goes on behind it, a
  /// syntax error when something else stands in its place.
  private func missing(_ cause: SMTPPathError) -> SMTPPathError {
    guard let octet = next else { return cause == .missingLocalPart ? .syntax : cause }
    switch octet {
    case .ascii("@"), .ascii(">"), .space: return cause
    default: return unexpected(octet)
    }
  }
}
