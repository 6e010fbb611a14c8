// `-a NAME` and `--config FILE`: options out of the accounts file. What an account says becomes
// arguments in front of those on the command line, and both are parsed as one, so that the command
// line has the last word, and one set of rules counts for both.

package import ArgumentParser
internal import Glibc
internal import MailIO
internal import MailProtocols

/// Which account to use.
package struct AccountOptions: ParsableArguments {
  @Option(
    name: .customShort("a"),
    help: ArgumentHelp(
      "Take URL and options from this account; without it and without a URL, from \"default\".",
      valueName: "name"))
  package var account: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The accounts file, in place of $XDG_CONFIG_HOME/postroom/accounts.", valueName: "file"))
  package var config: String?

  package init() {}

  /// The account to use; nil where the command line says itself whom to connect to.
  ///
  /// Throws status usage (64) for `-a` beside a URL; noInput (66) when a named account, or the file
  /// that should have it, is not there; configuration (78) for a file that cannot be used, as
  /// `FILE:LINE: why`.
  /// - Parameters:
  ///   - hasTarget: whether the command line says whom to connect to.
  ///   - defaultFile: the file without `--config`; nil when there is no home to have it in.
  package func chosen(
    from vocabulary: AccountVocabulary, hasTarget: Bool,
    defaultFile: String? = AccountOptions.defaultFile
  ) throws(ToolFailure) -> ChosenAccount? {
    if hasTarget {
      guard account == nil else {
        throw ToolFailure(.usage, "-a \(account ?? "") goes with no URL: the account has its own")
      }
      return nil
    }
    guard let path = config ?? defaultFile else {
      throw ToolFailure(.usage, "no URL, and no accounts file: neither $HOME nor --config")
    }
    guard var octets = try PublicFile.octets(path, maxByteCount: AccountsFile.maxByteCount) else {
      if account == nil, config == nil { throw ToolFailure(.usage, "no URL, and no \(path)") }
      throw ToolFailure(.noInput, "\(path): \(String(cString: strerror(ENOENT)))")
    }
    defer { SASLSecret.wipe(&octets) }
    let file: AccountsFile
    do throws(AccountsFileError) {
      file = try AccountsFile(octets.span)
    } catch {
      throw ToolFailure(.configuration, "\(path):\(error.line): \(error)")
    }
    let name = account ?? "default"
    guard let found = file.account(name) else {
      if account == nil { throw ToolFailure(.usage, "no URL, and no account default in \(path)") }
      let shown = EscapedText.text(name, for: .terminal)
      throw ToolFailure(.noInput, "\(path): no account \(shown)")
    }
    return try ChosenAccount(found, in: path, vocabulary)
  }

  /// `$XDG_CONFIG_HOME/postroom/accounts`, or `~/.config/postroom/accounts`.
  package static var defaultFile: String? {
    // XDG Base Directory Specification: a path that is not absolute does not count.
    if let directory = getenv("XDG_CONFIG_HOME").map({ String(cString: $0) }),
      directory.hasPrefix("/")
    {
      return "\(directory)/postroom/accounts"
    }
    guard let home = getenv("HOME"), home.pointee != 0 else { return nil }
    return "\(String(cString: home))/.config/postroom/accounts"
  }
}
