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
    StandardStreams.fill()
    // ArgumentParser takes no second list of arguments behind a first, so `--` is ours.
    let arguments = CommandLine.arguments.dropFirst()
    let ownArguments = arguments.prefix { $0 != "--" }
    let words = arguments.dropFirst(ownArguments.count + 1)
    let command: Command
    do {
      // Not `parseAsRoot`: it would offer a `help` subcommand, and "help" may be an argument here.
      command = try Command.parse(ownArguments.map(Self.spelledOut))
    } catch {
      let status = Command.exitCode(for: error)
      if status == .success {
        // --help, --version, --generate-completion-script.
        exit(show(Command.message(for: error), of: name).rawValue)
      }
      // What ArgumentParser has to say may be a list, a line an item.
      var message = Command.message(for: error).split(whereSeparator: \.isNewline)
        .map { $0.drop { $0 == " " } }.joined(separator: " ")
      if message.hasSuffix(".") { message.removeLast() }
      Diagnostics(tool: name, level: .normal).fatal("\(message); see \(name) --help")
      exit(ExitStatus.usage.rawValue)
    }
    let diagnostics = Diagnostics(tool: name, level: command.diagnosticsLevel)
    do throws(ToolFailure) {
      exit(try body(command, Array(words), diagnostics).rawValue)
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
