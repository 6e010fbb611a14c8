// A command that prints a password or a token (`pass mail`, a keyring's, an OAuth client's). It is
// started without a shell; its standard error is ours, so that it can ask and complain; what it
// prints is shown to nobody.

internal import CLinux
internal import Glibc
internal import MailIO
package import MailProtocols

/// A program that prints a secret.
package struct SecretCommand: Sendable {
  private let words: [String]
  /// The option it was given with, for messages.
  private let source: String

  /// Splits the command into words, as sh would, and expands nothing.
  /// - Parameters:
  ///   - source: the option it was given with: `--password-command`.
  ///   - status: of the failure when it cannot be split: the command line's or a file's.
  package init(
    _ command: String, from source: String, invalid status: ExitStatus = .usage
  ) throws(ToolFailure) {
    self.source = source
    do throws(CommandWords.Failure) {
      words = try CommandWords.split(command)
    } catch {
      throw ToolFailure(status, "\(source): \(error)")
    }
    guard words.first?.isEmpty == false else { throw ToolFailure(status, "\(source): no command") }
  }

  /// Runs it to its end. Throws status configuration (78) when it cannot be started, ends with
  /// another status than 0, takes longer than `patience`, or prints what cannot be a secret.
  package func run(within patience: Duration = SecretInput.patience) throws(ToolFailure)
    -> SASLSecret
  {
    let deadline = Deadline.after(patience)
    var ends: [Int32] = [-1, -1]
    guard postroom_pipe2(&ends, Int32(POSTROOM_CLOEXEC)) == 0 else {
      throw ToolFailure(.configuration, "\(source): \(SystemError("pipe2"))")
    }
    let reader = FileDescriptor(owning: ends[0])
    let writer = FileDescriptor(owning: ends[1])
    var child: ChildProcess
    do throws(SystemError) {
      // Our standard input may be a message; a program that has to ask opens /dev/tty, for which
      // it must be in our process group.
      child = try ChildProcess(
        words, environment: ProcessEnvironment.variables(without: []), input: .null,
        output: .descriptor(writer.rawValue))
    } catch {
      throw failed(String(cString: strerror(error.code)))
    }
    // The end comes when the child's copy is the last one to be closed.
    _ = consume writer
    var octets: [UInt8]
    do throws(SecretInput.ReadFailure) {
      octets = try SecretInput.read(
        reader.rawValue, maxByteCount: SecretInput.maxByteCount + 2, until: deadline)
    } catch {
      _ = try? child.terminate()
      switch error {
      case .timedOut: throw failed("took longer than \(TimeSpan(patience).defaultValueDescription)")
      case .tooLong: throw failed("printed more than a secret can be")
      case .failed(let error): throw failed("\(error)")
      }
    }
    defer { SASLSecret.wipe(&octets) }
    try check(end(of: &child, until: deadline), patience)
    return try SecretInput.secret(&octets, from: "\(source): \(words[0])")
  }

  private func end(
    of child: inout ChildProcess, until deadline: Deadline
  ) throws(ToolFailure) -> ChildStatus {
    do throws(SystemError) {
      return try child.wait(until: deadline)
    } catch {
      throw failed("\(error)")
    }
  }

  private func check(_ status: ChildStatus, _ patience: Duration) throws(ToolFailure) {
    switch status {
    case .exited(0): return
    case .exited(let number): throw failed("ended with status \(number)")
    case .signalled(let number): throw failed("was ended by signal \(number)")
    case .timedOut: throw failed("took longer than \(TimeSpan(patience).defaultValueDescription)")
    }
  }

  /// The program is named, its arguments are not: they may be somebody's secret.
  private func failed(_ reason: String) -> ToolFailure {
    ToolFailure(.configuration, "\(source): \(words[0]): \(reason)")
  }
}
