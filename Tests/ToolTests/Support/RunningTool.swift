// A tool as a process: started with arguments, an environment and descriptors, looked at from
// outside. Its streams go into files, so that no test has to drain a pipe.

import CLinux
import Glibc
import TestSupport
import Testing

/// How a process ended, and what it left on its streams.
struct ToolEnd {
  /// The exit status, or -N when signal N ended it.
  let status: Int32
  let output: [UInt8]
  let errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
  var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false) }
}

/// Both ends of a pipe that no child gets by accident.
struct TestPipe {
  let reader: Int32
  let writer: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    precondition(postroom_pipe2(&ends, O_CLOEXEC) == 0)
    (reader, writer) = (ends[0], ends[1])
  }
}

final class RunningTool {
  /// Longer than anything takes on a loaded machine; what goes on longer is a failure.
  static let patience: Int32 = 30_000

  let identifier: pid_t
  private let scratch = ScratchDirectory()
  private let exitDescriptor: Int32
  private var isReaped = false
  /// What the tool wrote to its `--ready-fd`, a line an address.
  private(set) var addresses: [String] = []

  /// Starts a program as it is.
  /// - Parameters:
  ///   - output: what stdout is, instead of a file.
  ///   - descriptors: more descriptors of the child, and which of ours they are.
  init(
    program: String, _ arguments: [String], environment: [String] = [], output: Int32? = nil,
    descriptors: [Int32: Int32] = [:]
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    if let output {
      posix_spawn_file_actions_adddup2(&actions, output, 1)
    } else {
      posix_spawn_file_actions_addopen(
        &actions, 1, scratch["stdout"], O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    posix_spawn_file_actions_addopen(
      &actions, 2, scratch["stderr"], O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // High first, so that none is overwritten before it is copied.
    for (theirs, ours) in descriptors {
      posix_spawn_file_actions_adddup2(&actions, ours, theirs + 400)
    }
    // What the test runner left open is not for our children.
    for number in Int32(3)..<60 { posix_spawn_file_actions_addclose(&actions, number) }
    for (theirs, _) in descriptors {
      posix_spawn_file_actions_adddup2(&actions, theirs + 400, theirs)
      posix_spawn_file_actions_addclose(&actions, theirs + 400)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGTERM, SIGINT, SIGCHLD, SIGHUP] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    // What the sanitizers are told holds for the tools as well.
    let names = ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"]
    let sanitizers = names.compactMap { (name: String) -> String? in
      getenv(name).map { value in "\(name)=\(String(cString: value))" }
    }
    let own = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + sanitizers + environment
    var variables: [UnsafeMutablePointer<CChar>?] = own.map { strdup($0) }
    variables.append(nil)
    defer { for copy in words + variables { free(copy) } }
    var started: pid_t = 0
    let code = posix_spawnp(&started, program, &actions, &attributes, &words, &variables)
    try #require(code == 0, "\(program): \(String(cString: strerror(code)))")
    identifier = started
    exitDescriptor = postroom_pidfd_open(started)
    try #require(exitDescriptor >= 0)
  }

  /// Starts smtp-sink, on a free port of 127.0.0.1 unless told otherwise, and waits until it
  /// listens or has ended.
  /// - Parameter prefix: what is run in its place, with smtp-sink and its arguments behind.
  convenience init(
    sink arguments: [String], at addresses: [String] = ["127.0.0.1:0"], command: [String] = [],
    environment: [String] = [], output: Int32? = nil, descriptors: [Int32: Int32] = [:],
    prefix: [String] = []
  ) throws {
    let ready = TestPipe()
    let words =
      prefix + [Self.sinkPath] + arguments + ["--ready-fd", "60"] + addresses
      + (command.isEmpty ? [] : ["--"] + command)
    var descriptors = descriptors
    descriptors[60] = ready.writer
    do {
      try self.init(
        program: words[0], Array(words.dropFirst()), environment: environment, output: output,
        descriptors: descriptors)
    } catch {
      close(ready.reader)
      close(ready.writer)
      throw error
    }
    close(ready.writer)
    self.addresses = String(decoding: readToEnd(ready.reader), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    close(ready.reader)
  }

  deinit {
    if !isReaped {
      kill(-identifier, SIGKILL)
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    }
    close(exitDescriptor)
  }

  /// The port of the first address.
  var port: UInt16 {
    get throws {
      let first = try #require(addresses.first, "not listening: \(scratch.text("stderr"))")
      return try #require(first.split(separator: ":").last.flatMap { UInt16($0) })
    }
  }

  func client() throws -> TestClient { try TestClient(port: port) }

  /// What stderr holds by now.
  var errorsSoFar: String { scratch.text("stderr") }

  func signal(_ number: Int32) { kill(identifier, number) }

  /// Waits for the end; false when there is none in so many milliseconds.
  func hasEnded(within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: exitDescriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let count = poll(&entry, 1, milliseconds)
      if count >= 0 || errno != EINTR { return count > 0 }
    }
  }

  /// Waits for the end.
  func end(_ location: SourceLocation = #_sourceLocation) throws -> ToolEnd {
    try #require(hasEnded(within: Self.patience), "still running", sourceLocation: location)
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    isReaped = true
    let signal = status & 0x7F
    return ToolEnd(
      status: signal == 0 ? status >> 8 & 0xFF : -signal, output: scratch.read("stdout") ?? [],
      errors: scratch.text("stderr"))
  }

  /// Sends a signal and waits for the end.
  func end(by number: Int32, _ location: SourceLocation = #_sourceLocation) throws -> ToolEnd {
    signal(number)
    return try end(location)
  }

  /// Runs smtp-sink to its end; for command lines that end by themselves.
  static func run(_ arguments: [String], environment: [String] = []) throws -> ToolEnd {
    try RunningTool(program: sinkPath, arguments, environment: environment).end()
  }

  static let sinkPath = path(of: "smtp-sink")
  static let sievectlPath = path(of: "sievectl")

  /// An executable, which the build puts beside the test bundle or above it.
  private static func path(of tool: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    var directory = String(
      decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)[...]
    while let slash = directory.lastIndex(of: "/") {
      directory = directory[..<slash]
      let candidate = "\(directory)/\(tool)"
      var status = stat()
      if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return candidate }
    }
    preconditionFailure("\(tool) is not beside the tests")
  }
}

/// Waits until something becomes true that a process does in its own time.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<3000 {
    if condition() { return true }
    usleep(10_000)
  }
  return condition()
}
