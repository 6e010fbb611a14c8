// What a broken connection makes of a tool: one table from causes to exit statuses, for all clients.

package import MailIO

extension ToolFailure {
  /// `HOST: why`, with the status that the cause has in every tool.
  /// - Parameter host: whom the tool was talking to, as the user named it.
  package init(host: String, _ error: ConnectionError) {
    self.init(Self.status(of: error), "\(host): \(error)")
  }

  private static func status(of error: ConnectionError) -> ExitStatus {
    switch error {
    case .untrusted: .untrusted
    // To speak TLS that is none, or no version of ours, and to end without saying so (RFC 8446 6.1)
    // are faults of the peer, or of somebody between: to come again does not help.
    case .tlsFailed, .truncated: .protocolError
    // The network, or a peer that goes away: in a moment it may be better. Who interrupts a wait
    // has an end of its own, a signal's; where it has none, the work is unfinished.
    case .timedOut, .broken, .closedInHandshake, .interrupted: .temporary
    }
  }
}
