// Where the lines of the shell come from.

internal import MailProtocols

/// A source of lines.
protocol ShellLines {
  /// Whether somebody types them, who can be asked and can think twice.
  var isInteractive: Bool { get }

  /// The next line without its line end; nil at the end, and when a signal has come.
  /// - Parameter prompt: shown where there is somebody to see it.
  mutating func next(_ prompt: String) throws(SieveFailure) -> [UInt8]?
}
