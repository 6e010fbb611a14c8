// What a scripted answer asks before it is given. smtp-sink(1), RULES.

/// How many times in what span of time: a token bucket that holds `count` tokens and fills in a
/// `period`.
package struct ReplyRuleRate: Equatable, Sendable {
  /// Tokens of a bucket.
  package static let maxCount = 1_000_000

  package let count: Int
  package let period: Duration

  /// Nil when the count is not in 1...`maxCount`, or the period is not at least a second.
  package init?(count: Int, period: Duration) {
    guard (1...Self.maxCount).contains(count), period >= .seconds(1) else { return nil }
    self.count = count
    self.period = period
  }
}

/// By what a rule keeps its counts apart.
package enum ReplyRuleKey: String, CaseIterable, Sendable {
  case client
  case sender = "from"
  case recipient = "to"
  case user
}

/// One condition of a rule. What is not known is not matched by any pattern.
package enum ReplyRuleCondition: Sendable {
  /// A test of text: a glob or a regular expression.
  package typealias TextTest = SMTPExpectation.TextTest

  case sender(TextTest)
  /// At `rcpt` that recipient, else any of them.
  case recipient(TextTest)
  /// The name the client logged in with; at `auth` the name it tries.
  case user(TextTest)
  case helo(TextTest)
  case client(IPNetwork)
  case tls(Bool)
  case auth(Bool)
  case largerThan(Int)
  case smallerThan(Int)
  /// The counts, from 1, at which it holds.
  case nth(ClosedRange<Int>)
  case every(Int)
  /// From 0, never, to 1, always.
  case odds(Double)
  case first(Int)
  /// Time since the start of the server.
  case after(Duration)
  /// Holds when the bucket is empty.
  case rate(ReplyRuleRate)
  /// Holds always: says by what the counts are kept apart.
  case per(ReplyRuleKey)

  /// A test by a pattern with `*` and `?`, without regard to case.
  package static func glob(_ pattern: String) -> TextTest {
    let glob = Glob([UInt8](pattern.utf8))
    return { glob.matches($0) }
  }

  /// The word as it starts in a rule: `from=`.
  var name: String {
    switch self {
    case .sender: "from="
    case .recipient: "to="
    case .user: "user="
    case .helo: "helo="
    case .client: "client="
    case .tls: "tls="
    case .auth: "auth="
    case .largerThan: "size>"
    case .smallerThan: "size<"
    case .nth: "nth="
    case .every: "every="
    case .odds: "odds="
    case .first: "first="
    case .after: "after="
    case .rate: "rate="
    case .per: "per="
    }
  }

  /// What must be known for it to hold, and what to call that.
  var need: (facts: ReplyRuleStage.Facts, name: String)? {
    switch self {
    case .sender: (.sender, "sender")
    case .recipient: (.recipient, "recipient")
    case .user, .auth: (.user, "user")
    case .helo: (.helo, "HELO name")
    case .tls: (.tls, "TLS")
    case .largerThan, .smallerThan: (.size, "size")
    case .client: (.client, "client")
    case .per(.client): (.client, "client")
    case .per(.sender): (.sender, "sender")
    case .per(.recipient): (.recipient, "recipient")
    case .per(.user): (.user, "user")
    case .nth, .every, .odds, .first, .after, .rate: nil
    }
  }

  /// Whether it counts how often the others held.
  var isCounter: Bool {
    switch self {
    case .nth, .every, .first, .rate: true
    case .sender, .recipient, .user, .helo, .client, .tls, .auth, .largerThan, .smallerThan, .odds,
      .after, .per:
      false
    }
  }

  /// Whether a second one beside it can say more.
  var mayRepeat: Bool {
    switch self {
    case .sender, .recipient, .user, .helo: true
    case .client, .tls, .auth, .largerThan, .smallerThan, .nth, .every, .odds, .first, .after,
      .rate, .per:
      false
    }
  }

  /// Why its numbers make no sense, or nil.
  var numberFault: String? {
    switch self {
    case .nth(let range): range.lowerBound < 1 ? "counts start at 1" : nil
    case .every(let count): count < 1 ? "every first one is the least" : nil
    case .first(let count): count < 1 ? "counts start at 1" : nil
    case .odds(let odds): (0...1).contains(odds) ? nil : "odds are 0% to 100%"
    case .largerThan(let size), .smallerThan(let size): size < 0 ? "no size is below 0" : nil
    case .after(let time): time < .zero ? "nothing comes before the start" : nil
    case .sender, .recipient, .user, .helo, .client, .tls, .auth, .rate, .per: nil
    }
  }
}
