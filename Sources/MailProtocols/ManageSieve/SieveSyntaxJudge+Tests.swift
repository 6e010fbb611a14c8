// Which rule a name goes by, and tests: what they are known to answer, so that code that can never
// run is left alone, as Pigeonhole leaves it.

extension SieveSyntaxJudge {
  /// The rule for a command or test, or nil when there is none or it may not be used: reported.
  mutating func find(_ node: SieveSyntaxNode, as role: SieveSyntaxVerb.Role) -> SieveSyntaxVerb? {
    let what = role == .command ? "command" : "test"
    let verbs = SieveSyntaxVerb.byName[node.name] ?? []
    guard !verbs.isEmpty else {
      unknown("unknown \(what) \"\(node.name)\"", at: node.offset)
      return nil
    }
    let candidates = verbs.filter { $0.role == role }
    guard !candidates.isEmpty else {
      let other = role == .command ? "a test, not a command" : "a command, not a test"
      findings.error("\(node.name) is \(other)", at: node.offset)
      return nil
    }
    let found = candidates.first { verb in
      verb.capabilities.isEmpty || verb.capabilities.contains { has($0) }
    }
    if found == nil {
      missing(candidates.flatMap(\.capabilities), for: node.name, at: node.offset)
    }
    return found
  }

  /// Arguments, tests and block of a node against its rule; what its test answers, if that is known.
  mutating func judge(_ node: SieveSyntaxNode, by verb: SieveSyntaxVerb) -> Bool? {
    arguments(node, by: verb)
    let outcome = tests(node, by: verb)
    if verb.takesBlock, node.block == nil {
      findings.error("\(node.name) needs a block in braces", at: node.offset)
    } else if !verb.takesBlock, node.block != nil {
      findings.error("\(node.name) takes no block", at: node.offset)
    }
    return outcome
  }

  /// The tests behind a node's arguments, judged; for control commands what they answer.
  mutating func tests(_ node: SieveSyntaxNode, by verb: SieveSyntaxVerb?) -> Bool? {
    switch (verb?.tests, node.tests) {
    case (.some(.none), .none): return verb?.role == .test ? outcome(node) : nil
    case (.some(.none), .one(let test)):
      let isCommand = (SieveSyntaxVerb.byName[test.name] ?? []).contains { $0.role == .command }
      let hint = if node.name == "else", test.name == "if" {
        "write elsif"
      } else {
        isCommand ? "is \";\" missing before \(test.name)?" : "what does \(test.name) belong to?"
      }
      findings.error("\(node.name) takes no test: \(hint)", at: test.offset)
    case (.some(.none), .list(let tests)):
      findings.error("\(node.name) takes no tests", at: tests[0].offset)
    case (.some(.one), .none):
      findings.error("\(node.name) needs a test", at: node.offset)
    case (.some(.one), .list(let tests)):
      findings.error(
        "\(node.name) takes one test, not a list: allof and anyof take one", at: tests[0].offset)
    case (.some(.list), .none):
      findings.error("\(node.name) needs a list of tests in parentheses", at: node.offset)
    case (.some(.list), .one(let test)):
      findings.error(
        "\(node.name) takes a list of tests in parentheses, not one test", at: test.offset)
    case (.some(.one), .one(let test)):
      let outcome = self.test(test)
      return node.name == "not" ? outcome.map { !$0 } : outcome
    case (.some(.list), .list(let tests)):
      return outcome(of: tests, decidedBy: node.name == "anyof")
    case (nil, let tests):
      // Nothing is known of the command: its tests are judged as tests all the same.
      for test in tests.all { _ = self.test(test) }
    }
    return nil
  }

  private mutating func test(_ node: SieveSyntaxNode) -> Bool? {
    guard let verb = find(node, as: .test) else {
      _ = tests(node, by: nil)
      return nil
    }
    return judge(node, by: verb)
  }

  /// What a list answers when one test that answers `decisive` settles it: those behind never run.
  private mutating func outcome(
    of tests: [SieveSyntaxNode], decidedBy decisive: Bool
  ) -> Bool? {
    var isOpen = false
    for test in tests {
      switch self.test(test) {
      case decisive: return decisive
      case nil: isOpen = true
      default: break
      }
    }
    return isOpen ? nil : !decisive
  }

  /// What a test without tests of its own answers, if that is known.
  private mutating func outcome(_ node: SieveSyntaxNode) -> Bool? {
    switch node.name {
    case "true": return true
    case "false": return false
    case "ihave": return ihave(node)
    default: return nil
    }
  }

  /// RFC 5463 section 4: what is asked for may be used from here on. What nobody knows is not there.
  private mutating func ihave(_ node: SieveSyntaxNode) -> Bool? {
    let strings = node.arguments.flatMap(\.strings)
    let names = strings.map { String(decoding: $0.octets, as: UTF8.self) }
    guard names.allSatisfy(SieveExtension.isKnown) else { return false }
    for (name, string) in zip(names, strings) { activate(name, at: string.offset) }
    return nil
  }
}
