// What a connection that does not come about makes of a tool: one table from causes to exit statuses,
// for all clients.

internal import Glibc
package import MailIO

extension ToolFailure {
  /// One line that starts with the host, with the status that the cause has in every tool.
  package init(_ error: ConnectError) {
    self.init(Self.status(of: error), "\(error)")
  }

  private static func status(of error: ConnectError) -> ExitStatus {
    switch error {
    case .unknownHost, .noService: .noHost
    // As with ConnectionError: who interrupts a wait has an end of its own.
    case .lookupFailed, .unreachable, .interrupted: .temporary
    case .local(let error):
      switch error.code {
      // An address that is not ours, a port or a socket that is not for us.
      case EACCES, EPERM, EADDRINUSE, EADDRNOTAVAIL, ENAMETOOLONG: .cannotCreate
      default: .ioError
      }
    }
  }
}
