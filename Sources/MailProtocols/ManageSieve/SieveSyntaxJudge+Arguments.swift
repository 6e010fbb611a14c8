// Tags first, then positional arguments (RFC 5228 2.6): which there may be, in what number, of what
// kind.

extension SieveSyntaxJudge {
  /// Judges the arguments of a command or test.
  mutating func arguments(_ node: SieveSyntaxNode, by verb: SieveSyntaxVerb) {
    guard let positionalStart = tags(node, by: verb) else { return }
    positionals(node, Array(node.arguments[positionalStart...]), by: verb)
  }

  /// The index behind the last tag and what belongs to it, or nil when that cannot be known.
  private mutating func tags(_ node: SieveSyntaxNode, by verb: SieveSyntaxVerb) -> Int? {
    var used: [SieveSyntaxTag] = []
    var comparator: SieveSyntaxString?
    var index = 0
    while index < node.arguments.count, case .tag(let name) = node.arguments[index].value {
      let offset = node.arguments[index].offset
      guard let tag = verb.tags.first(where: { $0.name == name }) else {
        unknown("\(node.name) has no tag :\(name)", at: offset)
        return nil
      }
      if let needs = tag.needs, !has(needs) {
        missing([needs], for: "\(node.name) :\(name)", at: offset)
        return nil
      }
      clash(tag, with: used, of: node, at: offset)
      used.append(tag)
      index += 1
      guard let value = tag.value else { continue }
      guard index < node.arguments.count, fits(node.arguments[index], value.shape) else {
        let found = index < node.arguments.count ? node.arguments[index].text : "nothing"
        findings.error(":\(name) needs \(value.shape.text) behind it, not \(found)", at: offset)
        return nil
      }
      judge(node.arguments[index], as: value, of: node)
      if name == "comparator" { comparator = node.arguments[index].strings.first }
      index += 1
    }
    if let comparator { agree(comparator, with: used) }
    together(used, of: node, by: verb)
    return index
  }

  /// A tag that was there before, or one that excludes it.
  private mutating func clash(
    _ tag: SieveSyntaxTag, with used: [SieveSyntaxTag], of node: SieveSyntaxNode, at offset: Int
  ) {
    if used.contains(where: { $0.name == tag.name }) {
      findings.error("\(node.name) has :\(tag.name) twice", at: offset)
    } else if let group = tag.group, let other = used.first(where: { $0.group == group }) {
      findings.error(
        "\(node.name) has both :\(other.name) and :\(tag.name), and takes one \(group)", at: offset)
    }
  }

  /// Tags that need another, and groups of which one is needed.
  private mutating func together(
    _ used: [SieveSyntaxTag], of node: SieveSyntaxNode, by verb: SieveSyntaxVerb
  ) {
    for tag in used {
      guard let other = tag.with, !used.contains(where: { $0.name == other }) else { continue }
      findings.error("\(node.name) :\(tag.name) needs :\(other) as well", at: node.offset)
    }
    if let group = verb.neededGroup, !used.contains(where: { $0.group == group }) {
      let names = verb.tags.filter { $0.group == group }.map { ":\($0.name)" }
      findings.error("\(node.name) needs \(names.joined(separator: " or "))", at: node.offset)
    }
  }

  private mutating func positionals(
    _ node: SieveSyntaxNode, _ arguments: [SieveSyntaxArgument], by verb: SieveSyntaxVerb
  ) {
    for argument in arguments {
      guard case .tag(let name) = argument.value else { continue }
      findings.error(
        ":\(name) must stand before the other arguments of \(node.name)", at: argument.offset)
      return
    }
    let wanted = verb.arguments.count
    var values = verb.arguments
    if let leading = verb.leading, arguments.count == wanted + 1 {
      values.insert(leading, at: 0)
      // RFC 5232 3: with variables alone the first argument can name one.
      if node.name != "specialuse_exists", !has("variables") {
        missing(
          ["variables"], for: "a variable's name in \(node.name)", at: arguments[0].offset)
        return
      }
    }
    guard arguments.count <= values.count, arguments.count >= wanted - verb.optionalCount else {
      count(node, arguments, by: verb)
      return
    }
    // Variables are what the scripts share (RFC 6609 3.3).
    if ["global", "import", "export"].contains(node.name), !has("variables") {
      missing(["variables"], for: node.name, at: node.offset)
    }
    for (number, (argument, value)) in zip(arguments, values).enumerated() {
      guard fits(argument, value.shape) else {
        let place = values.count > 1 ? "argument \(number + 1) of " : "the argument of "
        findings.error(
          "\(place)\(node.name) must be \(value.shape.text), not \(argument.text)",
          at: argument.offset)
        continue
      }
      judge(argument, as: value, of: node)
    }
  }

  private mutating func count(
    _ node: SieveSyntaxNode, _ arguments: [SieveSyntaxArgument], by verb: SieveSyntaxVerb
  ) {
    let most = verb.arguments.count + (verb.leading == nil ? 0 : 1)
    let least = verb.arguments.count - verb.optionalCount
    let wanted =
      if most == 0 {
        "no argument"
      } else if most == least {
        most == 1 ? "1 argument" : "\(most) arguments"
      } else {
        "\(least) or \(most) arguments"
      }
    let found =
      arguments.isEmpty ? "none is" : arguments.count == 1 ? "1 is" : "\(arguments.count) are"
    // The first that is too much, or the name when there are too few.
    let offset = arguments.count > most ? arguments[most].offset : node.offset
    findings.error("\(node.name) takes \(wanted), and \(found) given", at: offset)
  }

  private func fits(_ argument: SieveSyntaxArgument, _ shape: SieveSyntaxShape) -> Bool {
    switch (argument.value, shape) {
    case (.number, .number), (.string, .string), (.string, .strings), (.list, .strings): true
    case (.tag, _), (.number, _), (.string, _), (.list, _): false
    }
  }
}
