// Whether a server waits for a PROXY header before it greets, and what may come of that wait.

package import MailProtocols

/// What a server expects of a connection before anything else.
package enum SMTPProxyUse: Equatable, Sendable {
  /// Nothing: the client is who the socket says.
  case none
  /// A PROXY header within this time of the connection's start.
  case header(within: Duration)
  /// A PROXY header, and the peer is none who may send one: the connection is closed.
  case refused
}

/// Why a connection ended that should have had a PROXY header. The peer is told nothing.
package enum SMTPProxyFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// Its address is not one of those that may send the header.
  case untrusted
  case malformed(ProxyHeaderError)
  /// It did not come in time.
  case late
  /// The connection ended inside it.
  case truncated

  package var description: String {
    switch self {
    case .untrusted: "not a proxy that is trusted"
    case .malformed(let error): "\(error)"
    case .late: "no PROXY header in time"
    case .truncated: "the connection ended inside a PROXY header"
    }
  }
}
