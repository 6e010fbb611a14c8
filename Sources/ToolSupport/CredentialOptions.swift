// The options of every tool that logs in. There is none whose value is a password: everybody on the
// machine can read command lines.

package import ArgumentParser
internal import Glibc

/// Who logs in, by what mechanism, and where the secret comes from.
package struct CredentialOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The user who logs in.", valueName: "user"))
  package var user: String?

  @Option(name: .long, help: ArgumentHelp("The user to act as.", valueName: "user"))
  package var authzid: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Read the password from this descriptor.", valueName: "number"))
  package var passwordFd: Int32?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Read the password from this file, which others cannot read.", valueName: "file"))
  package var passwordFile: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Run this, without a shell; it prints the password.", valueName: "command"))
  package var passwordCommand: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Run this, without a shell; it prints a token for OAUTHBEARER and XOAUTH2.",
      valueName: "command"))
  package var tokenCommand: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "SASL mechanisms in the order to try them; * and ? stand for any.", valueName: "list"))
  package var mechanism: MechanismList?

  @Option(
    name: .long,
    help: ArgumentHelp("Bind the login to its TLS connection.", valueName: "auto|off|TYPE"))
  package var channelBinding = ChannelBindingChoice.automatic

  @Flag(name: .long, help: "Never ask on the terminal.")
  package var batch = false

  package init() {}

  /// Checks the values. Throws status usage (64).
  package func check() throws(ToolFailure) {
    for (name, value) in [("--user", user), ("--authzid", authzid)] where value == "" {
      throw ToolFailure(.usage, "\(name): empty")
    }
    if let passwordFd, passwordFd < 0 || passwordFd == STDOUT_FILENO || passwordFd == STDERR_FILENO
    {
      throw ToolFailure(.usage, "--password-fd: no descriptor to read from: \(passwordFd)")
    }
    if let passwordCommand { _ = try SecretCommand(passwordCommand, from: "--password-command") }
    if let tokenCommand { _ = try SecretCommand(tokenCommand, from: "--token-command") }
  }
}
