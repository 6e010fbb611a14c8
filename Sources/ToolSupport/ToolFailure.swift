// The one way in which a tool ends early: a line for stderr and an exit status.

package import MailIO

/// What ends a tool: `what: why` for the person, a status for the script.
package struct ToolFailure: Error, Equatable, Sendable {
  package let status: ExitStatus
  /// One line, without the tool's name.
  package let message: String

  package init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// A system call that failed, with the status that fits where it did.
  package init(_ status: ExitStatus, _ error: SystemError) {
    self.init(status, error.description)
  }
}
