// Connections to several addresses of one host under way at once; the first to stand is kept, the
// others are closed.

internal import Glibc

/// One race. `run` is called once.
struct ConnectRace {
  private let host: String
  private let source: SocketAddress?
  private let stagger: Duration
  private let port: UInt16?
  private var waiting: ArraySlice<SocketAddress>
  private var running: [(descriptor: Int32, address: SocketAddress)] = []
  private var attempts: [ConnectAttempt] = []

  init(_ addresses: [SocketAddress], host: String, source: SocketAddress?, stagger: Duration) {
    self.host = host
    self.source = source
    self.stagger = stagger
    port = addresses.first?.port
    waiting = addresses[...]
  }

  /// Gives a connected, blocking socket.
  mutating func run(
    until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> (descriptor: Int32, peer: SocketAddress) {
    defer { for entry in running { close(entry.descriptor) } }
    var nextStart = Deadline.after(.zero)
    while true {
      if running.isEmpty || nextStart.hasPassed, let address = waiting.popFirst() {
        if let winner = try start(address) { return winner }
        nextStart = .after(stagger)
        // One that fails at once does not hold up the next.
        if running.isEmpty { continue }
      }
      guard !running.isEmpty else {
        throw .unreachable(host: host, port: port, attempts)
      }
      var entries = running.map { pollfd(fd: $0.descriptor, events: Int16(POLLOUT), revents: 0) }
      let limit = waiting.isEmpty ? deadline : min(deadline, nextStart)
      switch try poll(&entries, until: limit, unless: interrupt) {
      case .ready:
        if let winner = finish(entries) { return winner }
        nextStart = .after(.zero)
      case .interrupted: throw .interrupted(host: host)
      case .timedOut: break
      }
      if deadline.hasPassed {
        attempts += running.map { ConnectAttempt($0.address.host, "timed out") }
        throw .unreachable(host: host, port: port, attempts)
      }
    }
  }

  private func poll(
    _ entries: inout [pollfd], until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> DescriptorWait.Outcome {
    do throws(SystemError) {
      return try DescriptorWait.poll(&entries, until: deadline, unless: interrupt)
    } catch {
      throw .local(error)
    }
  }

  /// Starts one; gives it when it stands at once.
  private mutating func start(
    _ address: SocketAddress
  ) throws(ConnectError) -> (descriptor: Int32, peer: SocketAddress)? {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else {
      // A kernel without the family is as good as a network without it.
      guard errno == EAFNOSUPPORT else { throw .local(SystemError("socket", host)) }
      note(address, errno)
      return nil
    }
    if let source {
      do throws(ConnectError) {
        try Self.bind(descriptor, to: source)
      } catch {
        close(descriptor)
        throw error
      }
    }
    if address.withPointer({ connect(descriptor, $0, $1) }) == 0 {
      return winner(descriptor, address)
    }
    switch errno {
    // A connect(2) that a signal disturbs goes on by itself.
    case EINPROGRESS, EINTR: running.append((descriptor, address))
    case EACCES where address.port == nil, EPERM where address.port == nil:
      let failure = SystemError("connect", host)
      close(descriptor)
      throw .local(failure)
    default:
      // A unix socket with a full queue says EAGAIN.
      note(address, errno)
      close(descriptor)
    }
    return nil
  }

  private static func bind(_ descriptor: Int32, to source: SocketAddress) throws(ConnectError) {
    var on: Int32 = 1
    if source.port != 0 {
      let size = socklen_t(MemoryLayout<Int32>.size)
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    }
    guard source.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
      throw .local(SystemError("bind", source.text))
    }
  }

  /// Looks at those that have something to say; gives the first that stands.
  private mutating func finish(
    _ entries: [pollfd]
  ) -> (descriptor: Int32, peer: SocketAddress)? {
    var still: [(descriptor: Int32, address: SocketAddress)] = []
    var found: (descriptor: Int32, peer: SocketAddress)?
    for (entry, (descriptor, address)) in zip(entries, running) {
      guard found == nil, entry.revents != 0 else {
        still.append((descriptor, address))
        continue
      }
      var code: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
      if code == 0 {
        found = winner(descriptor, address)
      } else {
        note(address, code)
        close(descriptor)
      }
    }
    running = still
    return found
  }

  /// What stands is kept, but for one thing: a socket that was given the very port that it connects
  /// to is connected to itself (TCP's simultaneous open), and nobody is there.
  private mutating func winner(
    _ descriptor: Int32, _ address: SocketAddress
  ) -> (descriptor: Int32, peer: SocketAddress)? {
    let own = SocketAddress { pointer, length in getsockname(descriptor, pointer, &length) }
    if let port = own.port, port == address.port, own.host == address.host {
      note(address, ECONNREFUSED)
      close(descriptor)
      return nil
    }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    return (descriptor, address)
  }

  private mutating func note(_ address: SocketAddress, _ code: Int32) {
    let name = address.port == nil ? "" : address.host
    attempts.append(ConnectAttempt(name, String(cString: strerror(code))))
  }
}
