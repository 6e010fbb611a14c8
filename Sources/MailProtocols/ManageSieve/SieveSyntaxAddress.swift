// One mail address as Sieve scripts give it: RFC 5322 3.4 mailbox, with comments and folding white
// space, without groups and routes. As lenient as Pigeonhole 0.5.19: dots anywhere in the local
// part, octets over 127 in the name and the domain.

/// Whether a string is a single address.
struct SieveSyntaxAddress {
  private let octets: [UInt8]
  private var index = 0

  private init(_ octets: [UInt8]) { self.octets = octets }

  /// `local@domain` or `Name <local@domain>`, and nothing else.
  static func isOne(_ octets: [UInt8]) -> Bool {
    var plain = SieveSyntaxAddress(octets)
    if plain.blanks(), plain.pair(), plain.index == octets.count { return true }
    var named = SieveSyntaxAddress(octets)
    guard named.blanks(), named.name(), named.take("<"), named.blanks(), named.pair(),
      named.take(">"), named.blanks()
    else { return false }
    return named.index == octets.count
  }

  private var current: UInt8? { index < octets.count ? octets[index] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard current == .ascii(character) else { return false }
    index += 1
    return true
  }

  /// White space and comments; false when a comment is not closed.
  private mutating func blanks() -> Bool {
    while let octet = current {
      if octet.isBlank || octet == .carriageReturn || octet == .lineFeed {
        index += 1
      } else if octet == .ascii("(") {
        var depth = 0
        repeat {
          guard let inside = current else { return false }
          index += 1
          switch inside {
          case .ascii("("): depth += 1
          case .ascii(")"): depth -= 1
          case .ascii("\\"): index += 1
          default: break
          }
        } while depth > 0
      } else {
        return true
      }
    }
    return true
  }

  /// What stands before `<`: words, dots, nothing.
  private mutating func name() -> Bool {
    while let octet = current, octet != .ascii("<") {
      if octet == .ascii("\"") {
        guard quoted(upTo: 0xFF) else { return false }
      } else if isAtomText(octet) || octet == .ascii(".") || octet > 0x7F {
        index += 1
      } else {
        return false
      }
      guard blanks() else { return false }
    }
    return true
  }

  /// `local@domain`, with blanks behind each part.
  private mutating func pair() -> Bool {
    if current == .ascii("\"") {
      guard quoted(upTo: 0x7F) else { return false }
    } else {
      let start = index
      while let octet = current, isAtomText(octet) || octet == .ascii(".") { index += 1 }
      guard index > start else { return false }
    }
    return blanks() && take("@") && blanks() && domain()
  }

  private mutating func domain() -> Bool {
    if take("[") {
      while let octet = current, octet != .ascii("]"), octet != .ascii("[") {
        index += octet == .ascii("\\") ? 2 : 1
      }
      return take("]") && blanks()
    }
    repeat {
      guard blanks() else { return false }
      let start = index
      while let octet = current, isAtomText(octet) || octet > 0x7F { index += 1 }
      guard index > start, blanks() else { return false }
    } while take(".")
    return true
  }

  /// A quoted string of octets up to `most`.
  private mutating func quoted(upTo most: UInt8) -> Bool {
    index += 1
    while let octet = current, octet != .ascii("\"") {
      if octet > most { return false }
      index += octet == .ascii("\\") ? 2 : 1
    }
    return take("\"")
  }

  /// RFC 5322 3.2.3 atext.
  private func isAtomText(_ octet: UInt8) -> Bool {
    if octet.isAlpha || octet.isDigit { return true }
    switch octet {
    case .ascii("!"), .ascii("#"), .ascii("$"), .ascii("%"), .ascii("&"), .ascii("'"), .ascii("*"),
      .ascii("+"), .ascii("-"), .ascii("/"), .ascii("="), .ascii("?"), .ascii("^"), .ascii("_"),
      .ascii("`"), .ascii("{"), .ascii("|"), .ascii("}"), .ascii("~"):
      return true
    default: return false
    }
  }
}
