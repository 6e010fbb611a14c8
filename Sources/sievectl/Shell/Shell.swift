// The shell: reads a line, does it, tells what went wrong, and goes on. The connection is had anew
// when the server has ended it meanwhile.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// A shell on its way.
struct Shell {
  let session: SieveSession
  private var lineNumber = 0
  private var lastFailure = ExitStatus.success

  init(on session: SieveSession) { self.session = session }

  /// Runs all lines; the status is that of the last command that failed.
  mutating func run(_ source: some ShellLines) throws(SieveFailure) -> ExitStatus {
    var lines = source
    _ = try session.client()
    while let line = try lines.next(prompt) {
      lineNumber += 1
      var isOver = false
      let (report, failure) = LineReport.run(
        on: session, keeps: session.output.form == .json, session.diagnostics
      ) { () throws(SieveFailure) in
        switch try perform(line, &lines) {
        case .ended(let status): return status
        case .exit:
          isOver = true
          return .success
        case .nothing: return .success
        }
      }
      try tell(report, failure, isInteractive: lines.isInteractive)
      if isOver { break }
    }
    if session.signals.received != nil { throw SieveFailure(.temporary, "interrupted") }
    return lastFailure
  }

  /// `alice@host> `, with the owner behind the host when that is another.
  private var prompt: String {
    let user = session.loginName.map { "\(SieveOutput.safe($0))@" } ?? ""
    let owner: String =
      switch session.owner {
      case .user(let name): "/\(SieveOutput.safe(name))"
      case .global: "//"
      case nil: ""
      }
    return "\(session.isSecure ? "" : "(insecure) ")\(user)\(session.host)\(owner)> "
  }

  // MARK: - One line

  /// What a line was.
  private enum Outcome {
    case nothing
    case ended(ExitStatus)
    case exit
  }

  private func perform(
    _ line: [UInt8], _ lines: inout some ShellLines
  ) throws(SieveFailure) -> Outcome {
    let text = line.drop { $0.isBlank }
    if text.first == .ascii("!") {
      let command = Array(text.dropFirst())
      guard command.span.isWellFormedUTF8 else { throw SieveFailure(.usage, "not UTF-8") }
      return .ended(try start(shell: String(decoding: command, as: UTF8.self), lines))
    }
    return try perform(words: BatchLine.words(of: line), &lines)
  }

  private func perform(
    words: [String], _ lines: inout some ShellLines
  ) throws(SieveFailure) -> Outcome {
    guard let first = words.first else { return .nothing }
    let rest = Array(words.dropFirst())
    switch ShellWord.own(first) {
    case .exit: return .exit
    case .help:
      for line in ShellWord.help { session.output.line(line) }
      return .ended(.success)
    case .su:
      guard rest.count < 2 else { throw SieveFailure(.usage, "su: too many users") }
      try become(rest.first)
      return .ended(.success)
    case .cd:
      try changeFolder(rest)
      return .ended(.success)
    case .sh: return .ended(try start(shell: rest.joined(separator: " "), lines))
    case .more: return .ended(try page(rest, lines))
    case .xargs:
      var more: [String] = []
      while let line = try lines.next("") { more += try BatchLine.words(of: line) }
      guard !rest.isEmpty else { throw SieveFailure(.usage, "xargs: no command") }
      return try perform(words: rest + more, &lines)
    case nil: return .ended(try command(ShellWord.spelledOut(words)))
    }
  }

  private func command(_ words: [String]) throws(SieveFailure) -> ExitStatus {
    let task = try CommandTable.task(
      words, settings: session.settings, diagnostics: session.diagnostics)
    session.dropIfEnded()
    return try task.run(on: session)
  }

  private mutating func tell(
    _ report: LineReport, _ failure: SieveFailure?, isInteractive: Bool
  ) throws(SieveFailure) {
    if session.output.form == .json {
      session.output.object { json in
        json.add("line", lineNumber)
        report.add(to: &json)
      }
      try session.output.flush()
    }
    if report.status != .success { lastFailure = report.status }
    guard let failure else { return }
    if failure.isFatal { session.disconnect() }
    if let number = session.signals.received {
      guard isInteractive, number == SIGINT else { throw failure }
      session.signals.forget()
      return
    }
    session.diagnostics.fatal(failure.message(about: nil))
  }

  // MARK: - The shell's own commands

  private func become(_ user: String?) throws(SieveFailure) {
    let former = session.owner
    session.dropIfEnded()
    do throws(SieveFailure) {
      try session.become(user.map { .user($0) })
      _ = try session.client()
    } catch {
      // Who one is should not depend on what somebody has mistyped.
      session.disconnect()
      try session.become(former)
      throw error
    }
  }

  private func changeFolder(_ words: [String]) throws(SieveFailure) {
    guard words.count < 2 else { throw SieveFailure(.usage, "cd: too many folders") }
    guard let folder = words.first ?? getenv("HOME").map({ String(cString: $0) }) else {
      throw SieveFailure(.usage, "cd: no folder, and no HOME")
    }
    guard chdir(folder) == 0 else {
      let reason = String(cString: strerror(errno))
      throw SieveFailure(.noInput, reason, subject: SieveOutput.safe(folder))
    }
  }

  /// Runs a command of sh(1), or a shell; its status is ours unless it is 0.
  private func start(
    shell command: String, _ lines: some ShellLines
  ) throws(SieveFailure) -> ExitStatus {
    let words: [String]
    if command.allSatisfy({ $0 == " " }) {
      guard lines.isInteractive else { throw SieveFailure(.usage, "sh: no command") }
      words = [getenv("SHELL").map { String(cString: $0) } ?? "/bin/sh"]
    } else {
      words = ["/bin/sh", "-c", command]
    }
    return try start(words, input: lines.isInteractive ? .inherited : .null)
  }

  private func page(
    _ names: [String], _ lines: some ShellLines
  ) throws(SieveFailure) -> ExitStatus {
    let output = session.output
    defer { session.output = output }
    // For a terminal all the same: what would act on it is taken out.
    let kept = SieveOutput.paged()
    session.output = kept
    let status = try command(["get"] + names)
    guard status == .success else { return status }
    let pager = getenv("PAGER").map { String(cString: $0) } ?? "more"
    let file: TemporaryFile
    do throws(SystemError) {
      file = try TemporaryFile()
      try file.descriptor.writeAll(kept.take().span, target: "a temporary file")
      lseek(file.descriptor.rawValue, 0, SEEK_SET)
    } catch {
      throw SieveFailure(.ioError, "\(error)")
    }
    return try start(["/bin/sh", "-c", pager], input: .descriptor(file.descriptor.rawValue))
  }

  private func start(
    _ words: [String], input: ChildProcess.Stream
  ) throws(SieveFailure) -> ExitStatus {
    try session.output.flush()
    let status: ChildStatus
    do throws(SystemError) {
      status = try session.signals.holding { () throws(SystemError) in
        var child = try ChildProcess(
          words, environment: ProcessEnvironment.variables(without: []), input: input)
        return try child.wait(until: nil)
      }
    } catch {
      throw SieveFailure(.noInput, "\(error)")
    }
    guard case .exited(0) = status else { return .no }
    return .success
  }
}
