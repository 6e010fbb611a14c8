// A command that is run for a message, with the message on its standard input (`--exec`).

internal import CLinux
internal import Glibc

/// Runs a command for each message, without a shell.
package struct MessageCommand: Sendable {
  /// How long a command may take before it is killed.
  package static let defaultTimeout = Duration.seconds(60)

  /// The program and its arguments.
  package let words: [String]
  private let output: ChildProcess.Stream
  private let error: ChildProcess.Stream
  private let timeout: Duration

  /// A command to be run; at the time-out its whole process group is killed.
  package init(
    _ words: [String], output: ChildProcess.Stream = .inherited,
    error: ChildProcess.Stream = .inherited, timeout: Duration = MessageCommand.defaultTimeout
  ) {
    self.words = words
    self.output = output
    self.error = error
    self.timeout = timeout
  }

  /// Runs the command and waits for its end.
  ///
  /// A message in memory comes through a pipe, of which the command may read as much as it likes; a
  /// message in a file is that file, at its start.
  /// - Parameters:
  ///   - environment: `NAME=value` each, and all there is.
  ///   - interrupt: raised, it is as if the time had run out.
  package func run(
    _ spool: MessageSpool, environment: [String], unless interrupt: Interrupt? = nil
  ) throws(SystemError) -> ChildStatus {
    let deadline = Deadline.after(timeout)
    if let memory = spool.memory {
      let pipe = try Pipe()
      var child = try start(environment, pipe.reader.rawValue)
      let feed = PipeFeed(memory, into: pipe.closeReader())
      return try child.wait(until: deadline, unless: interrupt, feeding: feed)
    }
    let file = try spool.openForReading()
    var child = try start(environment, file.rawValue)
    return try child.wait(until: deadline, unless: interrupt)
  }

  private func start(
    _ environment: [String], _ input: Int32
  ) throws(SystemError) -> ChildProcess {
    try ChildProcess(
      words, environment: environment, input: .descriptor(input), output: output, error: error,
      group: .own)
  }
}

/// Both ends of a pipe, close-on-exec.
struct Pipe: ~Copyable {
  let reader: FileDescriptor
  let writer: FileDescriptor

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard postroom_pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError("pipe") }
    reader = FileDescriptor(owning: ends[0])
    writer = FileDescriptor(owning: ends[1])
  }

  /// The writing end, alone.
  consuming func closeReader() -> FileDescriptor { writer }
}
