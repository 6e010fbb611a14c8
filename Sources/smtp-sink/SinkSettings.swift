// The command line, checked: what can be judged without touching the system is judged here.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// What smtp-sink was told to do.
struct SinkSettings: Sendable {
  /// What comes to stdout.
  enum StandardOutput: Equatable, Sendable {
    case messages(PrintStyle)
    case events
  }

  /// Who may log in, and how.
  struct Authentication: Sendable {
    let usersTarget: String?
    let takesAnybody: Bool
    /// Nil is all that can be served.
    let mechanisms: [SASLMechanismName]?
    let exposesPlainText: Bool
    let host: String
  }

  let addresses: [ListenAddress]
  let backlog: Int32
  let families: Listener.Families
  let maxConnectionCount: Int
  let portFile: String?
  let readyDescriptor: Int32?
  let runAs: String?
  let rootDirectory: String?
  let timeout: Duration
  let drain: Duration

  let configuration: SMTPServerConfiguration
  let maxHeaderByteCount: Int
  let tls: TLSServerOptions
  let authentication: Authentication
  let trust: SinkTrust
  let rules: SinkRules.Settings

  let maildir: String?
  let split: SinkSplit?
  let mbox: String?
  let dumps: SinkDumps
  let execWords: [String]?
  let durability: DurabilityLevel
  let lineEnds: LineEnds
  let addsEnvelopeHeaders: Bool

  let standardOutput: StandardOutput
  let endsRecordsWithNul: Bool
  let eventsTarget: String?
  let traceTarget: String?
  let tracesToStderr: Bool

  let maxMessageCount: Int?
  /// Also bounded by the connections that were inherited, when there are no other addresses.
  var maxSessionCount: Int?
  let wait: Duration?
  let expectations: [SMTPExpectation]
  let command: [String]

  /// Throws a `ToolFailure` of status usage (64) or dataError (65).
  init(_ line: SMTPSink, command: [String]) throws(ToolFailure) {
    try line.postfix.check()
    (addresses, backlog) = try Self.addresses(
      line.addresses, isQuiet: line.output.quiet > 0)
    families =
      switch (line.listening.ipv4, line.listening.ipv6) {
      case (true, false): .ipv4
      case (false, true): .ipv6
      case (true, true), (false, false): .both
      }
    maxConnectionCount = try Self.atLeastOne(line.listening.maxConnections, "--max-connections")
    portFile = line.listening.portFile
    readyDescriptor = line.listening.readyFd
    runAs = line.listening.runAs
    rootDirectory = line.listening.chroot
    timeout = line.listening.timeout.duration
    guard timeout > .zero else { throw ToolFailure(.usage, "--timeout takes a time above 0") }
    drain = line.listening.drain.duration

    tls = line.tls
    try tls.check()
    trust = try SinkTrust(line.proxies)
    rules = try Self.rules(line.rules)
    var configuration = try Self.configuration(
      line.dialogue, line.limits, line.tls, line.logins)
    configuration.forwarding = trust.knownForwarding
    Self.apply(line.rules, to: &configuration)
    self.configuration = configuration
    authentication = try Self.authentication(line.logins, host: configuration.hostname.text)
    maxHeaderByteCount = line.limits.limitHeaders.byteCount

    maildir = line.stores.maildir
    split = line.stores.split
    guard split == nil || maildir != nil else {
      throw ToolFailure(.usage, "--split needs --maildir")
    }
    mbox = line.stores.mbox
    dumps = try SinkDumps(line.stores)
    if let mbox, mbox == line.stores.dumpAll {
      throw ToolFailure(.usage, "--mbox and --dump-all name one file, and its form can be but one")
    }
    execWords = try line.stores.exec.map { (text) throws(ToolFailure) in
      do throws(CommandWords.Failure) {
        let words = try CommandWords.split(text)
        if !words.isEmpty { return words }
      } catch {
        throw ToolFailure(.usage, "--exec '\(text)': \(error)")
      }
      throw ToolFailure(.usage, "--exec takes a command")
    }
    durability = line.stores.sync
    lineEnds = line.stores.eol
    addsEnvelopeHeaders = line.stores.envelopeHeaders

    self.command = command
    let hasStore = maildir != nil || mbox != nil || dumps.isWanted || execWords != nil
    if line.output.json {
      guard line.output.print == nil else {
        throw ToolFailure(.usage, "--json and --print both want stdout; --events takes a file")
      }
      standardOutput = .events
    } else if let print = line.output.print {
      standardOutput = .messages(print)
    } else {
      // A command's stdout is its own.
      standardOutput = .messages(!command.isEmpty ? .none : hasStore ? .path : .line)
    }
    endsRecordsWithNul = line.output.nul
    eventsTarget = line.output.events
    traceTarget = line.output.trace
    tracesToStderr = line.diagnosticsLevel >= .dialogue

    maxMessageCount = try line.end.count.map { (count) throws(ToolFailure) in
      try Self.atLeastOne(count, "--count")
    }
    maxSessionCount = try line.end.sessions.map { (count) throws(ToolFailure) in
      try Self.atLeastOne(count, "--sessions")
    }
    wait = line.end.wait?.duration
    expectations = try Self.expectations(line.end.expect)
  }

  /// Whether there is something to wait for besides COMMAND's end.
  var hasTarget: Bool {
    maxMessageCount != nil || maxSessionCount != nil || !expectations.isEmpty
  }

  private static func addresses(
    _ words: [String], isQuiet: Bool
  ) throws(ToolFailure) -> ([ListenAddress], Int32) {
    var words = words
    var backlog: Int32 = 1024
    // Postfix's form: a bare number behind the addresses is the listen queue.
    if let last = words.last, let number = Int32(last), number > 0, words.count > 1 {
      backlog = number
      words.removeLast()
    }
    var addresses: [ListenAddress] = []
    for word in words {
      guard let address = ListenAddress(word) else {
        if isQuiet && PostfixFaults.isList(word) {
          throw ToolFailure(
            .usage, "-q is less output here; to close at '\(word)': --reply 'CMD: close'")
        }
        throw ToolFailure(
          .usage, "'\(word)' is no address: [inet:][HOST]:PORT, unix:PATH or fd:N")
      }
      addresses.append(address)
    }
    return (addresses, backlog)
  }

  private static func atLeastOne(_ number: Int, _ option: String) throws(ToolFailure) -> Int {
    guard number > 0 else { throw ToolFailure(.usage, "\(option) takes a number above 0") }
    return number
  }

  /// Compiles the regular expressions of expectations and rules.
  static func compile(
    _ pattern: String
  ) -> Result<SMTPExpectation.TextTest, SMTPExpectationParser.PatternError> {
    do throws(PosixPattern.Failure) {
      let compiled = try PosixPattern(pattern, options: .ignoringCase)
      return .success { compiled.matches($0.span) }
    } catch {
      return .failure(SMTPExpectationParser.PatternError(reason: "\(error)"))
    }
  }

  private static func expectations(
    _ texts: [String]
  ) throws(ToolFailure) -> [SMTPExpectation] {
    let parser = SMTPExpectationParser(compile: compile)
    var expectations: [SMTPExpectation] = []
    for text in texts {
      do throws(SMTPExpectationError) {
        expectations.append(try parser.parse(text))
      } catch {
        throw ToolFailure(.dataError, "--expect '\(text)', column \(error.column): \(error.reason)")
      }
    }
    return expectations
  }
}
