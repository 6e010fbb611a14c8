// The user's editor, as other programs start it: $VISUAL, else $EDITOR, else vi, on our terminal and
// in our process group, so that the keyboard's signals are its own. No shell is between.

internal import Glibc
internal import MailIO
internal import ToolSupport

/// A program that edits a file.
struct Editor {
  private let words: [String]
  /// Where it was named, for messages.
  private let source: String

  /// The one of the environment. Throws status configuration (78) when it cannot be split into
  /// words.
  init() throws(SieveFailure) {
    let variables = ["VISUAL", "EDITOR"].map { (name: String) in
      (name, getenv(name).map { String(cString: $0) } ?? "")
    }
    let chosen = variables.first { !$0.1.isEmpty }
    guard let (variable, command) = chosen else {
      (words, source) = (["vi"], "the editor")
      return
    }
    source = "$\(variable)"
    do throws(CommandWords.Failure) {
      words = try CommandWords.split(command)
    } catch {
      throw SieveFailure(.configuration, "\(source): \(error)")
    }
    guard words.first?.isEmpty == false else {
      throw SieveFailure(.configuration, "\(source): no command")
    }
  }

  /// Edits a file, and waits for the end of that. Throws 78 when the program cannot be started, and
  /// status no (1) when it ends with another status than 0: the user does not want it.
  func edit(_ path: String) throws(SieveFailure) {
    let status: ChildStatus
    let program = "\(source): \(SieveOutput.safe(words[0]))"
    do throws(SystemError) {
      var child = try ChildProcess(
        words + [path], environment: ProcessEnvironment.variables(without: []))
      status = try child.wait(until: nil)
    } catch {
      throw SieveFailure(.configuration, "\(program): \(String(cString: strerror(error.code)))")
    }
    switch status {
    case .exited(0): return
    case .exited(let number): throw SieveFailure(.no, "\(program): ended with status \(number)")
    case .signalled(let number):
      throw SieveFailure(.no, "\(program): was ended by signal \(number)")
    case .timedOut: throw SieveFailure(.no, "\(program): was ended")
    }
  }
}
