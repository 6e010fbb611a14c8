// A command as it stands on the command line: its own options, those that all share, and operands,
// of which the one with `://` in it is the URL. Finds the server, and runs.

internal import ArgumentParser
internal import Glibc
internal import MailProtocols
internal import ToolSupport

/// A command that can be run.
protocol NamedCommand: ToolCommand {
  /// Runs it to the end. Throws what ends it before there is a connection.
  func execute(
    _ arguments: ToolArguments, _ diagnostics: Diagnostics
  ) throws(ToolFailure) -> ExitStatus
}

/// The command line of one action.
struct NamedActionCommand<Action: SieveAction>: NamedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Action.name, abstract: Action.abstract,
      usage: "sievectl \(Action.name) [OPTION]... [URL] \(Action.operandUsage)")
  }

  @OptionGroup(title: "The command") var action: Action
  @OptionGroup var shared: SharedOptions

  @Argument(help: ArgumentHelp("The server, and what the command is about.", valueName: "arg"))
  var operands: [String] = []

  var diagnosticsLevel: Diagnostics.Level { shared.output.level }

  func execute(
    _ arguments: ToolArguments, _ diagnostics: Diagnostics
  ) throws(ToolFailure) -> ExitStatus {
    // A reader that goes away is an error of write(2), which ends us in our own way.
    signal(SIGPIPE, SIG_IGN)
    let urls = operands.filter(Self.isURL)
    guard urls.count < 2 else { throw ToolFailure(.usage, "more than one URL") }
    let isNamed = !urls.isEmpty || shared.account.account != nil
    guard action.needsServer(isNamed: isNamed) else {
      guard urls.isEmpty else { throw ToolFailure(.usage, "a URL, and no server to ask") }
      return try run(nil, arguments, diagnostics)
    }
    let account = try shared.account.chosen(from: .sievectl, hasTarget: !urls.isEmpty)
    guard let account else {
      return try run(SieveTarget(urls[0], passwordCommand: nil), arguments, diagnostics)
    }
    guard let url = account.url else {
      throw ToolFailure(
        .configuration, "the account \(shared.account.account ?? "default") has no url")
    }
    let whole = try account.parse(Self.self, before: Array(arguments.options.dropFirst()))
    return try whole.run(
      SieveTarget(url, passwordCommand: account.passwordCommand), arguments, diagnostics)
  }

  private static func isURL(_ operand: String) -> Bool { operand.contains("://") }

  private func run(
    _ target: SieveTarget?, _ arguments: ToolArguments, _ diagnostics: Diagnostics
  ) throws(ToolFailure) -> ExitStatus {
    let settings = try SieveSettings(shared, target)
    let request = SieveRequest(
      command: Action.name, operands: operands.filter { !Self.isURL($0) },
      trailing: arguments.words, urlScript: target?.script, isConnected: target != nil,
      settings: settings, diagnostics: diagnostics)
    return try SieveRun(settings: settings, diagnostics: diagnostics).run(request, action)
  }
}
