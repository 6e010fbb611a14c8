// A scripted answer of a server: where it is asked, what must hold, what is done. Read from text by
// ReplyRuleParser or made in code; held against a dialogue by ReplyRuleEngine.

/// Where a rule stands.
package struct ReplyRuleOrigin: Equatable, Sendable {
  /// A file, or the option that gave it: `--reply`.
  package let name: String
  /// From 1; nil outside a file.
  package let line: Int?

  package init(_ name: String, line: Int? = nil) {
    self.name = name
    self.line = line
  }

  /// `rules.txt:3`, or the option.
  package var text: String { line.map { "\(name):\($0)" } ?? name }
}

/// Why parts that are well-formed alone make no rule together.
package struct ReplyRuleFault: Error, Equatable, Sendable {
  package enum Part: Equatable, Sendable {
    /// By its place among the conditions.
    case condition(Int)
    case delay
    case slow
    case verb
  }

  package let part: Part
  package let reason: String

  package init(part: Part, reason: String) {
    self.part = part
    self.reason = reason
  }
}

/// One rule that makes sense: nothing in it can never hold or never be done.
package struct ReplyRule: Sendable {
  package let scope: ReplyRuleScope
  package let conditions: [ReplyRuleCondition]
  package let action: ReplyRuleAction
  package let origin: ReplyRuleOrigin

  /// By what counts are kept apart; nil counts for the whole server.
  let key: ReplyRuleKey?
  let hasCounter: Bool

  /// Puts a rule together, or says what of it is nonsense: a condition on what is not known at
  /// that stage, one given twice, `per=` with nothing to count, an answer that has no place there.
  package init(
    _ scope: ReplyRuleScope, _ conditions: [ReplyRuleCondition] = [], _ action: ReplyRuleAction,
    origin: ReplyRuleOrigin
  ) throws(ReplyRuleFault) {
    var key: ReplyRuleKey?
    for (index, condition) in conditions.enumerated() {
      func fault(_ reason: String) -> ReplyRuleFault {
        ReplyRuleFault(part: .condition(index), reason: "\(condition.name): \(reason)")
      }
      if let reason = condition.numberFault { throw fault(reason) }
      if let need = condition.need, !scope.facts.contains(need.facts) {
        throw fault("no \(need.name) is known at \(scope.name)")
      }
      if !condition.mayRepeat, conditions[..<index].contains(where: { $0.name == condition.name }) {
        throw fault("given twice")
      }
      if case .per(let kind) = condition {
        key = kind
        guard conditions.contains(where: \.isCounter) else {
          throw fault("nothing to count: it goes with nth, every, first or rate")
        }
      }
    }
    if let reason = action.delayFault { throw ReplyRuleFault(part: .delay, reason: reason) }
    if let reason = action.slowFault(in: scope) {
      throw ReplyRuleFault(part: .slow, reason: reason)
    }
    if let reason = action.verbFault(in: scope) {
      throw ReplyRuleFault(part: .verb, reason: reason)
    }
    self.scope = scope
    self.conditions = conditions
    self.action = action
    self.origin = origin
    self.key = key
    hasCounter = conditions.contains(where: \.isCounter)
  }
}
