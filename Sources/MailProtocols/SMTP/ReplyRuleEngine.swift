// Holds rules against a dialogue: the first that matches decides. It knows no clock, and its random
// numbers come from a seed: the same questions at the same times get the same answers.

/// A list of rules and what they have counted; one for a whole server.
package struct ReplyRuleEngine: Sendable {
  /// Keys of `per=` that are remembered, of all rules together: some 20 MB with the longest keys.
  package static let defaultMaxKeyCount = 65_536
  /// Octets of a key; what is alike up to there counts as one.
  package static let maxKeyByteCount = 256

  package private(set) var rules: [ReplyRule]
  private var random: SeededRandom
  private var counters: ReplyRuleCounters
  /// For each stage, by its raw value, the rules that are for it.
  private var rulesByStage: [[Int]]

  package init(
    _ rules: [ReplyRule] = [], random: SeededRandom = SeededRandom(seed: 1),
    maxKeyCount: Int = Self.defaultMaxKeyCount
  ) {
    self.rules = rules
    self.random = random
    counters = ReplyRuleCounters(ruleCount: rules.count, maxKeyCount: maxKeyCount)
    rulesByStage = ReplyRuleStage.allCases.map { stage in
      rules.indices.filter { rules[$0].scope.includes(stage) }
    }
  }

  /// Takes other rules, which start to count anew; random numbers go on where they were.
  package mutating func replaceRules(_ rules: [ReplyRule]) {
    self = ReplyRuleEngine(rules, random: random, maxKeyCount: counters.maxKeyCount)
  }

  /// Whether a rule is for the stage; if none is, a subject need not be made.
  package func hasRules(for stage: ReplyRuleStage) -> Bool {
    !rulesByStage[stage.rawValue].isEmpty
  }

  /// The first rule that matches, or nil; counts go on where they must. `time` is since the start
  /// of the server, and never goes back.
  ///
  /// The conditions that count nothing are held against the subject first, then `odds` is drawn,
  /// then `nth`, `every`, `first` and `rate` look at their one count. So a rule counts, and draws,
  /// only when it was reached and the rest of it held.
  package mutating func match(
    _ subject: ReplyRuleSubject, at time: Duration
  ) -> ReplyRuleMatch? {
    for index in rulesByStage[subject.stage.rawValue] {
      let rule = rules[index]
      if Self.holds(rule, for: subject, at: time), draws(rule), counts(rule, index, subject, time) {
        return ReplyRuleMatch(number: index + 1, rule: rule)
      }
    }
    return nil
  }

  private static func holds(
    _ rule: ReplyRule, for subject: ReplyRuleSubject, at time: Duration
  ) -> Bool {
    rule.conditions.allSatisfy { condition in
      switch condition {
      case .sender(let test): subject.sender.map(test) ?? false
      case .recipient(let test): subject.recipients.contains(where: test)
      case .user(let test): subject.user.map(test) ?? false
      case .helo(let test): subject.helo.map(test) ?? false
      case .client(let network): subject.client.map(network.contains) ?? network.isAny
      case .tls(let wanted): subject.isTLS == wanted
      case .auth(let wanted): subject.isAuthenticated == wanted
      case .largerThan(let size): subject.byteCount.map { $0 > size } ?? false
      case .smallerThan(let size): subject.byteCount.map { $0 < size } ?? false
      case .after(let start): time >= start
      case .nth, .every, .odds, .first, .rate, .per: true
      }
    }
  }

  private mutating func draws(_ rule: ReplyRule) -> Bool {
    for case .odds(let odds) in rule.conditions { return random.nextFraction() < odds }
    return true
  }

  private mutating func counts(
    _ rule: ReplyRule, _ index: Int, _ subject: ReplyRuleSubject, _ time: Duration
  ) -> Bool {
    guard rule.hasCounter else { return true }
    let key = rule.key.map { Self.key($0, of: subject) }
    return counters.withCount(ofRule: index, key: key) { count in
      count.advance()
      var holds = true
      // Every one is asked: a token is taken whatever the count says.
      for condition in rule.conditions {
        switch condition {
        case .nth(let range): holds = range.contains(count.count) && holds
        case .every(let step): holds = count.count.isMultiple(of: step) && holds
        case .first(let most): holds = count.count <= most && holds
        case .rate(let rate): holds = !count.takeToken(rate, at: time) && holds
        case .sender, .recipient, .user, .helo, .client, .tls, .auth, .largerThan, .smallerThan,
          .odds, .after, .per:
          break
        }
      }
      return holds
    }
  }

  /// The key in lower case; empty when there is none to be had, so that all those count as one.
  /// Where several recipients are asked about at once the first is the key.
  private static func key(_ kind: ReplyRuleKey, of subject: ReplyRuleSubject) -> [UInt8] {
    let text: [UInt8]? =
      switch kind {
      case .client: subject.client?.unmapped.octets
      case .sender: subject.sender
      case .recipient: subject.recipients.first
      case .user: subject.user
      }
    guard let text else { return [] }
    switch kind {
    case .client: return text
    case .sender, .recipient, .user: return text.prefix(maxKeyByteCount).map(\.lowercased)
    }
  }
}
