// Reads Sieve's generic grammar (RFC 5228 8.2). What it cannot read it reports, and goes on behind
// the next semicolon or block, so that one slip does not hide the next.

/// Turns a script into commands.
struct SieveSyntaxParser {
  private var lexer: SieveLexer
  private var current: SieveLexeme
  /// Nested too deep, or too many errors: no more is read.
  private var isDone = false

  var findings: SieveSyntaxFindings { lexer.findings }

  init(_ script: [UInt8], findings: SieveSyntaxFindings) {
    lexer = SieveLexer(script, findings: findings)
    current = lexer.next()
  }

  /// The commands of the whole script.
  mutating func script() -> [SieveSyntaxNode] {
    var commands: [SieveSyntaxNode] = []
    while !isDone {
      commands += block(depth: 0)
      guard !isDone, current.kind != .end else { break }
      fail("\"}\" closes a block that was never opened")
      advance()
    }
    return commands
  }

  private mutating func advance() { current = lexer.next() }

  private mutating func fail(_ text: String, at offset: Int? = nil) {
    // Behind a string or comment that never ends, what is missing is not news.
    if lexer.isLost { return }
    lexer.findings.error(text, at: offset ?? current.offset)
  }

  private mutating func giveUp(_ text: String) {
    fail(text)
    isDone = true
  }

  /// Commands up to a closing brace, which is left, or the end.
  private mutating func block(depth: Int) -> [SieveSyntaxNode] {
    var commands: [SieveSyntaxNode] = []
    while !isDone, !findings.hasTooManyErrors {
      switch current.kind {
      case .end, .rightBrace: return commands
      case .identifier:
        if let command = command(depth: depth) { commands.append(command) } else { recover() }
      case .tag, .number, .string, .leftBracket, .rightBracket, .leftBrace, .leftParenthesis,
        .rightParenthesis, .comma, .semicolon:
        fail("a command must stand here, not \(current.text)")
        recover()
      }
    }
    isDone = true
    return commands
  }

  /// Passes over the rest of a command: to behind its semicolon or block, or before what closes the
  /// block it stands in.
  private mutating func recover() {
    var openCount = 0
    while !isDone {
      switch current.kind {
      case .end: return
      case .leftBrace: openCount += 1
      case .rightBrace:
        if openCount == 0 { return }
        openCount -= 1
        if openCount == 0 {
          advance()
          return
        }
      case .semicolon:
        if openCount == 0 {
          advance()
          return
        }
      case .identifier, .tag, .number, .string, .leftBracket, .rightBracket, .leftParenthesis,
        .rightParenthesis, .comma:
        break
      }
      advance()
    }
  }

  private mutating func command(depth: Int) -> SieveSyntaxNode? {
    guard var node = node(depth: 1) else { return nil }
    switch current.kind {
    case .semicolon: advance()
    case .leftBrace:
      guard depth < findings.limits.maxNestingCount else {
        giveUp("blocks are nested deeper than \(findings.limits.maxNestingCount)")
        return nil
      }
      let open = current.offset
      advance()
      node.block = block(depth: depth + 1)
      guard !isDone else { return node }
      if current.kind == .rightBrace {
        advance()
      } else {
        fail("this block is never closed by \"}\"", at: open)
      }
    case .end, .identifier, .tag, .number, .string, .leftBracket, .rightBracket, .rightBrace,
      .leftParenthesis, .rightParenthesis, .comma:
      fail("\";\" or a block must follow \(node.name), not \(current.text)")
      return nil
    }
    return node
  }

  /// A name, its arguments and its tests. `depth` counts the names this one stands under, itself
  /// among them.
  private mutating func node(depth: Int) -> SieveSyntaxNode? {
    guard case .identifier(let name) = current.kind else {
      fail("a test must stand here, not \(current.text)")
      return nil
    }
    // The command's own name is not a test.
    guard depth <= findings.limits.maxNestingCount + 1 else {
      giveUp("tests are nested deeper than \(findings.limits.maxNestingCount)")
      return nil
    }
    var node = SieveSyntaxNode(name: name, offset: current.offset)
    advance()
    guard arguments(of: &node), tests(of: &node, depth: depth) else { return nil }
    return node
  }

  private mutating func arguments(of node: inout SieveSyntaxNode) -> Bool {
    while true {
      let offset = current.offset
      let value: SieveSyntaxArgument.Value
      switch current.kind {
      case .tag(let name): value = .tag(name)
      case .number(let number): value = .number(number)
      case .string(let octets): value = .string(SieveSyntaxString(octets: octets, offset: offset))
      case .leftBracket:
        guard let strings = list() else { return false }
        value = .list(strings)
      case .end, .identifier, .rightBracket, .leftBrace, .rightBrace, .leftParenthesis,
        .rightParenthesis, .comma, .semicolon:
        return true
      }
      advance()
      guard node.arguments.count < findings.limits.maxArgumentCount else {
        fail("\(node.name) has more than \(findings.limits.maxArgumentCount) arguments", at: offset)
        return false
      }
      node.arguments.append(SieveSyntaxArgument(value: value, offset: offset))
    }
  }

  /// The strings between brackets, of which there must be one; the closing bracket is left.
  private mutating func list() -> [SieveSyntaxString]? {
    var strings: [SieveSyntaxString] = []
    while true {
      advance()
      guard case .string(let octets) = current.kind else {
        fail("a string must stand here in the list, not \(current.text)")
        return nil
      }
      strings.append(SieveSyntaxString(octets: octets, offset: current.offset))
      advance()
      if current.kind == .rightBracket { return strings }
      guard current.kind == .comma else {
        fail("\",\" or \"]\" must stand here in the list, not \(current.text)")
        return nil
      }
    }
  }

  private mutating func tests(of node: inout SieveSyntaxNode, depth: Int) -> Bool {
    if case .identifier = current.kind {
      guard let test = self.node(depth: depth + 1) else { return false }
      node.tests = .one(test)
      return true
    }
    guard current.kind == .leftParenthesis else { return true }
    var tests: [SieveSyntaxNode] = []
    repeat {
      advance()
      guard let test = self.node(depth: depth + 1) else { return false }
      tests.append(test)
    } while current.kind == .comma
    guard current.kind == .rightParenthesis else {
      fail("\",\" or \")\" must stand here in the list of tests, not \(current.text)")
      return false
    }
    advance()
    node.tests = .list(tests)
    return true
  }
}
