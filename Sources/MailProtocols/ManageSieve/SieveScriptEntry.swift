// A line of LISTSCRIPTS (RFC 5804 2.7): a name, and whether it is the active script's.

/// A script that a server lists.
package struct SieveScriptEntry: Equatable, Sendable {
  /// Its name.
  package let name: SieveScriptName
  /// Whether it is the one that runs.
  package let isActive: Bool

  /// An entry.
  package init(name: SieveScriptName, isActive: Bool) {
    self.name = name
    self.isActive = isActive
  }

  /// Reads a line, by the RFC, or else as Cyrus 3.6 writes it: quotes and backslashes in the name
  /// are not escaped. nil when it is neither.
  package init?(_ line: SieveLine) {
    if line.fault == nil, let name = line.tokens.first?.string {
      if line.tokens.count == 1 {
        self.init(name: SieveScriptName(wire: name), isActive: false)
        return
      }
      if line.tokens.count == 2, let word = line.tokens[1].octets, Self.isActiveWord(word) {
        self.init(name: SieveScriptName(wire: name), isActive: true)
        return
      }
    }
    var text = line.text[...]
    let active = Array("\" ACTIVE".utf8)
    let isActive =
      text.count > active.count && text.suffix(active.count).map(\.uppercased) == active
    if isActive { text = text.dropLast(active.count - 1) }
    guard text.count >= 2, text.first == .ascii("\""), text.last == .ascii("\""),
      !text.contains(.nul), !text.contains(.carriageReturn)
    else { return nil }
    self.init(
      name: SieveScriptName(wire: Array(text.dropFirst().dropLast())), isActive: isActive)
  }

  private static func isActiveWord(_ word: [UInt8]) -> Bool {
    word.map(\.uppercased) == Array("ACTIVE".utf8)
  }
}
