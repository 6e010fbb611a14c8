// Postfix smtp-sink's letters for commands that fail or are answered late, as rules: -r -f -Q -b -B
// -w -W.

internal import MailProtocols
internal import ToolSupport

/// What the letters ask for, command by command.
struct PostfixFaults: Sendable {
  /// What is answered; the later ones outdo those before.
  private enum Answer: Int, Sendable {
    case usual
    case soft
    case hard
    case disconnect
  }

  private struct Delay: Sendable {
    let duration: Duration
    /// Percent of the dice that have it wait once more; nil waits once.
    let odds: Int?
  }

  private struct Fault: Sendable {
    var answer = Answer.usual
    var delay: Delay?
  }

  private var faults: [ReplyRuleStage: Fault] = [:]
  private let replies: [Answer: ReplyRuleAction.Verb]

  /// The commands that a list may name.
  private static let stages: [(name: String, stage: ReplyRuleStage)] = [
    ("CONNECT", .connect), ("HELO", .helo), ("EHLO", .ehlo), ("LHLO", .lhlo), ("MAIL", .mail),
    ("RCPT", .rcpt), ("VRFY", .vrfy), ("DATA", .data), (".", .endOfData), ("RSET", .rset),
    ("NOOP", .noop), ("QUIT", .quit),
  ]

  /// Postfix's text; the code of its own class.
  private static let goodbye = SMTPReply(
    421, nil, "4.0.0 Server closing connection")

  /// Throws a `ToolFailure` of status usage (64).
  init(_ options: RuleOptions) throws(ToolFailure) {
    replies = [
      .usual: .ok, .disconnect: .reply(Self.goodbye),
      .soft: try Self.reply(options.softReply, class: 4, "-b"),
      .hard: try Self.reply(options.hardReply, class: 5, "-B"),
    ]
    try add(.soft, options.soft, "-r")
    try add(.hard, options.hard, "-f")
    try add(.disconnect, options.disconnect, "-Q")
    for text in options.delays { try addDelay(text) }
    if let delay = options.dataDelay {
      faults[.data, default: Fault()].delay = Delay(duration: delay.duration, odds: nil)
    }
  }

  /// Whether a word is a list of commands; such a word behind `-q` is Postfix's.
  static func isList(_ word: String) -> Bool {
    let names = names(word)
    return !names.isEmpty && names.allSatisfy { stage($0) != nil }
  }

  private static func names(_ list: String) -> [Substring] {
    list.split { $0 == "," || $0.isWhitespace }
  }

  private static func stage(_ name: Substring) -> ReplyRuleStage? {
    stages.first { $0.name == name.uppercased() }?.stage
  }

  private static func stage(
    _ name: Substring, of option: String
  ) throws(ToolFailure) -> ReplyRuleStage {
    if let stage = stage(name) { return stage }
    let known = stages.map(\.name).joined(separator: " ")
    throw ToolFailure(.usage, "\(option): '\(name)' is none of \(known)")
  }

  private static func reply(
    _ text: String, class wanted: Int, _ option: String
  ) throws(ToolFailure) -> ReplyRuleAction.Verb {
    if let rule = try? SinkRules.parser.parse("noop: " + text, origin: ReplyRuleOrigin(option)),
      case .reply(let reply) = rule.action.verb, reply.code / 100 == wanted,
      rule.action == ReplyRuleAction(.reply(reply))
    {
      return .reply(reply)
    }
    throw ToolFailure(.usage, "\(option) '\(text)' is no \(wanted)NN TEXT")
  }

  private mutating func add(
    _ answer: Answer, _ lists: [String], _ option: String
  ) throws(ToolFailure) {
    for name in lists.flatMap(Self.names) {
      let stage = try Self.stage(name, of: option)
      let before = faults[stage, default: Fault()].answer
      faults[stage, default: Fault()].answer = before.rawValue < answer.rawValue ? answer : before
    }
  }

  private mutating func addDelay(_ text: String) throws(ToolFailure) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let delay = TimeSpan(argument: String(parts[1])) else {
      throw ToolFailure(.usage, "-W '\(text)' is no CMD:SECS[:ODDS]")
    }
    var odds: Int?
    if parts.count == 3 {
      guard let number = Int(parts[2]), (0...99).contains(number) else {
        throw ToolFailure(.usage, "-W '\(text)': the odds are 0 to 99")
      }
      odds = number
    }
    let stage = try Self.stage(parts[0], of: "-W")
    faults[stage, default: Fault()].delay = Delay(duration: delay.duration, odds: odds)
  }

  // MARK: - As rules

  /// Waits of which the last would come less than once in a million times are not told apart.
  private static let leastChance = 0.000_001

  /// The rules that do it, in the order of the commands.
  var rules: [ReplyRule] {
    get throws(ToolFailure) {
      var rules: [ReplyRule] = []
      for (_, stage) in Self.stages {
        guard let fault = faults[stage], let verb = replies[fault.answer] else { continue }
        do throws(ReplyRuleFault) {
          try rules += Self.rules(stage, verb, fault.delay)
        } catch {
          throw ToolFailure(.usage, "\(stage.name): \(error.reason)")
        }
      }
      return rules
    }
  }

  /// With odds the wait is drawn by dice: each that falls below them adds one more, and the first
  /// that does not ends it. Each rule is one of these dice.
  private static func rules(
    _ stage: ReplyRuleStage, _ verb: ReplyRuleAction.Verb, _ delay: Delay?
  ) throws(ReplyRuleFault) -> [ReplyRule] {
    func rule(_ conditions: [ReplyRuleCondition], _ wait: Duration) throws(ReplyRuleFault)
      -> ReplyRule
    {
      try ReplyRule(
        .only(stage), conditions, ReplyRuleAction(verb, delay: wait),
        origin: ReplyRuleOrigin("-W"))
    }
    guard let delay else { return [try rule([], .zero)] }
    guard let odds = delay.odds else { return [try rule([], delay.duration)] }
    let chance = Double(odds) / 100
    var rules: [ReplyRule] = []
    var count = 0
    var left = 1.0
    while left > leastChance {
      rules.append(try rule([.odds(1 - chance)], delay.duration * count))
      left *= chance
      count += 1
    }
    return rules + [try rule([], delay.duration * count)]
  }
}
