// sievectl: manages Sieve scripts on a ManageSieve server (RFC 5804). sievectl(1) is its manual.

internal import ArgumentParser
internal import ToolSupport

@main
struct SieveCtl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sievectl",
    abstract: "Manage Sieve scripts on a ManageSieve server.",
    usage: "sievectl COMMAND [OPTION]... [URL] [ARG]...",
    discussion: """
      URL is SCHEME://[USER[;AUTH=MECH]@]HOST[:PORT][/[OWNER/]SCRIPT], SCHEME one of sieve \
      (STARTTLS required), sieves and sieve+insecure. Without it and without -a, the account \
      "default" is used.
      """,
    version: "sievectl \(postroomVersion)",
    subcommands: CommandTable.commands)

  static func main() {
    ToolMain.run(root: SieveCtl.self, name: "sievectl") {
      command, arguments, diagnostics throws(ToolFailure) in
      guard let command = command as? any NamedCommand else {
        throw ToolFailure(.software, "a command that cannot be run")
      }
      return ExitCode(try command.execute(arguments, diagnostics).rawValue)
    }
  }
}
