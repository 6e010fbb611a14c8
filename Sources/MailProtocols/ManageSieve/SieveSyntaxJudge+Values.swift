// What the strings and numbers in arguments must be, as far as that can be known before the script
// runs: with variables, a string with a reference in it can become anything.

extension SieveSyntaxJudge {
  /// Judges one argument that is of the right kind.
  mutating func judge(
    _ argument: SieveSyntaxArgument, as value: SieveSyntaxValue, of node: SieveSyntaxNode
  ) {
    if case .number(let number) = argument.value, case .ordinal = value, number == 0 {
      findings.error("positions count from 1", at: argument.offset)
    }
    for string in argument.strings {
      var octets = string.octets
      if has("encoded-character") {
        switch SieveSyntaxText.decoded(octets) {
        case .some(let decoded): octets = decoded
        case nil:
          findings.error("${unicode:...} names no Unicode character", at: string.offset)
          continue
        }
      }
      if !value.mustBeConstant, has("variables"), SieveSyntaxText.hasReference(octets) { continue }
      judge(SieveSyntaxString(octets: octets, offset: string.offset), as: value, of: node)
    }
  }

  private mutating func judge(
    _ string: SieveSyntaxString, as value: SieveSyntaxValue, of node: SieveSyntaxNode
  ) {
    let shown = SieveSyntax.shown(string.octets)
    let word = String(decoding: string.octets.map(\.lowercased), as: UTF8.self)
    switch value {
    case .number, .ordinal, .text, .texts: break
    case .comparator: comparator(string)
    case .relation:
      // In lower case alone, for Pigeonhole's sake.
      if !SieveExtension.relations.contains(String(decoding: string.octets, as: UTF8.self)) {
        findings.error("\"\(shown)\" is none of gt, ge, lt, le, eq, ne", at: string.offset)
      }
    case .address:
      // With extlists, redirect :list takes the name of a list.
      let isList = node.arguments.contains { $0.value == .tag("list") }
      if !isList, !SieveSyntaxAddress.isOne(string.octets) {
        findings.error("\"\(shown)\" is not a mail address", at: string.offset)
      }
    case .recipients:
      let hasMethod = node.arguments.contains { $0.value == .tag("method") }
      let isMail = node.arguments.contains {
        $0.strings.contains { $0.octets == Array("mailto".utf8) }
      }
      if !hasMethod || isMail, !SieveSyntaxAddress.isOne(string.octets) {
        findings.error("\"\(shown)\" is not a mail address", at: string.offset)
      }
    case .addressHeaders:
      if !SieveExtension.addressHeaders.contains(word) {
        findings.error("\"\(shown)\" is not a header field with addresses", at: string.offset)
      }
    case .envelopeParts: envelopePart(word, string)
    case .headerName, .headerNames:
      if !isFieldName(string.octets) {
        findings.warning("\"\(shown)\" is not the name of a header field", at: string.offset)
      }
    case .fieldName, .fieldNames:
      if !isFieldName(string.octets) {
        findings.error("\"\(shown)\" is not the name of a header field", at: string.offset)
      }
    case .variableName, .variableNames: variableName(string, of: node)
    case .importance:
      if !["1", "2", "3"].contains(word) {
        findings.error(
          "the importance is \"1\", \"2\" or \"3\", not \"\(shown)\"", at: string.offset)
      }
    case .notifyMethod: notifyMethod(string)
    case .notifySender:
      // What it is depends on the method (RFC 5435 3.3); mailto wants an address.
      let method = node.arguments.last?.strings.first?.octets ?? []
      if isMailto(method), !SieveSyntaxAddress.isOne(string.octets) {
        findings.error("\"\(shown)\" is not a mail address", at: string.offset)
      }
    case .notifyOptions:
      if !(string.octets.dropFirst().contains(.ascii("="))) {
        findings.error("\"\(shown)\" is not an option of the form name=value", at: string.offset)
      }
    case .scriptName: scriptName(string)
    case .programName:
      if string.octets.isEmpty
        || string.octets.contains(where: { $0 == .ascii("/") || $0.isControl })
      {
        findings.error("\"\(shown)\" is not the name of a program", at: string.offset)
      }
    }
  }

