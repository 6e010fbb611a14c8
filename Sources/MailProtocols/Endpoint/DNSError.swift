// Why a DNS message is no answer.

/// What is wrong with a message of DNS.
package enum DNSError: Error, Equatable, Sendable {
  /// Not a message of RFC 1035, or not a whole one.
  case malformed
  /// A message, but not the answer to this question: to be passed over, and waited on.
  case unrelated
  /// The answer did not fit into a datagram; to be asked for over TCP.
  case truncated
  /// The server could not say: its response code (RFC 1035 4.1.1).
  case serverFailed(code: UInt8)
}

extension DNSError: CustomStringConvertible {
  /// A clause about the server's answer.
  package var description: String {
    switch self {
    case .malformed: "a malformed answer from the name server"
    case .unrelated: "the name server answered another question"
    case .truncated: "a truncated answer from the name server"
    case .serverFailed(2): "the name server could not look it up (SERVFAIL)"
    case .serverFailed(5): "the name server refused to say (REFUSED)"
    case .serverFailed(let code): "the name server answered with code \(code)"
    }
  }
}
