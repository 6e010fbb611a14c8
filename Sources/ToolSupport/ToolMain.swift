// The frame of every tool: reads the command line, runs, and turns what went wrong into one line on
// stderr and an exit status.

package import ArgumentParser
internal import Glibc

/// The version of all Postroom tools.
package let postroomVersion = "0.1.0"

/// A tool's command line.
package protocol ToolCommand: ParsableCommand {
  /// How much `-v` and `-q` ask it to say.
  var diagnosticsLevel: Diagnostics.Level { get }
}

/// The arguments of a process, parted at `--`.
package struct ToolArguments: Sendable {
  /// Those before it: options, operands, and the word that names a command.
  package let options: [String]
  /// Those behind it.
  package let words: [String]
}

/// Runs a tool from start to exit.
package enum ToolMain {
  /// ArgumentParser has no option whose value may be left out: `--tls-self-signed=FILE` goes to one
  /// that needs a value.
  static func spelledOut(_ argument: String) -> String {
    let prefix = "--tls-self-signed="
    guard argument.hasPrefix(prefix) else { return argument }
    return "--tls-self-signed-to=" + argument.dropFirst(prefix.count)
  }

  /// Parses the process's arguments, runs `body` with them and with the words behind `--`, and exits
  /// with what it answers.
  package static func run<Command: ToolCommand>(
    _ type: Command.Type, name: String,
    _ body: (Command, [String], Diagnostics) throws(ToolFailure) -> ExitCode
  ) -> Never {
    // Not `parseAsRoot`: it would offer a `help` subcommand, and "help" may be an argument here.
    let (command, line) = parsed(type, name) { try Command.parse($0) }
    finish(Diagnostics(tool: name, level: command.diagnosticsLevel)) {
      diagnostics throws(ToolFailure) in
      try body(command, line.words, diagnostics)
    }
  }

  /// As `run`, for a tool whose first argument names a command: `body` is given the command that
  /// was named, and what it was parsed from.
  package static func run<Root: ParsableCommand>(
    root: Root.Type, name: String,
    _ body: (any ToolCommand, ToolArguments, Diagnostics) throws(ToolFailure) -> ExitCode
  ) -> Never {
    let (command, line) = parsed(root, name) { arguments in
      var command = try Root.parseAsRoot(arguments)
      if command is Root { throw ValidationError("no command") }
      // `help` and `--help` are commands of ArgumentParser, which throw what they say.
      if !(command is any ToolCommand) { try command.run() }
      return command
    }
    guard let command = command as? any ToolCommand else { exit(0) }
    finish(Diagnostics(tool: name, level: command.diagnosticsLevel)) {
      diagnostics throws(ToolFailure) in
      try body(command, line, diagnostics)
    }
  }

  private static func parsed<Root: ParsableCommand, Command>(
    _ root: Root.Type, _ name: String, _ parse: ([String]) throws -> Command
  ) -> (Command, ToolArguments) {
    StandardStreams.fill()
    // ArgumentParser takes no second list of arguments behind a first, so `--` is ours.
    let arguments = CommandLine.arguments.dropFirst()
    let ownArguments = arguments.prefix { $0 != "--" }
    let words = arguments.dropFirst(ownArguments.count + 1)
    let line = ToolArguments(options: ownArguments.map(Self.spelledOut), words: Array(words))
    do {
      return (try parse(line.options), line)
    } catch {
      let status = root.exitCode(for: error)
      if status == .success {
        // --help, --version, --generate-completion-script.
        exit(show(root.message(for: error), of: name).rawValue)
      }
      Diagnostics(tool: name, level: .normal)
        .fatal("\(Self.line(root.message(for: error))); see \(name) --help")
      exit(ExitStatus.usage.rawValue)
    }
  }

  /// What ArgumentParser has to say may be a list, a line an item: as one line.
  package static func line(_ message: String) -> String {
    var message = message.split(whereSeparator: \.isNewline)
      .map { $0.drop { $0 == " " } }.joined(separator: " ")
    if message.hasSuffix(".") { message.removeLast() }
    return message
  }

  private static func finish(
    _ diagnostics: Diagnostics, _ body: (Diagnostics) throws(ToolFailure) -> ExitCode
  ) -> Never {
    do throws(ToolFailure) {
      exit(try body(diagnostics).rawValue)
    } catch {
      diagnostics.fatal(error.message)
      exit(error.status.rawValue)
    }
  }

  private static func show(_ text: String, of name: String) -> ExitStatus {
    let output = RecordOutput(descriptor: STDOUT_FILENO, name: "stdout")
    output.write([UInt8](text.utf8) + [UInt8(ascii: "\n")])
    guard let failure = output.failure else { return .success }
    Diagnostics(tool: name, level: .normal).fatal("\(failure)")
    return .ioError
  }
}
