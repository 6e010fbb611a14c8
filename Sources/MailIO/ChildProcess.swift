// A process started without a shell (posix_spawn), and the wait for its end. What it gets of our
// descriptors are the standard three: all others are close-on-exec. Feeding it a message is
// MessageCommand's.

internal import CLinux
internal import Glibc

/// A process that was started here, to be waited for by its owner.
package struct ChildProcess: ~Copyable {
  /// What one of the standard streams is.
  package enum Stream: Sendable {
    /// Our own.
    case inherited
    /// Nothing: `/dev/null`.
    case null
    /// A descriptor of ours, which stays open here.
    case descriptor(Int32)
  }

  /// The process group a child is in.
  package enum Group: Sendable {
    /// A new one, which `terminate` ends as a whole.
    case own
    /// Ours, so that a terminal's signals reach it.
    case ours
  }

  /// The process number.
  package let identifier: Int32
  private let group: Group
  /// Readable once the process has ended; nil where the system has no pidfd.
  private let exitDescriptor: FileDescriptor?
  private var status: ChildStatus?

  /// How often the end is looked for where there is no pidfd.
  private static let pollMilliseconds: Int32 = 10

  /// Starts `words[0]`, looked for in PATH when it holds no slash.
  ///
  /// All signals are unblocked in the child, and SIGPIPE and SIGXFSZ, which tools ignore, do what
  /// they do by default; what else was ignored when we were started (nohup) stays so.
  /// - Parameter environment: `NAME=value` each; nothing else is in the child's.
  /// - Throws: `exec` with the reason, see `SystemError.commandStatus`; EINVAL for a NUL in a word.
  package init(
    _ words: [String], environment: [String], input: Stream = .inherited,
    output: Stream = .inherited, error: Stream = .inherited, group: Group = .ours
  ) throws(SystemError) {
    guard let program = words.first, !(words + environment).contains(where: { $0.contains("\0") })
    else { throw SystemError("exec", words.first ?? "", code: EINVAL) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let null: Int32
    let nullOwner: FileDescriptor?
    if [input, output, error].contains(where: \.isNull) {
      let opened = try FileDescriptor.open("/dev/null", flags: O_RDWR, target: "/dev/null")
      null = opened.rawValue
      nullOwner = consume opened
    } else {
      null = -1
      nullOwner = nil
    }
    for (number, stream) in [(Int32(0), input), (1, output), (2, error)] {
      switch stream {
      case .inherited: break
      case .null: posix_spawn_file_actions_adddup2(&actions, null, number)
      case .descriptor(let descriptor):
        posix_spawn_file_actions_adddup2(&actions, descriptor, number)
      }
    }
    var identifier: pid_t = 0
    let code = Self.withAttributes(group) { attributes in
      Self.withCStrings(words) { words in
        Self.withCStrings(environment) { environment in
          posix_spawnp(&identifier, program, &actions, &attributes, words, environment)
        }
      }
    }
    _ = consume nullOwner
    guard code == 0 else { throw SystemError("exec", program, code: code) }
    self.identifier = identifier
    self.group = group
    let descriptor = postroom_pidfd_open(identifier)
    exitDescriptor = descriptor < 0 ? nil : FileDescriptor(owning: descriptor)
  }

  /// Waits until the process ends; at the deadline, or when `interrupt` is raised, it is killed,
  /// with its group if it has its own.
  package mutating func wait(
    until deadline: Deadline?, unless interrupt: Interrupt? = nil
  ) throws(SystemError) -> ChildStatus {
    try wait(until: deadline, unless: interrupt, feeding: nil)
  }

  /// As `wait(until:unless:)`, and writes to the child's standard input meanwhile.
  mutating func wait(
    until deadline: Deadline?, unless interrupt: Interrupt?, feeding feed: PipeFeed?
  ) throws(SystemError) -> ChildStatus {
    while true {
      if let status = try poll() { return status }
      if deadline?.hasPassed == true || interrupt?.isRaised == true { return try terminate() }
      pause(until: deadline, interrupt, or: feed)
      feed?.write()
    }
  }

  /// How the process ended, or nil as long as it runs.
  package mutating func poll() throws(SystemError) -> ChildStatus? {
    try reap(WNOHANG)
  }

  /// Kills the process, with its group if it has its own, unless it has ended.
  package mutating func terminate() throws(SystemError) -> ChildStatus {
    if let status { return status }
    switch group {
    case .own: kill(-identifier, SIGKILL)
    case .ours: kill(identifier, SIGKILL)
    }
    _ = try reap(0)
    status = .timedOut
    return .timedOut
  }

  private mutating func reap(_ options: Int32) throws(SystemError) -> ChildStatus? {
    if let status { return status }
    var waitStatus: Int32 = 0
    let result = retryingInterrupted { waitpid(identifier, &waitStatus, options) }
    // ECHILD: somebody ignores SIGCHLD, and the status is lost.
    guard result >= 0 else { throw SystemError("waitpid", "\(identifier)") }
    if result == 0 { return nil }
    status = ChildStatus(waitStatus: waitStatus)
    return status
  }

  /// Sleeps until something may be done: the end, room in the pipe, the deadline, the interrupt.
  private borrowing func pause(
    until deadline: Deadline?, _ interrupt: Interrupt?, or feed: PipeFeed?
  ) {
    var exit = pollfd(fd: -1, events: Int16(POLLIN), revents: 0)
    var timeout = deadline?.pollTimeout ?? -1
    switch exitDescriptor {
    case .some(let descriptor): exit.fd = descriptor.rawValue
    case .none:
      timeout = timeout < 0 ? Self.pollMilliseconds : min(timeout, Self.pollMilliseconds)
    }
    // A negative descriptor is passed over by poll(2).
    let pipe = pollfd(fd: feed?.rawValue ?? -1, events: Int16(POLLOUT), revents: 0)
    let end = pollfd(fd: interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
    var descriptors = [exit, pipe, end]
    _ = Glibc.poll(&descriptors, 3, timeout)
  }

  private static func withAttributes<Result>(
    _ group: Group, _ body: (inout posix_spawnattr_t) -> Result
  ) -> Result {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    sigaddset(&signals, SIGXFSZ)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    switch group {
    case .own: flags |= POSIX_SPAWN_SETPGROUP
    case .ours: break
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    return body(&attributes)
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

extension ChildProcess.Stream {
  fileprivate var isNull: Bool {
    switch self {
    case .null: true
    case .inherited, .descriptor: false
    }
  }
}
