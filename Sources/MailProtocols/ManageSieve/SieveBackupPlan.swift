// Backups of a script beside it on the server, named as Emacs names them: `name~` when one is kept,
// else `name.~1~` and up, the highest being the newest.

/// What to do for a backup: a name for the copy, and the copies that are then too many.
package struct SieveBackupPlan: Equatable, Sendable {
  /// The name of the copy.
  package let name: SieveScriptName
  /// Older copies to delete, once the new one is there.
  package let surplus: [SieveScriptName]

  /// A plan for keeping `keep` copies of `script`; nil for none.
  package init?(of script: SieveScriptName, keep: Int, existing: [SieveScriptName]) {
    guard keep > 0 else { return nil }
    guard keep > 1 else {
      name = SieveScriptName(wire: script.wire + Array("~".utf8))
      surplus = []
      return
    }
    let head = script.wire + Array(".~".utf8)
    let numbers = existing.compactMap { Self.number(of: $0, behind: head) }.sorted()
    guard (numbers.last ?? 0) < Int.max else { return nil }
    name = Self.name(head, (numbers.last ?? 0) + 1)
    surplus = numbers.dropLast(keep - 1).map { Self.name(head, $0) }
  }

  /// Whether a name is that of a backup.
  package static func isBackup(_ name: SieveScriptName) -> Bool { name.wire.last == .ascii("~") }

  private static func name(_ head: [UInt8], _ number: Int) -> SieveScriptName {
    SieveScriptName(wire: head + Array("\(number)~".utf8))
  }

  private static func number(of name: SieveScriptName, behind head: [UInt8]) -> Int? {
    guard name.wire.starts(with: head), name.wire.last == .ascii("~") else { return nil }
    let digits = name.wire.dropFirst(head.count).dropLast()
    guard let first = digits.first, first != .ascii("0"), digits.allSatisfy(\.isDigit) else {
      return nil
    }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
