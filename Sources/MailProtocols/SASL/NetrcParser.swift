// Takes a netrc file apart; what it accepts is told at `Netrc`.

/// Reads one netrc file from start to end.
struct NetrcParser {
  /// Words that have a value, or start something.
  private enum Keyword {
    case machine, any, login, password, account, macro
  }

  private static let keywords: [(name: StaticString, keyword: Keyword)] = [
    ("machine", .machine), ("default", .any), ("login", .login), ("user", .login),
    ("password", .password), ("passwd", .password), ("account", .account), ("macdef", .macro),
  ]

  private var position = 0
  private var line = 1
  private var entries: [NetrcEntry] = []

  mutating func parse(_ text: Span<UInt8>) throws(NetrcError) -> [NetrcEntry] {
    while let keyword = try nextKeyword(text) {
      switch keyword {
      case .machine: entries.append(NetrcEntry(.host(try name(text))))
      case .any: entries.append(NetrcEntry(.any))
      case .login:
        try requireEntry { $0.login == nil }
        entries[entries.count - 1].login = try name(text)
      case .password:
        try requireEntry { $0.password == nil }
        entries[entries.count - 1].password = try secret(text)
      case .account:
        // Nothing in mail asks for it; it may be as secret as a password.
        try requireEntry { _ in true }
        _ = try secret(text)
      case .macro:
        _ = try name(text)
        skipMacro(text)
      }
    }
    return entries
  }

  /// Checks that what follows has an entry to belong to, which has none of its kind yet.
  private func requireEntry(_ isFree: (NetrcEntry) -> Bool) throws(NetrcError) {
    guard let entry = entries.last else { throw error(.outsideOfEntry) }
    guard isFree(entry) else { throw error(.repeated) }
  }

  private func error(_ cause: NetrcError.Cause) -> NetrcError {
    NetrcError(line: line, cause: cause)
  }

  // MARK: - Words

  private mutating func nextKeyword(_ text: Span<UInt8>) throws(NetrcError) -> Keyword? {
    skipBlanks(text)
    while position < text.count, text[position] == .ascii("#") {
      while position < text.count, text[position] != .lineFeed { position += 1 }
      skipBlanks(text)
    }
    let start = position
    while position < text.count, !Self.isBlank(text[position]) { position += 1 }
    if start == position { return nil }
    let word = text.extracting(start..<position)
    for (name, keyword) in Self.keywords where Self.equals(word, name) { return keyword }
    throw error(.unknownWord)
  }

  /// The next word as a name.
  private mutating func name(_ text: Span<UInt8>) throws(NetrcError) -> String {
    let octets = try value(text)
    guard octets.span.isWellFormedUTF8 else { throw error(.notText) }
    return String(decoding: octets, as: UTF8.self)
  }

  /// The next word as a secret.
  private mutating func secret(_ text: Span<UInt8>) throws(NetrcError) -> SASLSecret {
    var octets = try value(text)
    defer { SASLSecret.wipe(&octets) }
    return SASLSecret(octets)
  }

  /// The next word, whatever it starts with, quotes and backslashes taken off.
  private mutating func value(_ text: Span<UInt8>) throws(NetrcError) -> [UInt8] {
    skipBlanks(text)
    guard position < text.count else { throw error(.valueMissing) }
    let isQuoted = text[position] == .ascii("\"")
    if isQuoted { position += 1 }
    let end = try wordEnd(text, isQuoted)
    // Of the right size at once: growing would leave copies of a password behind.
    var octets: [UInt8] = []
    octets.reserveCapacity(end - position)
    while position < end {
      if text[position] == .ascii("\\"), position + 1 < end { position += 1 }
      octets.append(text[position])
      position += 1
    }
    let isWhole = !octets.isEmpty && !octets.contains(.nul)
    if isQuoted { position += 1 }
    guard isWhole, position == text.count || Self.isBlank(text[position]) else {
      let cause: NetrcError.Cause =
        octets.isEmpty ? .emptyValue : isWhole ? .textBehindQuote : .notText
      SASLSecret.wipe(&octets)
      throw error(cause)
    }
    return octets
  }

  /// Where the word that starts here ends, or the closing quote stands.
  private func wordEnd(_ text: Span<UInt8>, _ isQuoted: Bool) throws(NetrcError) -> Int {
    var end = position
    while end < text.count {
      let octet = text[end]
      if isQuoted ? octet == .ascii("\"") : Self.isBlank(octet) { return end }
      if octet == .lineFeed { throw error(.unclosedQuote) }
      // What the backslash stands before does not end the word; a line end always does.
      if octet == .ascii("\\"), end + 1 < text.count, text[end + 1] != .lineFeed { end += 1 }
      end += 1
    }
    if isQuoted { throw error(.unclosedQuote) }
    return end
  }

  // MARK: - What is passed over

  private mutating func skipBlanks(_ text: Span<UInt8>) {
    while position < text.count, Self.isBlank(text[position]) {
      if text[position] == .lineFeed { line += 1 }
      position += 1
    }
  }

  /// The rest of the line, and all lines up to an empty one, or the end.
  private mutating func skipMacro(_ text: Span<UInt8>) {
    var lineStart: Int?
    while position < text.count {
      let octet = text[position]
      position += 1
      guard octet == .lineFeed else { continue }
      line += 1
      let count = lineStart.map { position - 1 - $0 }
      if count == 0 || (count == 1 && text[position - 2] == .carriageReturn) { return }
      lineStart = position
    }
  }

  private static func isBlank(_ octet: UInt8) -> Bool {
    octet == .space || octet == .tab || octet == .lineFeed || octet == .carriageReturn
  }

  private static func equals(_ word: Span<UInt8>, _ name: StaticString) -> Bool {
    guard word.count == name.utf8CodeUnitCount else { return false }
    return name.withUTF8Buffer { name in
      word.indices.allSatisfy { word[$0] == name[$0] }
    }
  }
}
