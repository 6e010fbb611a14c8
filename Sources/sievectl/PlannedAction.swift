// What --dry-run says in place of doing it, and what push says of what it does.

internal import MailProtocols
internal import ToolSupport

/// A change to one script.
enum PlannedAction: String {
  case create, update, delete, activate, deactivate, rename, copy
}

extension SieveSession {
  /// Prints a change: `create NAME`, or `action` and `name`.
  func plan(
    _ action: PlannedAction, _ name: SieveScriptName, to newName: SieveScriptName? = nil
  ) {
    if output.form == .json {
      output.object { json in
        json.add("action", action.rawValue)
        json.add(name)
        json.add("to", newName?.text)
      }
    } else if let newName {
      output.line(
        octets: Array("\(action.rawValue) ".utf8) + SieveOutput.octets(of: name) + [.space]
          + SieveOutput.octets(of: newName))
    } else {
      output.name(name, behind: "\(action.rawValue) ")
    }
  }
}
