// The commands of ManageSieve by name (RFC 5804 2).

/// The name of a command.
package enum SieveVerb: String, CaseIterable, Sendable {
  case authenticate = "AUTHENTICATE"
  case startTLS = "STARTTLS"
  case logout = "LOGOUT"
  case capability = "CAPABILITY"
  case haveSpace = "HAVESPACE"
  case putScript = "PUTSCRIPT"
  case listScripts = "LISTSCRIPTS"
  case setActive = "SETACTIVE"
  case getScript = "GETSCRIPT"
  case deleteScript = "DELETESCRIPT"
  case renameScript = "RENAMESCRIPT"
  case checkScript = "CHECKSCRIPT"
  case noOperation = "NOOP"
  case unauthenticate = "UNAUTHENTICATE"
  /// A line that the user wrote.
  case raw = "raw"

  /// Whether another command may follow before the reply is there (RFC 5804 1.1 and errata 2655).
  package var isPipelined: Bool {
    switch self {
    case .authenticate, .startTLS, .haveSpace, .unauthenticate, .logout, .raw: false
    case .capability, .putScript, .listScripts, .setActive, .getScript, .deleteScript,
      .renameScript, .checkScript, .noOperation:
      true
    }
  }
}
