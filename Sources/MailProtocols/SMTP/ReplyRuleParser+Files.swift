// A file of scripted answers: one a line, LF or CRLF behind it; empty lines, and comment lines that
// start with `#`.

extension ReplyRuleParser {
  /// Reads a whole file; `name` is how errors and rules call it. The first mistake is thrown.
  package func parseFile(
    _ octets: [UInt8], name: String
  ) throws(ReplyRuleError) -> [ReplyRule] {
    guard octets.count <= Self.maxFileByteCount else {
      throw ReplyRuleError(
        origin: ReplyRuleOrigin(name, line: 1), column: 1,
        reason: "a file of rules has at most \(Self.maxFileByteCount) octets")
    }
    var rules: [ReplyRule] = []
    var rest = octets[...]
    // Some editors put a byte order mark before the first line.
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    var number = 1
    while !rest.isEmpty {
      let end = rest.firstIndex(of: .lineFeed) ?? rest.endIndex
      var line = rest[..<end]
      if end < rest.endIndex, line.last == .carriageReturn { line.removeLast() }
      rest = rest[min(end + 1, rest.endIndex)...]
      if let first = line.first(where: { !$0.isBlank }), first != .ascii("#") {
        let origin = ReplyRuleOrigin(name, line: number)
        guard rules.count < Self.maxRuleCount else {
          throw ReplyRuleError(
            origin: origin, column: 1, reason: "a file has at most \(Self.maxRuleCount) rules")
        }
        rules.append(try parse([UInt8](line), origin: origin))
      }
      number += 1
    }
    return rules
  }
}
