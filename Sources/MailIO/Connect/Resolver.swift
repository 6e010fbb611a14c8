// From a host's name to addresses, by getaddrinfo(3): so `/etc/hosts`, nsswitch.conf and the
// system's own resolver have their say. It blocks, and cannot be ended; it runs on a thread of its
// own that is left behind when time is up, and ends when getaddrinfo(3) does.

internal import Glibc

/// Looks hosts up.
package enum Resolver {
  /// Look-ups that may be left behind and still run, in the whole process; while they do, there is
  /// no further one.
  package static let maxAbandonedCount = 32

  /// The longest host name in octets.
  package static let maxHostByteCount = 255

  /// Octets of stack: what modules of nsswitch.conf need is theirs to say.
  private static let stackByteCount = 1 << 20

  private static let abandonedCount = Guarded(0)

  /// The addresses of a host, numeric or a name, the best first, each once, with a port.
  ///
  /// An IPv6 address may have a zone (`fe80::1%eth0`), and has no brackets. Throws `unknownHost`
  /// when there is none, `lookupFailed` when that is not known by the deadline, `interrupted`.
  package static func addresses(
    of host: String, port: UInt16, family: AddressFamily = .any, until deadline: Deadline,
    unless interrupt: Interrupt?
  ) throws(ConnectError) -> [SocketAddress] {
    try addresses(
      of: Question(host: host, port: port, family: family), until: deadline, unless: interrupt,
      asking: { $0.ask(flags: AI_NUMERICSERV) })
  }

  /// Whether a host is an address already, IPv4 or IPv6 without brackets.
  package static func isAddress(_ host: String) -> Bool {
    let question = Question(host: host, port: 0, family: .any)
    guard case .addresses = question.ask(flags: AI_NUMERICHOST | AI_NUMERICSERV) else {
      return false
    }
    return true
  }

  /// What is asked.
  struct Question: Sendable {
    let host: String
    let port: UInt16
    let family: AddressFamily

    /// Asks getaddrinfo(3), however long that takes.
    func ask(flags: Int32) -> Answer {
      var hints = addrinfo()
      hints.ai_family = family.number
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      hints.ai_flags = flags
      var found: UnsafeMutablePointer<addrinfo>?
      let status = getaddrinfo(host, String(port), &hints, &found)
      guard status == 0 else { return .status(status, errno: errno) }
      defer { freeaddrinfo(found) }
      var addresses: [SocketAddress] = []
      var seen: Set<String> = []
      var entry = found
      while let current = entry {
        let address = SocketAddress(
          copying: current.pointee.ai_addr, length: current.pointee.ai_addrlen)
        if seen.insert(address.text).inserted { addresses.append(address) }
        entry = current.pointee.ai_next
      }
      return .addresses(addresses)
    }
  }

  /// What came back.
  enum Answer: Sendable {
    case addresses([SocketAddress])
    /// A status of getaddrinfo(3), and errno.
    case status(Int32, errno: Int32)
  }

  /// As above, with somebody else to ask.
  static func addresses(
    of question: Question, until deadline: Deadline, unless interrupt: Interrupt?,
    asking ask: @escaping @Sendable (Question) -> Answer
  ) throws(ConnectError) -> [SocketAddress] {
    let host = question.host
    guard !host.isEmpty, host.utf8.count <= maxHostByteCount, !host.utf8.contains(0) else {
      throw .unknownHost(host, reason: "not a host name")
    }
    // An address needs nobody to be asked.
    if case .addresses(let found) = question.ask(flags: AI_NUMERICHOST | AI_NUMERICSERV) {
      return found
    }
    switch try waitForAnswer(to: question, until: deadline, unless: interrupt, asking: ask) {
    case .addresses(let found):
      guard !found.isEmpty else { throw .unknownHost(host, reason: "it has no address") }
      return found
    case .status(let status, let code): throw error(host, status, code)
    }
  }

  // MARK: - The thread

  /// One look-up, shared by the thread that does it and the one that waits for it.
  private final class Lookup: Sendable {
    private enum State {
      case running, abandoned
      case answered(Answer)
    }

    /// Raised when there is an answer.
    let end: Interrupt
    private let state = Guarded(State.running)

    init() throws(SystemError) { end = try Interrupt() }

    func finish(_ answer: Answer) {
      let wasAbandoned = state.withLock { state in
        defer { state = .answered(answer) }
        if case .abandoned = state { return true }
        return false
      }
      if wasAbandoned { Resolver.abandonedCount.withLock { $0 -= 1 } }
      end.raise()
    }

    /// The answer; without one the look-up is left to itself.
    func take() -> Answer? {
      state.withLock { state in
        if case .answered(let answer) = state { return answer }
        state = .abandoned
        Resolver.abandonedCount.withLock { $0 += 1 }
        return nil
      }
    }
  }

  private static func waitForAnswer(
    to question: Question, until deadline: Deadline, unless interrupt: Interrupt?,
    asking ask: @escaping @Sendable (Question) -> Answer
  ) throws(ConnectError) -> Answer {
    guard abandonedCount.withLock({ $0 }) < maxAbandonedCount else {
      throw .lookupFailed(question.host, reason: "too many look-ups have no answer yet")
    }
    let lookup: Lookup
    let outcome: DescriptorWait.Outcome
    do throws(SystemError) {
      let started = try Lookup()
      lookup = started
      try SessionThread.start(stackByteCount: stackByteCount) { started.finish(ask(question)) }
      outcome = try DescriptorWait.input(
        of: lookup.end.descriptor, until: deadline, unless: interrupt)
    } catch {
      throw .local(error)
    }
    if let answer = lookup.take(), outcome != .interrupted { return answer }
    if outcome == .interrupted { throw .interrupted(host: question.host) }
    throw .lookupFailed(question.host, reason: "no answer in time")
  }

  private static func error(_ host: String, _ status: Int32, _ code: Int32) -> ConnectError {
    let reason =
      status == EAI_SYSTEM
      ? String(cString: strerror(code)) : String(cString: gai_strerror(status))
    switch status {
    // Nothing there (EAI_NODATA and EAI_ADDRFAMILY are -5 and -9, and not in POSIX).
    case EAI_NONAME, -5, -9: return .unknownHost(host, reason: reason)
    default: return .lookupFailed(host, reason: reason)
    }
  }
}
