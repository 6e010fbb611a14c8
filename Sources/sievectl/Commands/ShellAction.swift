// sievectl shell: commands as they are typed, over one connection.

internal import ArgumentParser
internal import Glibc
internal import ToolSupport

struct ShellAction: SieveAction {
  static let name = "shell"
  static let abstract = "Run commands as they are typed."
  static let operandUsage = ""
  static let isLineCommand = false

  func prepare(_ request: SieveRequest) throws(SieveFailure) -> SieveTask {
    try request.refuseScript()
    try request.requireOperands(0...0, Self.operandUsage)
    StandardInput.take()
    return .remote { (session) throws(SieveFailure) in
      var shell = Shell(on: session)
      let isTyped = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
      guard isTyped, let editor = LineEditor(session) else {
        return try shell.run(PipedLines(session.signals))
      }
      return try shell.run(editor)
    }
  }
}
