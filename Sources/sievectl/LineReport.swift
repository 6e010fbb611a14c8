// One command of batch, each or shell, from its words to its status, and what is told of it: records
// as the command prints them, or one JSON object with these in it.

internal import MailProtocols
internal import ToolSupport

/// What came of one command.
struct LineReport: Sendable {
  var status: ExitStatus
  /// What it printed.
  var output: [UInt8] = []
  /// The response code, and what went wrong, when it ended by that.
  var code: String?
  var message: String?

  /// Runs a command; what it says on stderr starts with `diagnostics`' name. Its output is kept
  /// here when that is asked for, else it goes where the session's goes.
  /// - Parameter keeps: whether to keep it.
  /// Throws what leaves no connection to go on with.
  static func run(
    on session: SieveSession, keeps: Bool, _ diagnostics: Diagnostics,
    _ body: () throws(SieveFailure) -> ExitStatus
  ) -> (report: LineReport, failure: SieveFailure?) {
    let (output, former) = (session.output, session.diagnostics)
    if keeps { session.output = SieveOutput(keepingFor: output) }
    session.diagnostics = diagnostics
    defer { (session.output, session.diagnostics) = (output, former) }
    do throws(SieveFailure) {
      let status = try body()
      try session.output.flush()
      return (LineReport(status: status, output: keeps ? session.output.take() : []), nil)
    } catch {
      let report = LineReport(
        status: error.status, output: keeps ? session.output.take() : [], code: error.code,
        message: error.message(about: nil))
      return (report, error)
    }
  }

  /// `status code message output`.
  func add(to json: inout JSONLine) {
    json.add("status", Int(status.rawValue))
    json.add("code", code)
    json.add("message", message)
    json.add("output", lines: output)
  }
}
