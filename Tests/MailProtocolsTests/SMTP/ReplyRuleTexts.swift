// What the tests of rules share: a parser without regular expressions, rules and subjects in short.

import MailProtocols
import Testing

/// A stand-in for regular expressions: the text between the slashes is looked for as it is.
var ruleParser: ReplyRuleParser {
  ReplyRuleParser { pattern in
    if pattern.isEmpty { return .failure(.init(reason: "an empty pattern")) }
    return .success { String(decoding: $0, as: UTF8.self).contains(pattern) }
  }
}

func rule(_ text: String) throws(ReplyRuleError) -> ReplyRule {
  try ruleParser.parse(text, origin: ReplyRuleOrigin("--reply"))
}

/// An engine of rules, each on its line of a file.
func ruleEngine(
  _ rules: String..., seed: UInt64 = 1, maxKeyCount: Int = ReplyRuleEngine.defaultMaxKeyCount
) throws(ReplyRuleError) -> ReplyRuleEngine {
  let text = rules.joined(separator: "\n")
  return ReplyRuleEngine(
    try ruleParser.parseFile([UInt8](text.utf8), name: "rules"),
    random: SeededRandom(seed: seed), maxKeyCount: maxKeyCount)
}

func subject(
  _ stage: ReplyRuleStage, client: String? = "192.0.2.1", helo: String? = "c.test",
  from: String? = "a@c.test", to: [String] = ["b@s.test"], user: String? = nil,
  isTLS: Bool = false, size: Int? = 1000
) -> ReplyRuleSubject {
  var subject = ReplyRuleSubject(stage)
  subject.client = client.flatMap { IPAddress($0) }
  subject.helo = helo.map { [UInt8]($0.utf8) }
  subject.sender = from.map { [UInt8]($0.utf8) }
  subject.recipients = to.map { [UInt8]($0.utf8) }
  subject.user = user.map { [UInt8]($0.utf8) }
  subject.isTLS = isTLS
  subject.isAuthenticated = user != nil && stage != .auth
  subject.byteCount = size
  return subject
}

extension ReplyRuleEngine {
  /// The number of the rule that decides about RCPT TO:<`to`>.
  mutating func rcpt(
    _ to: String = "b@s.test", client: String? = "192.0.2.1", from: String? = "a@c.test",
    user: String? = nil, at time: Duration = .zero
  ) -> Int? {
    match(
      subject(.rcpt, client: client, from: from, to: [to], user: user), at: time)?.number
  }
}
