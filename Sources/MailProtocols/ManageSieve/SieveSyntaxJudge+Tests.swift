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
    shape(node, by: verb)
    switch (verb.tests, node.tests) {
    case (.one, .one(let test)):
      let outcome = self.test(test)
      return node.name == "not" ? outcome.map { !$0 } : outcome
    case (.list, .list(let tests)):
      return outcome(of: tests, decidedBy: node.name == "anyof")
    case (.none, .none):
      return outcome(node)
    case (.none, _), (.one, _), (.list, _):
      return nil
    }
  }

  /// Judges whether a node has the tests and the block that its rule asks for.
  mutating func shape(_ node: SieveSyntaxNode, by verb: SieveSyntaxVerb) {
    switch (verb.tests, node.tests) {
    case (.none, .none), (.one, .one), (.list, .list): break
    case (.none, .one(let test)):
      findings.error(
        "\(node.name) takes no test: \(hint(for: test, behind: node))", at: test.offset)
    case (.none, .list(let tests)):
      findings.error("\(node.name) takes no tests", at: tests[0].offset)
    case (.one, .none):
      findings.error("\(node.name) needs a test", at: node.offset)
    case (.one, .list(let tests)):
      findings.error(
        "\(node.name) takes one test, not a list: allof and anyof take one", at: tests[0].offset)
    case (.list, .none):
      findings.error("\(node.name) needs a list of tests in parentheses", at: node.offset)
    case (.list, .one(let test)):
      findings.error(
        "\(node.name) takes a list of tests in parentheses, not one test", at: test.offset)
    }
    if verb.takesBlock, node.block == nil {
      findings.error("\(node.name) needs a block in braces", at: node.offset)
    } else if !verb.takesBlock, node.block != nil {
      findings.error("\(node.name) takes no block", at: node.offset)
    }
  }

  private func hint(for test: SieveSyntaxNode, behind node: SieveSyntaxNode) -> String {
    if node.name == "else", test.name == "if" { return "write elsif" }
    let isCommand = (SieveSyntaxVerb.byName[test.name] ?? []).contains { $0.role == .command }
    return isCommand
      ? "is \";\" missing before \(test.name)?" : "\(test.name) belongs to nothing"
  }

  /// Tests of which nothing is known but that they are tests.
  mutating func strayTests(_ node: SieveSyntaxNode) {
    for test in node.tests.all { _ = self.test(test) }
  }

  private mutating func test(_ node: SieveSyntaxNode) -> Bool? {
    guard let verb = find(node, as: .test) else {
      strayTests(node)
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
