// Reads the date-time of a header field (RFC 5322 3.3, obsolete forms of 4.3).
// Does not read asctime or RFC 3339, and does not hold the day of the week against the date.

/// Turns RFC 5322 dates into seconds.
package enum MailDateParser {
  /// Seconds since 1970 of the date-time in `text`, negative before, or nil when it is none.
  ///
  /// Takes comments and white space between all parts, years of two and three digits (00 to 49
  /// are 2000 on, the rest 1900 on), zones by name (a letter or an unknown name is UTC, RFC 5322
  /// 4.3) and the second 60. Years run from 1900 to 9999.
  package static func seconds(_ text: Span<UInt8>) -> Int? {
    var scanner = Scanner(text: text.copy(0..<text.count))
    guard scanner.skipComments(), let first = scanner.word() else { return nil }
    var dayText = first
    if first.first?.isAlpha == true {
      guard MailDate.weekdays.contains(where: { matches(first, $0) }), scanner.skip(.ascii(",")),
        let next = scanner.word()
      else { return nil }
      dayText = next
    }
    guard let day = number(dayText, digits: 1...2), let monthText = scanner.word(),
      let monthIndex = MailDate.months.firstIndex(where: { matches(monthText, $0) }),
      let yearText = scanner.word(), let year = year(yearText),
      let hour = number(scanner.word(), digits: 2...2), scanner.skip(.ascii(":")),
      let minute = number(scanner.word(), digits: 2...2)
    else { return nil }
    var second = 0
    if scanner.skip(.ascii(":")) {
      guard let value = number(scanner.word(), digits: 2...2) else { return nil }
      second = value
    }
    guard let zone = scanner.word(), let offset = offset(zone), scanner.isAtEnd,
      (1...MailDate.dayCount(year: year, month: monthIndex + 1)).contains(day), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    let days = MailDate.dayNumber(year: year, month: monthIndex + 1, day: day)
    return days * 86_400 + hour * 3600 + minute * 60 + second - offset
  }

  private static func matches(_ word: ArraySlice<UInt8>, _ name: String) -> Bool {
    word.elementsEqual(name.utf8, by: { $0.lowercased == $1.lowercased })
  }

  private static func number(_ word: ArraySlice<UInt8>?, digits: ClosedRange<Int>) -> Int? {
    guard let word, digits.contains(word.count), word.allSatisfy(\.isDigit) else { return nil }
    return word.reduce(0) { $0 * 10 + Int($1 - .ascii("0")) }
  }

  private static func year(_ word: ArraySlice<UInt8>) -> Int? {
    guard let value = number(word, digits: 2...4) else { return nil }
    if word.count == 4 { return value >= 1900 ? value : nil }
    return value + (word.count == 2 && value < 50 ? 2000 : 1900)
  }

  /// Seconds east of UTC.
  private static func offset(_ zone: ArraySlice<UInt8>) -> Int? {
    if let sign = zone.first, sign == .ascii("+") || sign == .ascii("-") {
      guard let value = number(zone.dropFirst(), digits: 4...4), value % 100 < 60 else {
        return nil
      }
      let seconds = value / 100 * 3600 + value % 100 * 60
      return sign == .ascii("-") ? -seconds : seconds
    }
    guard zone.allSatisfy(\.isAlpha) else { return nil }
    let americanHours = ["EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7]
    let name = String(decoding: zone.map(\.uppercased), as: UTF8.self)
    let hours = americanHours[name] ?? ["PDT": -7, "PST": -8][name] ?? 0
    return hours * 3600
  }

  /// Words and separators with comments skipped behind each.
  private struct Scanner {
    let text: [UInt8]
    var position = 0

    init(text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    /// Letters and digits, with a sign at most before them.
    mutating func word() -> ArraySlice<UInt8>? {
      let start = position
      if next == .ascii("+") || next == .ascii("-") { position += 1 }
      // Letters and digits do not mix: "21Nov" is two words.
      let isLetters = next?.isAlpha == true
      while let octet = next, isLetters ? octet.isAlpha : octet.isDigit { position += 1 }
      let word = text[start..<position]
      return word.isEmpty || !skipComments() ? nil : word
    }

    mutating func skip(_ separator: UInt8) -> Bool {
      guard next == separator else { return false }
      position += 1
      return skipComments()
    }

    /// Skips white space and comments; false when a comment does not end.
    mutating func skipComments() -> Bool {
      var depth = 0
      while let octet = next {
        switch octet {
        case .ascii("("): depth += 1
        case .ascii(")") where depth > 0: depth -= 1
        case .ascii("\\") where depth > 0: position += 1
        case .space, .tab, .carriageReturn, .lineFeed: break
        default: if depth == 0 { return true }
        }
        position += 1
      }
      // A backslash at the very end moved past it.
      position = min(position, text.count)
      return depth == 0
    }
  }
}