  private mutating func comparator(_ string: SieveSyntaxString) {
    let name = String(decoding: string.octets, as: UTF8.self)
    if SieveExtension.builtInComparators.contains(name) { return }
    let capability = SieveExtension.comparatorPrefix + name
    if has(capability) { return }
    if SieveExtension.comparators.contains(name) {
      missing([capability], for: "the comparator \(name)", at: string.offset)
    } else {
      findings.error(
        "unknown comparator \"\(SieveSyntax.shown(string.octets))\"", at: string.offset)
    }
  }

  /// RFC 5228 2.7.3: i;ascii-numeric knows no substrings.
  mutating func agree(_ comparator: SieveSyntaxString, with tags: [SieveSyntaxTag]) {
    guard String(decoding: comparator.octets, as: UTF8.self) == "i;ascii-numeric",
      let match = tags.first(where: { ["contains", "matches", "regex"].contains($0.name) })
    else { return }
    findings.error(
      "the comparator i;ascii-numeric does not go with :\(match.name)", at: comparator.offset)
  }

  private mutating func envelopePart(_ word: String, _ string: SieveSyntaxString) {
    guard let capability = SieveExtension.envelopeParts[word] else {
      unknown(
        "unknown part of the envelope \"\(SieveSyntax.shown(string.octets))\"", at: string.offset)
      return
    }
    if let capability, !has(capability) {
      missing([capability], for: "envelope \"\(word)\"", at: string.offset)
    }
  }

  /// RFC 5322 2.2; Pigeonhole lets an empty name pass.
  private func isFieldName(_ octets: [UInt8]) -> Bool {
    octets.allSatisfy { $0 > .space && $0 < 0x7F && $0 != .ascii(":") }
  }

  /// RFC 5229 section 3 and 4; RFC 6609 3.3 has the namespace.
  private mutating func variableName(_ string: SieveSyntaxString, of node: SieveSyntaxNode) {
    let maxVariableNameOctetCount = 64
    let shown = SieveSyntax.shown(string.octets)
    var name = string.octets[...]
    if let dot = name.firstIndex(of: .ascii(".")), SieveSyntaxText.isIdentifier(name[..<dot]) {
      let space = String(decoding: name[..<dot].map(\.lowercased), as: UTF8.self)
      let isGlobalCommand = ["global", "import", "export"].contains(node.name)
      guard space == "global", has("include"), !isGlobalCommand else {
        unknown("\"\(shown)\" is in no namespace for variables that are set", at: string.offset)
        return
      }
      name = name[(dot + 1)...]
    }
    guard SieveSyntaxText.isIdentifier(name), name.count <= maxVariableNameOctetCount else {
      findings.error("\"\(shown)\" is not the name of a variable", at: string.offset)
      return
    }
  }

  /// A URI (RFC 5435 3.1); of mailto the recipients are looked at (RFC 5436).
  private mutating func notifyMethod(_ string: SieveSyntaxString) {
    let shown = SieveSyntax.shown(string.octets)
    guard let colon = string.octets.firstIndex(of: .ascii(":")), colon > 0,
      string.octets[0].isAlpha,
      string.octets[..<colon].allSatisfy({
        $0.isAlpha || $0.isDigit || [.ascii("+"), .ascii("-"), .ascii(".")].contains($0)
      })
    else {
      findings.error("\"\(shown)\" is not a URI, which a notification goes to", at: string.offset)
      return
    }
    guard isMailto(string.octets) else { return }
    let rest = string.octets[(colon + 1)...].prefix { $0 != .ascii("?") }
    for recipient in rest.split(separator: .ascii(",")) where !recipient.contains(.ascii("%")) {
      if !SieveSyntaxAddress.isOne(Array(recipient)) {
        findings.error(
          "\"\(SieveSyntax.shown(Array(recipient)))\" is not a mail address", at: string.offset)
      }
    }
  }

  private func isMailto(_ uri: [UInt8]) -> Bool {
    uri.prefix(7).map(\.lowercased) == Array("mailto:".utf8)
  }

  /// RFC 6609 3.1, with the names of RFC 5804 1.6.
  private mutating func scriptName(_ string: SieveSyntaxString) {
    let shown = SieveSyntax.shown(string.octets)
    if has("variables"), SieveSyntaxText.hasReference(string.octets) {
      findings.error("the name of an included script takes no variables", at: string.offset)
    } else if string.octets.isEmpty
      || string.octets.contains(where: { $0 == .ascii("/") || $0.isControl })
    {
      findings.error("\"\(shown)\" is not the name of a script", at: string.offset)
    }
  }
}
