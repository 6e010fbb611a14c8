// What a command is: options of its own, a part that reads what is on this machine, and a part that
// talks to the server. The same on the command line and as a line of batch, each and shell.

internal import ArgumentParser
internal import MailProtocols
internal import ToolSupport

/// A command, as its own options are parsed.
protocol SieveAction: ParsableArguments {
  /// The word that names it.
  static var name: String { get }
  /// One line for --help.
  static var abstract: String { get }
  /// Its operands for --help: `FILE [NAME]`.
  static var operandUsage: String { get }
  /// Whether batch, each and shell have it.
  static var isLineCommand: Bool { get }

  /// Whether a server is asked at all.
  /// - Parameter isNamed: whether the command line names one, by a URL or `-a`.
  func needsServer(isNamed: Bool) -> Bool

  /// Reads all that comes from this machine, standard input too, and judges the operands, before
  /// anything is sent. Throws the failure that this makes: 64, 65, 66, 74.
  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask
}

extension SieveAction {
  static var isLineCommand: Bool { true }
  func needsServer(isNamed: Bool) -> Bool { true }
}

/// What is left to do once everything on this machine was read.
enum SieveTask {
  /// Nothing that needs a server.
  case local((SieveOutput) throws(SieveFailure) -> ExitStatus)
  /// Something over a connection that is logged in. May be run again from the start, on another
  /// connection, as long as it changed and printed nothing (`--retries`).
  case remote((SieveSession) throws(SieveFailure) -> ExitStatus)
  /// As `remote`, and the command that it sends first, whatever the server has said before: batch
  /// sends it ahead.
  case pipelined(SieveCommand, (SieveSession) throws(SieveFailure) -> ExitStatus)
  /// Something over a connection that need not be logged in (`SieveSession.greeted`).
  case greeted((SieveSession) throws(SieveFailure) -> ExitStatus)

  /// Whether somebody has to be logged in.
  var needsLogin: Bool {
    switch self {
    case .remote, .pipelined: true
    case .local, .greeted: false
    }
  }

  /// Does it over a connection that is there: a line of batch, each or shell.
  func run(on session: SieveSession) throws(SieveFailure) -> ExitStatus {
    switch self {
    case .local(let task): try task(session.output)
    case .remote(let task), .pipelined(_, let task), .greeted(let task): try task(session)
    }
  }
}
