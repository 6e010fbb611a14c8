// sievectl each: one command for many users, as somebody who may act for them.

internal import ArgumentParser
internal import MailProtocols
internal import ToolSupport

struct EachAction: SieveAction {
  static let name = "each"
  static let abstract = "Run a command for each of many users."
  static let operandUsage = "-- COMMAND [ARG]..."
  static let isLineCommand = false
  /// More connections than a server wants of one client.
  static let maxJobCount = 64

  @Option(
    name: .long, help: ArgumentHelp("A user a line; \"-\" is stdin.", valueName: "file"))
  var users: String

  @Option(name: .long, help: ArgumentHelp("So many at a time.", valueName: "number"))
  var jobs = 1

  @Flag(name: .long, help: "Go on after a user for whom it failed.")
  var keepGoing = false

  @Option(
    name: .long,
    help: ArgumentHelp("End after so many refused logins in a row.", valueName: "number"))
  var maxAuthFailures = 3

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    guard request.operands.isEmpty else {
      throw SieveFailure(.usage, "each: the command stands behind --: each \(Self.operandUsage)")
    }
    guard (1...Self.maxJobCount).contains(jobs), maxAuthFailures >= 1 else {
      throw SieveFailure(
        .usage, "each: --jobs from 1 to \(Self.maxJobCount), --max-auth-failures from 1")
    }
    let target = request.settings.target
    guard target?.url.owner == nil, request.settings.shared.credentials.authzid == nil else {
      throw SieveFailure(.usage, "each: the users are the owners, and another was named")
    }
    let command = EachCommand(words: request.trailing)
    _ = try CommandTable.lineAction(command.words)
    let input = try SieveInput(users, maxByteCount: BatchLine.maxByteCount)
    if users == "-" { StandardInput.take() }
    let names = try Self.users(in: input)
    if let first = names.first {
      // What is wrong for all is told once, and before anything is sent.
      do throws(SieveFailure) {
        _ = try command.task(for: first, request.settings, request.diagnostics)
      } catch {
        guard command.dependsOnUser, error.status != .usage else { throw error }
      }
    }
    let limits = EachRun.Limits(
      jobCount: min(jobs, max(names.count, 1)), maxAuthFailureCount: maxAuthFailures,
      keepsGoing: keepGoing)
    return .remote { (session) throws(SieveFailure) in
      var run = EachRun(names, command, limits, on: session)
      return try run.run()
    }
  }

  /// A user a line; blank lines and those that begin with `#` are left out. Throws 65.
  static func users(in input: SieveInput) throws(SieveFailure) -> [String] {
    var users: [String] = []
    let lines = input.octets.split(separator: .lineFeed, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let name = Array(line.last == .carriageReturn ? line.dropLast() : line)
      guard let first = name.first, first != .ascii("#") else { continue }
      guard name.span.isWellFormedUTF8, !name.contains(where: \.isControl) else {
        throw SieveFailure(.dataError, "no user", subject: "\(input.shownFile):\(index + 1)")
      }
      users.append(String(decoding: name, as: UTF8.self))
    }
    return users
  }
}
