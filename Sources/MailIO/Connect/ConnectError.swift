// Why there is no connection. How the causes become exit statuses is the tools' to say.

internal import MailProtocols

/// What kept a client from its server.
package enum ConnectError: Error, Equatable, Sendable {
  /// The host has no address, or none that may be used.
  case unknownHost(String, reason: String)
  /// The domain says that it does not have the service (RFC 2782, target `.`), or no record names it
  /// where one has to.
  case noService(domain: String, reason: String)
  /// Nobody could say what the host's addresses or the service's records are: to be tried later.
  case lookupFailed(String, reason: String)
  /// No address answered: all that were tried, in that order.
  case unreachable(host: String, port: UInt16?, [ConnectAttempt])
  /// A system call failed that the peer has no part in.
  case local(SystemError)
  /// The interrupt was raised.
  case interrupted(host: String)
}

/// One address that did not answer.
package struct ConnectAttempt: Equatable, Sendable {
  /// The address without its port, or a name that has no address; empty when there is no more to say
  /// than the host.
  package let address: String
  /// Why not.
  package let reason: String

  package init(_ address: String, _ reason: String) {
    self.address = address
    self.reason = reason
  }
}

extension ConnectError: CustomStringConvertible {
  /// Attempts that the line tells of at most.
  package static let maxListedAttemptCount = 4

  /// One line that names the host, and what was tried; what others said is escaped.
  package var description: String {
    switch self {
    case .unknownHost(let host, let reason): "\(Self.safe(host)): unknown host: \(reason)"
    case .noService(let domain, let reason): "\(Self.safe(domain)): \(reason)"
    case .lookupFailed(let host, let reason):
      "\(Self.safe(host)): cannot be looked up: \(reason)"
    case .unreachable(let host, let port, let attempts):
      Self.place(host, port) + Self.list(attempts, host)
    case .local(let error): error.description
    case .interrupted(let host): "\(Self.safe(host)): interrupted"
    }
  }

  private static func place(_ host: String, _ port: UInt16?) -> String {
    port.map { "\(safe(host)) port \($0)" } ?? safe(host)
  }

  private static func list(_ attempts: [ConnectAttempt], _ host: String) -> String {
    var text = ""
    for (index, attempt) in attempts.prefix(maxListedAttemptCount).enumerated() {
      text += index == 0 ? ": " : "; "
      if !attempt.address.isEmpty, attempt.address != host { text += "\(safe(attempt.address)): " }
      text += attempt.reason
    }
    let more = attempts.count - maxListedAttemptCount
    return more > 0 ? "\(text); and \(more) more" : text
  }

  private static func safe(_ text: String) -> String { EscapedText.text(text, for: .terminal) }
}
