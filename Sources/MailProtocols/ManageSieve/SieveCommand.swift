// What a client can ask for (RFC 5804 2), as values: names and texts in them cannot break out of
// their place, which is SieveCommandWriter's doing.

/// A command.
package enum SieveCommand: Equatable, Sendable {
  /// The initial response is in octets, not in base64; nil is none.
  case authenticate(SASLMechanismName, initialResponse: [UInt8]?)
  case startTLS
  case logout
  case capability
  /// Would a script of that many octets be taken?
  case haveSpace(SieveScriptName, byteCount: Int)
  case putScript(SieveScriptName, [UInt8])
  case listScripts
  /// nil deactivates.
  case setActive(SieveScriptName?)
  case getScript(SieveScriptName)
  case deleteScript(SieveScriptName)
  case renameScript(SieveScriptName, to: SieveScriptName)
  case checkScript([UInt8])
  /// The tag comes back in the response's code.
  case noOperation(tag: [UInt8]?)
  case unauthenticate
  case raw(SieveRawCommand)

  /// Its name.
  package var verb: SieveVerb {
    switch self {
    case .authenticate: .authenticate
    case .startTLS: .startTLS
    case .logout: .logout
    case .capability: .capability
    case .haveSpace: .haveSpace
    case .putScript: .putScript
    case .listScripts: .listScripts
    case .setActive: .setActive
    case .getScript: .getScript
    case .deleteScript: .deleteScript
    case .renameScript: .renameScript
    case .checkScript: .checkScript
    case .noOperation: .noOperation
    case .unauthenticate: .unauthenticate
    case .raw: .raw
    }
  }
}
