// Why a server said NO or BYE, as far as it lets on. Codes are optional (RFC 5804 1.3), and both
// Dovecot and Cyrus often leave them out: then the command decides, and for some a look at the list
// of scripts.

/// What a refusal is about.
package enum SieveRefusalCause: Equatable, Sendable {
  /// The script does not compile; where, when the server says so.
  case invalidScript([SieveScriptProblem])
  /// Too large, too many, or too much.
  case quota
  /// No such script.
  case nonexistent
  /// The new name is taken.
  case alreadyExists
  /// The script is the active one.
  case active
  /// Later it may work.
  case tryLater
  /// Not this user, not with these credentials, or not on this line.
  case authentication
  /// STARTTLS was refused.
  case noTLS
  /// Whether the script is there decides between `nonexistent` and `refused`.
  case undecided
  /// No, and nothing more is known.
  case refused

  /// The cause of a response that is not OK.
  package init(_ response: SieveResponse, to verb: SieveVerb?) {
    if response.matches("QUOTA") {
      self = .quota
    } else if response.matches("NONEXISTENT") {
      self = .nonexistent
    } else if response.matches("ALREADYEXISTS") {
      self = .alreadyExists
    } else if response.matches("ACTIVE") {
      self = .active
    } else if response.matches("TRYLATER") {
      self = .tryLater
    } else if response.matches("AUTH-TOO-WEAK", "ENCRYPT-NEEDED", "TRANSITION-NEEDED") {
      self = .authentication
    } else if response.status == .bye {
      self = .tryLater
    } else {
      self = Self.codeless(response, verb)
    }
  }

  private static func codeless(_ response: SieveResponse, _ verb: SieveVerb?) -> Self {
    switch verb {
    case .authenticate: return .authentication
    case .startTLS: return .noTLS
    case .putScript, .checkScript:
      let problems = SieveScriptProblem.all(in: response.text ?? [])
      return problems.contains { $0.line != nil } ? .invalidScript(problems) : .refused
    case .getScript, .setActive, .renameScript, .deleteScript: return .undecided
    case .logout, .capability, .haveSpace, .listScripts, .noOperation, .unauthenticate,
      .raw, nil:
      return .refused
    }
  }
}
