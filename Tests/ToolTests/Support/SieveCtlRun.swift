// sievectl against a server of ours.

import Glibc
import TestSupport
import Testing

/// Runs of sievectl as alice.
struct SieveCtlRun {
  let server: SieveServer
  let scratch = ScratchDirectory()

  init(_ server: SieveServer) { self.server = server }

  /// The words of a command line.
  func words(_ command: String, _ arguments: [String], path: String = "") -> [String] {
    [
      command, "--cleartext-auth", "--password-fd", "9", "--timeout", "10s",
      "sieve+insecure://alice@127.0.0.1:\(server.port)\(path)",
    ] + arguments
  }

  /// Starts it.
  /// - Parameters:
  ///   - input: standard input; nothing when nil.
  ///   - terminal: what stdin and stderr are in its place.
  func start(
    _ command: String, _ arguments: [String] = [], path: String = "", input: String? = nil,
    terminal: PseudoTerminal? = nil, output: Int32? = nil, environment: [String] = []
  ) throws -> RunningTool {
    let password = TestPipe()
    defer { close(password.reader) }
    _ = write(password.writer, "secret\n", 7)
    close(password.writer)
    var descriptors = [Int32(9): password.reader]
    var opened: Int32 = -1
    if let input {
      scratch.write(input, to: "stdin")
      opened = open(scratch["stdin"], O_RDONLY | O_CLOEXEC)
      descriptors[0] = opened
    }
    if let terminal {
      opened = open(terminal.path, O_RDWR | O_NOCTTY | O_CLOEXEC)
      (descriptors[0], descriptors[2]) = (opened, opened)
    }
    defer { if opened >= 0 { close(opened) } }
    return try RunningTool(
      program: RunningTool.sievectlPath, words(command, arguments, path: path),
      environment: ["HOME=\(scratch.path)"] + environment, output: output, descriptors: descriptors)
  }

  /// Runs it to its end.
  func run(
    _ command: String, _ arguments: String..., path: String = "", input: String? = nil,
    output: Int32? = nil, _ location: SourceLocation = #_sourceLocation
  ) throws -> ToolEnd {
    try start(command, arguments, path: path, input: input, output: output).end(location)
  }

  /// The same for words that are at hand, the command first.
  func run(
    words: [String], input: String? = nil, _ location: SourceLocation = #_sourceLocation
  ) throws -> ToolEnd {
    try start(words[0], Array(words.dropFirst()), input: input).end(location)
  }
}
