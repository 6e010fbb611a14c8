// All commands by name: for the command line, and for the lines of batch, each and shell.

internal import ArgumentParser
internal import ToolSupport

/// The commands.
enum CommandTable {
  /// One line a command; the order is that of --help.
  static let actions: [any SieveAction.Type] = [
    ListAction.self, GetAction.self, PutAction.self, CheckAction.self, ActivateAction.self,
    DeactivateAction.self, CheckActiveAction.self, RenameAction.self, CopyAction.self,
    DeleteAction.self, ExistsAction.self, SpaceAction.self, CapsAction.self, CertAction.self,
    NoopAction.self, RawAction.self, EditAction.self, DiffAction.self, PullAction.self,
    PushAction.self, EachAction.self, BatchAction.self, ShellAction.self,
  ]

  /// The same for ArgumentParser.
  static var commands: [any ParsableCommand.Type] { actions.map { command($0) } }

  private static func command<Action: SieveAction>(
    _ action: Action.Type
  ) -> any ParsableCommand.Type {
    NamedActionCommand<Action>.self
  }

  /// The command of that name or alias.
  static func action(_ name: String) -> (any SieveAction.Type)? {
    actions.first { $0.name == name }
  }

  /// The command that a line of batch, each or shell begins with. Throws status usage (64).
  static func lineAction(_ words: [String]) throws(SieveFailure) -> any SieveAction.Type {
    guard let name = words.first else { throw SieveFailure(.usage, "no command") }
    guard let action = action(name) else {
      throw SieveFailure(.usage, "no such command: \(SieveOutput.safe(name))")
    }
    guard action.isLineCommand else { throw SieveFailure(.usage, "\(name): not in here") }
    return action
  }

  /// What a line of batch, each or shell comes to. Its first word names the command; options are
  /// those of the command alone. Throws status usage (64), and what `prepare` throws.
  /// - Parameter settings: of the connection that the line is for.
  static func task(
    _ words: [String], settings: SieveSettings, diagnostics: Diagnostics
  ) throws(SieveFailure) -> SieveTask {
    try task(try lineAction(words), Array(words.dropFirst()), settings, diagnostics)
  }

  private static func task<Action: SieveAction>(
    _ type: Action.Type, _ words: [String], _ settings: SieveSettings, _ diagnostics: Diagnostics
  ) throws(SieveFailure) -> SieveTask {
    let options = words.prefix { $0 != "--" }
    let line: ActionLine<Action>
    do {
      line = try ActionLine<Action>.parse(Array(options))
    } catch {
      let message = ToolMain.line(ActionLine<Action>.message(for: error))
      throw SieveFailure(.usage, "\(Action.name): \(message)")
    }
    let request = SieveRequest(
      command: Action.name, operands: line.operands,
      trailing: Array(words.dropFirst(options.count + 1)), urlScript: nil, isConnected: true,
      settings: settings, diagnostics: diagnostics)
    return try line.action.prepare(request)
  }
}

/// A command's options and operands without those of a connection.
private struct ActionLine<Action: SieveAction>: ParsableArguments {
  @OptionGroup var action: Action
  @Argument var operands: [String] = []
}
