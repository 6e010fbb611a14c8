// The scripts that a server lists, to be found by the names that people and files have for them.

internal import MailProtocols

/// A list of scripts by name.
struct ScriptIndex {
  /// As listed.
  let entries: [SieveScriptEntry]
  private var positions: [[UInt8]: Int] = [:]

  init(_ entries: [SieveScriptEntry]) {
    self.entries = entries
    // A script of just that name comes before one whose encoded words stand for it.
    for (position, entry) in entries.enumerated() {
      positions[SieveOutput.octets(of: entry.name)] = position
    }
    for (position, entry) in entries.enumerated() { positions[entry.name.wire] = position }
  }

  /// The script that is meant; nil when there is none.
  subscript(_ name: SieveScriptName) -> SieveScriptEntry? {
    (positions[name.wire] ?? positions[SieveOutput.octets(of: name)]).map { entries[$0] }
  }

  /// The one that runs.
  var active: SieveScriptEntry? { entries.first(where: \.isActive) }
}
