// The conditions of a scripted answer: `to=*@full.test`, `size>10M`, `nth=3-5`, `rate=10/m`.

extension ReplyRuleParser {
  private static let conditionNames =
    "from=, to=, user=, helo=, client=, tls=, auth=, size>, size<, nth=, every=, odds=, first=, "
    + "after=, rate=, per="

  /// Reads one condition.
  func condition(_ word: ReplyRuleWord) throws(Mistake) -> ReplyRuleCondition {
    guard let sign = word.octets.firstIndex(where: { "=<>".utf8.contains($0) }) else {
      throw word.mistake("\(word.quoted) is no condition: \(Self.conditionNames)")
    }
    let name = ReplyRuleWord(octets: word.octets[...sign])
    let value = ReplyRuleWord(octets: word.octets[(sign + 1)...])
    switch name.text.lowercased() {
    case "from=": return .sender(try pattern(value))
    case "to=": return .recipient(try pattern(value))
    case "user=": return .user(try pattern(value))
    case "helo=": return .helo(try pattern(value))
    case "client=":
      do {
        return .client(try IPNetwork(value.text))
      } catch {
        throw value.mistake(error.reason)
      }
    case "tls=": return .tls(try flag(value))
    case "auth=": return .auth(try flag(value))
    case "size>": return .largerThan(try size(value))
    case "size<": return .smallerThan(try size(value))
    case "nth=": return .nth(try range(value))
    case "every=": return .every(try number(value))
    case "first=": return .first(try number(value))
    case "odds=": return .odds(try odds(value))
    case "after=": return .after(try time(value))
    case "rate=": return .rate(try rate(value))
    case "per=":
      guard let key = ReplyRuleKey(rawValue: value.text.lowercased()) else {
        throw value.mistake("per= takes client, from, to or user, not \(value.quoted)")
      }
      return .per(key)
    case "size=": throw name.mistake("size takes > or <")
    default: throw name.mistake("unknown condition \(name.quoted): \(Self.conditionNames)")
    }
  }

  private func pattern(
    _ value: ReplyRuleWord
  ) throws(Mistake) -> ReplyRuleCondition.TextTest {
    guard value.octets.first == .ascii("/") else {
      let glob = Glob([UInt8](value.octets))
      return { glob.matches($0) }
    }
    guard value.octets.count >= 2, value.octets.last == .ascii("/") else {
      throw value.mistake("a regular expression ends with a slash: /REGEX/")
    }
    switch compile(String(decoding: value.octets.dropFirst().dropLast(), as: UTF8.self)) {
    case .success(let test): return test
    case .failure(let error): throw value.mistake(error.reason)
    }
  }

  private func flag(_ value: ReplyRuleWord) throws(Mistake) -> Bool {
    switch value.text.lowercased() {
    case "yes": return true
    case "no": return false
    default: throw value.mistake("yes or no, not \(value.quoted)")
    }
  }

  /// A size in octets.
  func size(_ value: ReplyRuleWord) throws(Mistake) -> Int {
    guard let size = ByteSize(value.text) else {
      throw value.mistake("a size is a number, with k, M or G or without, not \(value.quoted)")
    }
    return size.byteCount
  }

  /// A span of time.
  func time(_ value: ReplyRuleWord) throws(Mistake) -> Duration {
    guard let span = TimeSpan(value.text) else {
      throw value.mistake("a time is a number with ms, s, m, h or d, not \(value.quoted)")
    }
    return span.duration
  }

  private func number(_ value: ReplyRuleWord) throws(Mistake) -> Int {
    guard !value.octets.isEmpty, value.octets.allSatisfy(\.isDigit),
      let number = Int(value.text), number <= Self.maxNumber
    else { throw value.mistake("a whole number up to \(Self.maxNumber), not \(value.quoted)") }
    return number
  }

  private func range(_ value: ReplyRuleWord) throws(Mistake) -> ClosedRange<Int> {
    guard let hyphen = value.octets.firstIndex(of: .ascii("-")) else {
      let number = try number(value)
      return number...number
    }
    let lower = try number(ReplyRuleWord(octets: value.octets[..<hyphen]))
    let upper = try number(ReplyRuleWord(octets: value.octets[(hyphen + 1)...]))
    guard lower <= upper else { throw value.mistake("\(value.quoted) ends before it starts") }
    return lower...upper
  }

  private func odds(_ value: ReplyRuleWord) throws(Mistake) -> Double {
    guard value.octets.last == .ascii("%"), let percent = Decimal.parse(value.text.dropLast()),
      percent <= 100
    else { throw value.mistake("odds are 0% to 100%, not \(value.quoted)") }
    return percent / 100
  }

  private func rate(_ value: ReplyRuleWord) throws(Mistake) -> ReplyRuleRate {
    let parts = value.octets.split(
      separator: .ascii("/"), maxSplits: 1, omittingEmptySubsequences: false)
    let period: Duration? =
      switch parts.count == 2 ? String(decoding: parts[1], as: UTF8.self).lowercased() : "" {
      case "s": .seconds(1)
      case "m": .seconds(60)
      case "h": .seconds(3600)
      default: nil
      }
    guard let period,
      let rate = ReplyRuleRate(count: try number(.init(octets: parts[0])), period: period)
    else {
      throw value.mistake(
        "a rate is a number from 1 to \(ReplyRuleRate.maxCount) with /s, /m or /h, not "
          + value.quoted)
    }
    return rate
  }
}
