// Why a ManageSieve client cannot do what it was asked: one case a cause, as exit statuses need it.

package import MailProtocols

/// What went wrong.
package indirect enum ManageSieveError: Error, Equatable, Sendable {
  /// The network, or TLS as such.
  case connection(ConnectionError)
  /// The server closed the connection without a word, or it was closed before.
  case closed
  /// The server said BYE.
  case bye(SieveResponse)
  /// The server said BYE, and where to go instead.
  case referral(SieveReferral)
  /// The server said NO to a command.
  case refused(SieveRefusal)
  /// The server lacks what is needed.
  case capabilityMissing(SieveRequirement)
  /// The server broke the protocol; nothing more was sent.
  case protocolViolation(SieveProtocolError)
  /// The server broke the protocol of a SASL mechanism.
  case mechanismViolation(SASLError)
  /// The server is not who it should be: its certificate, or its proof that it knows the password.
  case peerNotTrusted(SieveDistrust)
  /// The login was refused; the server's last words, when it had any.
  case authentication(SieveResponse?)
  /// The credentials cannot be used.
  case credentials(SASLError)
  /// A script over the limit on scripts, which was not sent.
  case scriptTooLong(byteCount: Int)
  /// A script that cannot be a file of its name.
  case noFileName(SieveScriptName)
  /// A rename by way of copy and delete ended in the middle: both names are there, the new one
  /// perhaps not as it should be.
  case renameUnfinished(SieveScriptName, SieveScriptName, ManageSieveError)
  /// What was written differs from what is then read.
  case contentChanged(SieveScriptName)
  /// A local file.
  case file(SystemError)
}

/// A NO.
package struct SieveRefusal: Equatable, Sendable {
  /// The command that was refused.
  package let verb: SieveVerb
  /// What the server said.
  package let response: SieveResponse
  /// What that means; from the client, never `undecided`.
  package let cause: SieveRefusalCause

  /// A refusal.
  package init(verb: SieveVerb, response: SieveResponse, cause: SieveRefusalCause) {
    self.verb = verb
    self.response = response
    self.cause = cause
  }
}

/// A BYE that names another server.
package struct SieveReferral: Equatable, Sendable {
  /// What the server said.
  package let response: SieveResponse
  /// The URL as it came, for `SieveReferralPolicy.follow`.
  package let wire: [UInt8]

  /// The URL; nil when it is none.
  package var url: SieveURL? { try? SieveURL(referral: wire) }
}

/// What a server lacks.
package enum SieveRequirement: Equatable, Sendable {
  case startTLS
  case command(SieveVerb)
  /// No mechanism that it lists may be used; why, one by one.
  case mechanism([SASLExclusion])
}

/// Why a server is not believed.
package enum SieveDistrust: Equatable, Sendable {
  /// Its certificate; a clause about it.
  case certificate(String)
  /// It did not prove that it knows the password.
  case signature(SASLError)
}

extension ManageSieveError: CustomStringConvertible {
  /// One line, safe for a terminal, without any secret.
  package var description: String {
    switch self {
    case .connection(let error): error.description
    case .closed: "the server closed the connection"
    case .bye(let response): Self.say("the server ends the connection", response)
    case .referral(let referral):
      "the server refers to \(EscapedText.text(referral.wire.span, for: .terminal))"
    case .refused(let refusal): Self.say("\(refusal.verb.rawValue) refused", refusal.response)
    case .capabilityMissing(.startTLS): "the server offers no STARTTLS"
    case .capabilityMissing(.command(let verb)): "the server has no \(verb.rawValue)"
    case .capabilityMissing(.mechanism): "the server lists no mechanism that may be used"
    case .protocolViolation(let error): error.description
    case .mechanismViolation(let error): "the server broke the mechanism's protocol: \(error)"
    case .peerNotTrusted(.certificate(let reason)): "the peer is not trusted: \(reason)"
    case .peerNotTrusted(.signature(let error)): "the peer is not trusted: \(error)"
    case .authentication(let response?): Self.say("authentication refused", response)
    case .authentication(nil): "authentication refused"
    case .credentials(let error): error.description
    case .scriptTooLong(let count): "a script of \(count) octets is over the limit"
    case .noFileName(let name): "\(name): no name for a file"
    case .renameUnfinished(let name, let newName, let error):
      "\(error); both \(name) and \(newName) are there"
    case .contentChanged(let name): "\(name): the server changed what was stored"
    case .file(let error): error.description
    }
  }

  private static func say(_ what: String, _ response: SieveResponse) -> String {
    let text = response.shownText.split(separator: "\n").joined(separator: "; ")
    let code = response.code.map { " (\(EscapedText.text($0.name, for: .terminal)))" } ?? ""
    return text.isEmpty ? what + code : "\(what)\(code): \(text)"
  }
}

extension SieveResponse {
  /// The response as an error; nil for OK.
  package func asError(to verb: SieveVerb) -> ManageSieveError? {
    switch status {
    case .ok: nil
    case .no:
      .refused(
        SieveRefusal(verb: verb, response: self, cause: SieveRefusalCause(self, to: verb)))
    case .bye:
      if let wire = referral {
        .referral(SieveReferral(response: self, wire: wire))
      } else {
        .bye(self)
      }
    }
  }
}
