// The server that a command is about, from a URL on the command line or in an account.

internal import MailProtocols
internal import ToolSupport

/// Whom to connect to.
struct SieveTarget {
  let url: SieveURL
  /// The script that the URL names.
  let script: SieveScriptName?
  /// The accounts file's.
  let passwordCommand: String?

  /// Throws status usage (64).
  init(_ text: String, passwordCommand: String?) throws(ToolFailure) {
    do throws(SieveURLError) {
      url = try SieveURL(text)
    } catch {
      throw ToolFailure(.usage, "\(error)")
    }
    script = url.script.map { SieveScriptName(wire: $0) }
    if let script, !script.isValid {
      throw ToolFailure(.dataError, "\(script): no name for a script")
    }
    self.passwordCommand = passwordCommand
  }
}
