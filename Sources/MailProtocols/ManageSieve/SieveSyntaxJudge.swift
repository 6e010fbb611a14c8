// Judges a script whose grammar is right: does each command and test exist, is it required, does it
// stand where it may, and are its arguments what it takes. This file has the control commands;
// SieveSyntaxJudge+Tests, +Arguments and +Values have the rest.

/// Walks through a script in its order, for what is required changes on the way (RFC 5463).
struct SieveSyntaxJudge {
  var findings: SieveSyntaxFindings
  /// The capabilities that may be used by now, each with the offset of the string that named it.
  private(set) var active: [String: Int] = [:]
  /// A capability is required whose words nobody here knows: an unknown word may be its own.
  private(set) var hasUnknownCapability = false
  /// What was reported once and is not said again.
  private var reported: Set<String> = []
  /// The names of the foreverypart loops around; nil for one without a name.
  private var loops: [[UInt8]?] = []

  init(findings: SieveSyntaxFindings) { self.findings = findings }

  /// Judges the whole script.
  mutating func script(_ commands: [SieveSyntaxNode]) {
    block(commands, isTop: true)
    judgeCapabilities()
  }

  /// Where in a chain of if, elsif and else a command stands (RFC 5228 3.1).
  private enum Chain {
    /// Neither if nor elsif went before.
    case none
    /// One did, and whether a branch before is always taken.
    case open(isDecided: Bool)
  }

  private mutating func block(_ commands: [SieveSyntaxNode], isTop: Bool = false) {
    var chain = Chain.none
    // RFC 5228 3.2: require stands first; import and export, in their drafts, behind it.
    var mayRequire = isTop
    var mayImport = isTop
    for node in commands {
      if findings.hasTooManyErrors { return }
      if node.name != "require" { mayRequire = false }
      if !["require", "import", "export"].contains(node.name) { mayImport = false }
      switch node.name {
      case "require":
        if mayRequire {
          require(node)
        } else {
          findings.error("require must stand before all other commands", at: node.offset)
        }
        chain = .none
      case "import" where !mayImport, "export" where !mayImport:
        findings.error(
          "\(node.name) must stand at the beginning, only require before it", at: node.offset)
        chain = .none
      case "if": chain = branch(node, isDecided: false)
      case "elsif", "else":
        switch chain {
        case .none:
          findings.error("\(node.name) must follow the block of if or elsif", at: node.offset)
          _ = branch(node, isDecided: false)
        case .open(let isDecided):
          let next = branch(node, isDecided: isDecided)
          chain = node.name == "else" ? .none : next
        }
      default:
        command(node)
        chain = .none
      }
    }
  }

  /// One of if, elsif, else: the test, then the block unless it is never run.
  private mutating func branch(_ node: SieveSyntaxNode, isDecided: Bool) -> Chain {
    guard let verb = find(node, as: .command) else { return .open(isDecided: false) }
    if isDecided {
      // Never run: only its shape is judged.
      arguments(node, by: verb)
      shape(node, by: verb)
      return .open(isDecided: true)
    }
    let outcome = judge(node, by: verb)
    if outcome != false, let commands = node.block { block(commands) }
    return .open(isDecided: outcome == true)
  }

  private mutating func command(_ node: SieveSyntaxNode) {
    let verb = find(node, as: .command)
    if let verb {
      _ = judge(node, by: verb)
      loopRules(node)
    } else {
      strayTests(node)
    }
    guard let commands = node.block else { return }
    if node.name == "foreverypart" {
      loops.append(loopName(of: node))
      block(commands)
      loops.removeLast()
    } else {
      block(commands)
    }
  }

  /// RFC 5703 sections 3 and 7.
  private mutating func loopRules(_ node: SieveSyntaxNode) {
    // What Pigeonhole 0.5.19 takes.
    let maxLoopNestingCount = 4
    switch node.name {
    case "foreverypart" where loops.count >= maxLoopNestingCount:
      findings.error(
        "foreverypart is nested deeper than \(maxLoopNestingCount)", at: node.offset)
    case "extracttext" where loops.isEmpty, "break" where loops.isEmpty:
      findings.error("\(node.name) must stand inside foreverypart", at: node.offset)
    case "break":
      if let name = loopName(of: node), !loops.contains(name) {
        findings.error(
          "break stands in no foreverypart of the name \"\(SieveSyntax.shown(name))\"",
          at: node.offset)
      }
    default: break
    }
  }

  private func loopName(of node: SieveSyntaxNode) -> [UInt8]? {
    guard let index = node.arguments.firstIndex(where: { $0.value == .tag("name") }),
      index + 1 < node.arguments.count
    else { return nil }
    return node.arguments[index + 1].strings.first?.octets
  }

  // Capabilities.

  /// A require command: each string names a capability (RFC 5228 3.2).
  private mutating func require(_ node: SieveSyntaxNode) {
    guard let verb = find(node, as: .command) else { return }
    _ = judge(node, by: verb)
    for string in node.arguments.flatMap(\.strings) {
      let name = String(decoding: string.octets, as: UTF8.self)
      if !SieveExtension.isKnown(name) {
        hasUnknownCapability = true
        findings.warning(
          "the capability \"\(SieveSyntax.shown(string.octets))\" is not known here",
          at: string.offset)
      }
      activate(name, at: string.offset)
    }
  }

  /// From here on a capability may be used.
  mutating func activate(_ capability: String, at offset: Int) {
    if active[capability] == nil { active[capability] = offset }
  }

  func has(_ capability: String) -> Bool { active[capability] != nil }

  /// What does not go together, or is of no use alone.
  private mutating func judgeCapabilities() {
    for (old, new) in SieveExtension.rivals {
      guard let first = active[old], let second = active[new] else { continue }
      findings.error("\"\(old)\" and \"\(new)\" exclude each other", at: max(first, second))
    }
    for (name, companion) in SieveExtension.companions {
      guard let offset = active[name], !has(companion) else { continue }
      findings.error("\"\(name)\" needs require \"\(companion)\" as well", at: offset)
    }
  }

  /// Reports that a capability is missing, once for each user and capability.
  mutating func missing(_ capabilities: [String], for user: String, at offset: Int) {
    let names = capabilities.map { "\"\($0)\"" }.joined(separator: " or ")
    if reported.insert("\(user) \(names)").inserted {
      findings.error("\(user) needs require \(names)", at: offset)
    }
  }

  /// Reports a word that nobody knows: an error, unless a capability nobody knows may have it.
  mutating func unknown(_ text: String, at offset: Int) {
    guard reported.insert(text).inserted else { return }
    if hasUnknownCapability {
      findings.warning(text, at: offset)
    } else {
      findings.error(text, at: offset)
    }
  }
}
