// Reads scripted answers: `rcpt to=*@full.test: 452 4.2.2 Mailbox full`. smtp-sink(1), RULES, is the
// grammar. This file splits a rule into its parts; the others read conditions, actions and files.

/// Makes rules of text. The regular expressions are the caller's, since they are not ours.
package struct ReplyRuleParser {
  package typealias Compiler = SMTPExpectationParser.Compiler

  /// Octets of one rule, or of one line of a file without its line end.
  package static let maxRuleByteCount = 65_536
  /// Rules of one file.
  package static let maxRuleCount = 10_000
  /// Octets of one file.
  package static let maxFileByteCount = 4 << 20
  /// Lines of one reply.
  package static let maxReplyLineCount = 1000
  /// Octets of a line of a reply without its CRLF: RFC 5321 4.5.3.1.5 has 512 with it.
  package static let maxReplyLineByteCount = 510
  /// The largest number of `nth`, `every` and `first`.
  package static let maxNumber = 1_000_000_000

  let compile: Compiler

  package init(compile: @escaping Compiler) {
    self.compile = compile
  }

  /// Reads one rule, as an option gives it.
  package func parse(
    _ text: String, origin: ReplyRuleOrigin
  ) throws(ReplyRuleError) -> ReplyRule {
    try parse([UInt8](text.utf8), origin: origin)
  }

  /// Reads one rule in UTF-8. It is split at the first colon with a space behind it, whatever it
  /// stands in.
  package func parse(
    _ octets: [UInt8], origin: ReplyRuleOrigin
  ) throws(ReplyRuleError) -> ReplyRule {
    do {
      return try rule(octets[...], origin)
    } catch {
      throw ReplyRuleError(
        origin: origin, column: Self.column(of: error.offset, in: octets), reason: error.reason)
    }
  }

  /// Something wrong at an octet of the rule, from 0.
  struct Mistake: Error {
    let offset: Int
    let reason: String
  }

  private func rule(
    _ text: ArraySlice<UInt8>, _ origin: ReplyRuleOrigin
  ) throws(Mistake) -> ReplyRule {
    try checkOctets(text)
    let colon = try colon(in: text)
    let words = words(of: text[..<colon])
    guard let first = words.first else {
      throw Mistake(offset: text.startIndex, reason: "no stage: \(Self.stageNames)")
    }
    guard let scope = ReplyRuleScope(first.text) else {
      throw first.mistake("unknown stage \(first.quoted): \(Self.stageNames)")
    }
    var conditions: [ReplyRuleCondition] = []
    for word in words.dropFirst() { conditions.append(try condition(word)) }
    let action = try action(text[min(colon + 2, text.endIndex)...])
    do {
      return try ReplyRule(scope, conditions, action.action, origin: origin)
    } catch {
      let offset =
        switch error.part {
        case .condition(let index): words[index + 1].offset
        case .delay: action.delayOffset
        case .slow: action.slowOffset
        case .verb: action.verbOffset
        }
      throw Mistake(offset: offset, reason: error.reason)
    }
  }

  private func checkOctets(_ text: ArraySlice<UInt8>) throws(Mistake) {
    guard text.count <= Self.maxRuleByteCount else {
      throw Mistake(
        offset: text.startIndex + Self.maxRuleByteCount,
        reason: "a rule has at most \(Self.maxRuleByteCount) octets")
    }
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case .carriageReturn: throw Mistake(offset: index, reason: "CR in a rule")
      case .nul: throw Mistake(offset: index, reason: "NUL in a rule")
      default: break
      }
      guard let (_, count) = text.span.utf8Scalar(at: index - text.startIndex) else {
        throw Mistake(offset: index, reason: "a rule is UTF-8, and this is not")
      }
      index += count
    }
  }

  /// The first colon with a space behind it, or the one at the very end.
  private func colon(in text: ArraySlice<UInt8>) throws(Mistake) -> Int {
    for index in text.indices where text[index] == .ascii(":") {
      if index + 1 == text.endIndex || text[index + 1] == .space { return index }
    }
    let form = "no colon followed by a space: a rule is STAGE [CONDITION]...: ACTION"
    // `rcpt:450 no` is best shown where the space is missing.
    if let index = text.firstIndex(of: .ascii(":")),
      ReplyRuleScope(String(decoding: text[..<index], as: UTF8.self)) != nil
    {
      throw Mistake(offset: index + 1, reason: form)
    }
    throw Mistake(offset: text.endIndex, reason: form)
  }

  static let stageNames =
    ReplyRuleStage.allCases.map(\.name).joined(separator: ", ") + ", any"

  /// The character at an octet, from 1.
  static func column(of offset: Int, in octets: [UInt8]) -> Int {
    String(decoding: octets[..<min(offset, octets.count)], as: UTF8.self).count + 1
  }
}
