// What a search for credentials takes from the process it is in: handed in, so that tests can have
// others.

internal import Glibc

/// Where a process finds secrets that no option names.
package struct CredentialSurroundings: Sendable {
  /// systemd's directory for this service (`LoadCredential=`), if we are one.
  package var credentialsDirectory: String?
  /// The directory that holds `.netrc`.
  package var homeDirectory: String?
  /// Whoever can be asked.
  package var terminal: TerminalPrompt?

  /// Nothing, unless said otherwise.
  package init(
    credentialsDirectory: String? = nil, homeDirectory: String? = nil,
    terminal: TerminalPrompt? = nil
  ) {
    self.credentialsDirectory = credentialsDirectory
    self.homeDirectory = homeDirectory
    self.terminal = terminal
  }

  /// Those of this process: `$CREDENTIALS_DIRECTORY`, `$HOME`, and its terminal when its standard
  /// input is one: with a message or a script on stdin nobody sits there.
  package static var ofProcess: Self {
    Self(
      credentialsDirectory: variable("CREDENTIALS_DIRECTORY"), homeDirectory: variable("HOME"),
      terminal: isatty(STDIN_FILENO) == 1 ? TerminalPrompt() : nil)
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
