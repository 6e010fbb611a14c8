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
  /// What is wrong with a script, and where.
  var complaints: [ScriptComplaint] = []
  /// Where the server wants us to go instead.
  var referral: SieveReferral?
  /// Whether the connection is of no use any more, so that no other item can be tried.
  var isFatal = false

  /// - Parameter subject: what it is about; nil for the item at hand.
  init(_ status: ExitStatus, _ text: String, subject: String? = nil) {
    self.status = status
    self.text = text
    self.subject = subject
  }

  init(_ failure: ToolFailure) {
    self.init(failure.status, failure.message)
    subject = ""
    isFatal = true
  }

  /// The first line that is wrong.
  var line: Int? { complaints.lazy.compactMap(\.line).first }

  /// The line for stderr.
  /// - Parameter item: what was being done, or to which script; nil for none.
  func message(about item: String?) -> String {
    guard let about = subject ?? item, !about.isEmpty else { return text }
    return "\(about): \(text)"
  }

  /// What it is, for JSON, where the item stands beside it.
  var summary: String {
    complaints.first { $0.line != nil }?.text ?? message(about: nil)
  }

  func toolFailure(about item: String?) -> ToolFailure {
    ToolFailure(status, message(about: item))
  }
}

extension SieveFailure {
  /// A failure of the client.
  init(_ error: ManageSieveError, host: String) {
    self.init(Self.status(of: error), "\(error)\(Self.details(of: error))")
    switch error {
    case .refused(let refusal):
      cause = refusal.cause
      code = refusal.response.code?.name
      if case .invalidScript(let problems) = refusal.cause {
        complaints = problems.map(ScriptComplaint.init)
      }
    case .scriptTooLong, .noFileName, .contentChanged, .file: break
    case .renameUnfinished(_, _, let reason):
      isFatal = Self(reason, host: host).isFatal
    case .bye(let response), .authentication(let response?):
      (subject, isFatal, code) = (host, true, response.code?.name)
    case .capabilityMissing(.command): subject = host
    case .referral(let referral):
      (subject, isFatal, self.referral) = (host, true, referral)
    case .connection, .closed, .capabilityMissing, .protocolViolation,
      .mechanismViolation, .peerNotTrusted, .authentication(nil), .credentials:
      (subject, isFatal) = (host, true)
    }
  }

  /// Why each mechanism that the server lists is not used.
  private static func details(of error: ManageSieveError) -> String {
    guard case .capabilityMissing(.mechanism(let exclusions)) = error else { return "" }
    if exclusions.isEmpty { return ": it lists none" }
    return ": " + exclusions.map { "\($0.name) \($0.reason.clause)" }.joined(separator: ", ")
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

extension SASLExclusion.Reason {
  /// A clause about the mechanism.
  fileprivate var clause: String {
    switch self {
    case .unknown: "is not known here"
    case .notAsked: "is not asked for"
    case .obsolete: "is obsolete (--mechanism)"
    case .exposesSecret: "exposes the secret without TLS (--cleartext-auth)"
    case .otherCredentials: "needs other credentials"
    case .carriesNoAuthzid: "cannot act for another user"
    case .cannotBind: "needs channel binding"
    case .bindingPreferred: "has no channel binding"
    }
  }
}
