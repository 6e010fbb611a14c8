// The scripted answers of a run: --reply, --rules and what Postfix's letters stand for, in one engine
// for all sessions. smtp-sink(1), RULES.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import Synchronization
internal import ToolSupport

/// The rules of a run; those of the file are replaced on SIGHUP.
final class SinkRules: Sendable {
  /// What was asked for on the command line.
  struct Settings: Sendable {
    /// Of `--reply`, in its order.
    let first: [ReplyRule]
    /// `--rules`; its rules come behind those.
    let file: String?
    /// Those that letters stand for, behind all others; events have no number for them.
    let last: [ReplyRule]
    let seed: UInt64

    /// Whether there can be any rules.
    var isWanted: Bool { !first.isEmpty || file != nil || !last.isEmpty }
  }

  /// The rule that decides, and its number for events.
  struct Answer {
    let decision: SMTPDecision
    /// Nil for what a letter stands for.
    let number: Int?
  }

  /// As `--reply` and files are read.
  static var parser: ReplyRuleParser { ReplyRuleParser(compile: SinkSettings.compile) }

  private struct State {
    var engine: ReplyRuleEngine
    /// Rules that have a number.
    var numberedCount: Int
  }

  private let settings: Settings
  private let state: Guarded<State>
  /// A bit for each stage that has rules: where there are none, nobody waits for the lock.
  private let stages: Atomic<UInt64>
  private let start = ContinuousClock.now

  /// Reads the file, if there is one. Throws a `ToolFailure` of status noInput (66), ioError (74) or
  /// dataError (65).
  init(_ settings: Settings) throws(ToolFailure) {
    self.settings = settings
    let numbered = try settings.first + Self.read(settings.file)
    let engine = ReplyRuleEngine(
      numbered + settings.last, random: SeededRandom(seed: settings.seed))
    stages = Atomic(Self.stages(of: engine))
    state = Guarded(State(engine: engine, numberedCount: numbered.count))
  }

  /// Reads the file again; when it cannot be used, what was there before stays.
  func reload() throws(ToolFailure) {
    guard settings.file != nil else { return }
    let numbered = try settings.first + Self.read(settings.file)
    state.withLock { state in
      state.engine.replaceRules(numbered + settings.last)
      state.numberedCount = numbered.count
      stages.store(Self.stages(of: state.engine), ordering: .releasing)
    }
  }

  /// Whether a rule may have something to say there.
  func hasRules(for stage: ReplyRuleStage) -> Bool {
    stages.load(ordering: .acquiring) & Self.bit(of: stage) != 0
  }

  /// What the first rule that matches says; nil when none does.
  func answer(to subject: ReplyRuleSubject) -> Answer? {
    state.withLock { state in
      // Inside, so that it never goes back.
      let time = ContinuousClock.now - start
      guard let match = state.engine.match(subject, at: time) else { return nil }
      return Answer(
        decision: SMTPDecision(match.action),
        number: match.number > state.numberedCount ? nil : match.number)
    }
  }

  private static func bit(of stage: ReplyRuleStage) -> UInt64 { 1 << UInt64(stage.rawValue) }

  private static func stages(of engine: ReplyRuleEngine) -> UInt64 {
    ReplyRuleStage.allCases.filter(engine.hasRules).reduce(0) { $0 | bit(of: $1) }
  }

  // MARK: - The file

  private static func read(_ path: String?) throws(ToolFailure) -> [ReplyRule] {
    guard let path else { return [] }
    let octets: [UInt8]
    do throws(SystemError) {
      octets = try contents(of: path)
    } catch {
      throw ToolFailure(error.code == ENOENT ? .noInput : .ioError, error)
    }
    do throws(ReplyRuleError) {
      return try parser.parseFile(octets, name: path)
    } catch {
      throw ToolFailure(.dataError, error.description)
    }
  }

  /// All of a file; one octet more than a file of rules may have is enough to be told so.
  private static func contents(of path: String) throws(SystemError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open", path) }
    defer { close(descriptor) }
    var octets: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while octets.count <= ReplyRuleParser.maxFileByteCount {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError("read", path)
      }
      octets += piece[..<count]
    }
    return octets
  }
}
