// A command that a test or a fixture needs: openssl(1), a shell.

internal import CLinux
internal import Glibc
package import MailIO

/// A command that is run to its end.
package enum Command {
  /// How it ended, and with what words.
  package struct Result {
    /// How it ended.
    package let status: ChildStatus
    /// What it wrote, on standard output and standard error.
    package let text: String
  }

  /// Runs it with a PATH and no other environment; `words[0]` is looked for there.
  package static func run(
    _ words: [String], in directory: String = "/", input: ChildProcess.Stream = .null
  ) -> Result {
    let (reading, writing) = pipe()
    let words = ["sh", "-c", "cd \"$0\" && exec \"$@\" 2>&1", directory] + words
    do {
      var child = try ChildProcess(
        words, environment: ["PATH=/usr/bin:/bin"], input: input, output: .descriptor(writing))
      close(writing)
      let text = String(decoding: readToEnd(reading), as: UTF8.self)
      close(reading)
      return Result(status: try child.wait(until: Deadline.after(.seconds(20))), text: text)
    } catch {
      fatalError("\(error)")
    }
  }

  /// Both ends of a pipe, which no child inherits.
  package static func pipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    // Close-on-exec, or another test's child would hold the pipe open.
    precondition(postroom_pipe2(&ends, Int32(POSTROOM_CLOEXEC)) == 0)
    return (ends[0], ends[1])
  }
}
