// Why something failed: an exit status, one line for a person, and what the server said of it. The
// one table from causes to statuses (sievectl(1), EXIT STATUS).

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// A failure of a command, or of one item of it.
struct SieveFailure: Error {
  let status: ExitStatus
  /// What went wrong, without whom it was about.
  let text: String
  /// What it was about, when that is another than the item at hand: a host.
  var subject: String?
  /// The response code of the server.
  var code: String?
  /// What the refusal was about, when it was one.
  var cause: SieveRefusalCause?
  /// Whether the connection is of no use any more, so that no other item can be tried.
  var isFatal = false

  init(_ status: ExitStatus, _ text: String) {
    self.status = status
    self.text = text
  }

  init(_ failure: ToolFailure) {
    self.init(failure.status, failure.message)
    subject = ""
    isFatal = true
  }

  /// What is wrong with the script, line by line.
  var problems: [SieveScriptProblem] {
    if case .invalidScript(let problems)? = cause { problems } else { [] }
  }

  /// The first line that is wrong.
  var line: Int? { problems.lazy.compactMap(\.line).first }

  /// The line for stderr.
  /// - Parameter item: what was being done, or to which script; nil for none.
  func message(about item: String?) -> String {
    guard let about = subject ?? item, !about.isEmpty else { return text }
    return "\(about): \(text)"
  }

  var toolFailure: ToolFailure { ToolFailure(status, message(about: nil)) }
}

extension SieveFailure {
  /// A failure of the client.
  init(_ error: ManageSieveError, host: String) {
    self.init(Self.status(of: error), "\(error)")
    switch error {
    case .refused(let refusal):
      cause = refusal.cause
      code = refusal.response.code?.name
    case .scriptTooLong, .noFileName, .contentChanged, .file: break
    case .renameUnfinished(_, _, let reason):
      isFatal = Self(reason, host: host).isFatal
    case .bye(let response), .authentication(let response?):
      (subject, isFatal, code) = (host, true, response.code?.name)
    case .capabilityMissing(.command): subject = host
    case .connection, .closed, .referral, .capabilityMissing, .protocolViolation,
      .mechanismViolation, .peerNotTrusted, .authentication(nil), .credentials:
      (subject, isFatal) = (host, true)
    }
  }

  private static func status(of error: ManageSieveError) -> ExitStatus {
    switch error {
    case .connection(let error): ToolFailure(host: "", error).status
    case .closed: .temporary
    case .bye(let response): status(of: SieveRefusalCause(response, to: nil))
    case .referral: .refused
    case .refused(let refusal): status(of: refusal.cause)
    case .capabilityMissing(.startTLS): .untrusted
    case .capabilityMissing(.command): .refused
    case .capabilityMissing(.mechanism(let exclusions)):
      exclusions.contains { $0.reason == .carriesNoAuthzid } ? .usage : .authentication
    case .protocolViolation, .mechanismViolation: .protocolError
    case .peerNotTrusted: .untrusted
    case .authentication: .authentication
    case .credentials(let error): status(of: error)
    case .scriptTooLong, .noFileName: .dataError
    case .renameUnfinished(_, _, let error): status(of: error)
    case .contentChanged: .refused
    case .file(let error): error.code == ENOENT ? .noInput : .ioError
    }
  }

  private static func status(of cause: SieveRefusalCause) -> ExitStatus {
    switch cause {
    case .invalidScript: .dataError
    case .quota, .active, .undecided, .refused: .refused
    case .nonexistent: .noInput
    case .alreadyExists: .cannotCreate
    case .tryLater: .temporary
    case .authentication: .authentication
    case .noTLS: .untrusted
    }
  }

  private static func status(of error: SASLError) -> ExitStatus {
    switch error {
    case .unusableName, .unusablePassword: .dataError
    case .authzidUnsupported: .usage
    case .unusableCredentials, .credentialsMissing: .configuration
    case .bindingMissing, .digestUnavailable: .authentication
    case .malformedChallenge, .nonceMismatch, .iterationsOutOfRange, .mandatoryExtension,
      .unexpectedChallenge, .unfinished:
      .protocolError
    case .serverSignatureMissing, .serverSignatureWrong: .untrusted
    case .refused: .authentication
    }
  }
}
