// Takes connections from listeners and serves each on a thread, up to a cap; more wait in the kernel's
// listen queue. Threads without a session wait together in epoll(7), and the one that takes a connection
// serves it: no other is woken, and one started only when nobody is left to wait. A session whose client
// is silent gives its thread back (SessionParking). Running out of descriptors or threads delays
// connections, and ends nothing.

internal import CLinux
internal import Glibc

/// Accepts connections until it is told to stop.
package final class ConnectionServer: Sendable {
  /// Makes the session of one connection; called on its thread. The session owns the descriptor.
  package typealias SessionMaker = @Sendable (AcceptedSocket) -> any ServedSession

  private let listeners: [Listener]
  private let maxConnectionCount: Int
  private let maxAcceptedCount: Int
  private let stop: Interrupt
  /// Raised when the last connection has ended, or the listeners are closed; cleared when heard.
  private let changed: Interrupt
  /// What idle threads wait in: `stop`, and the listeners while there is room.
  private let epoll: Int32
  private let counts = Guarded(Counts())
  private let parking = Guarded<SessionParking?>(nil)

  private struct Counts {
    /// Until the listeners are closed.
    var isAccepting = true
    /// Threads that wait for a connection, or are about to.
    var idle = 0
    var open = 0
    var accepted = 0
    /// No complaint before then.
    var nextComplaint = Deadline.after(.zero)
  }

  /// What becomes of connections, and of errors.
  private struct Service: Sendable {
    let makeSession: SessionMaker
    let complain: @Sendable (SystemError) -> Void
  }

  /// Threads that may be idle at once, some 12 KiB each, and for how long; one stays.
  private static let maxIdleCount = 64
  private static let maxIdleMilliseconds: Int32 = 2000

  /// Takes `maxConnectionCount` connections at once, and `maxAcceptedCount` in all. `stop` ends the
  /// accepting; connections already taken go on.
  package init(
    listeners: [Listener], maxConnectionCount: Int, maxAcceptedCount: Int? = nil, stop: Interrupt
  ) throws(SystemError) {
    self.listeners = listeners
    self.maxConnectionCount = maxConnectionCount
    self.maxAcceptedCount = maxAcceptedCount ?? .max
    self.stop = stop
    changed = try Interrupt()
    epoll = postroom_epoll_create1(Int32(POSTROOM_CLOEXEC))
    guard epoll >= 0 else { throw SystemError("epoll_create1") }
  }

  deinit { close(epoll) }

  /// Connections being served now.
  package var openCount: Int { counts.withLock { $0.open } }

  /// Starts to take connections, until `stop` is raised; then the listeners are closed: whoever comes
  /// later shall find another server, or none. `complain` hears of what went wrong, at most once a
  /// second.
  /// - Parameter connections: taken already; they are served first, and are the
  ///   server's to close.
  package func start(
    with connections: [AcceptedSocket] = [], _ makeSession: @escaping SessionMaker,
    complain: @escaping @Sendable (SystemError) -> Void
  ) throws(SystemError) {
    let service = Service(makeSession: makeSession, complain: complain)
    let parking = try SessionParking { parked in self.resume(parked, service) }
    self.parking.withLock { $0 = parking }
    postroom_epoll_watch(epoll, stop.descriptor)
    for listener in listeners { postroom_epoll_watch(epoll, listener.descriptor) }
    for socket in connections {
      counts.withLock { counts in
        counts.open += 1
        counts.accepted += 1
      }
      try startThread(service) { self.serve(service.makeSession(socket), service) }
    }
    counts.withLock { $0.idle += 1 }
    try SessionThread.start { self.takeConnections(service) }
  }

  /// Waits until accepting has ended and no connection is open; false when the deadline came first.
  package func waitUntilIdle(until deadline: Deadline) -> Bool {
    while !isIdle {
      guard changed.wait(until: deadline) else { return isIdle }
      changed.clear()
    }
    parking.withLock { parking in
      parking?.end()
      parking = nil
    }
    return true
  }

  private var isIdle: Bool { counts.withLock { !$0.isAccepting && $0.open == 0 } }

  // MARK: - Idle threads

  /// The life of a thread that is counted as idle.
  private func takeConnections(_ service: Service) {
    while let socket = nextConnection(service) {
      serve(service.makeSession(socket), service)
      guard becomeIdle() else { return }
    }
  }

  /// Waits for a connection and takes it; nil when the thread has to end. It is idle no longer then.
  private func nextConnection(_ service: Service) -> AcceptedSocket? {
    while !stop.isRaised {
      do throws(SystemError) {
        switch waitForListener() {
        case .ready(let listener):
          guard let socket = try take(from: listener) else { continue }
          leaveIdle(service)
          return socket
        case .nothing: continue
        case .spare: return nil
        }
      } catch {
        complain(error, service)
        // Out of descriptors or memory: they come back when connections end.
        _ = stop.wait(until: .after(.milliseconds(50)))
      }
    }
    leaveIdle(service)
    return nil
  }

  private enum Wait {
    case ready(Listener)
    /// `stop` is raised, or another thread was faster.
    case nothing
    /// The thread is one too many, and counted as idle no longer.
    case spare
  }

  /// Waits for a listener to have a connection.
  private func waitForListener() -> Wait {
    var event = postroom_epoll_event()
    let isAlone = counts.withLock { $0.idle == 1 }
    let count = postroom_epoll_wait(epoll, &event, 1, isAlone ? -1 : Self.maxIdleMilliseconds)
    if count == 0 {
      let isSpare = counts.withLock { counts in
        guard counts.idle > 1 else { return false }
        counts.idle -= 1
        return true
      }
      return isSpare ? .spare : .nothing
    }
    let descriptor = event.data
    guard count == 1, let ready = listeners.first(where: { $0.descriptor == descriptor }) else {
      return .nothing
    }
    return .ready(ready)
  }

  private func becomeIdle() -> Bool {
    counts.withLock { counts in
      guard counts.isAccepting, counts.idle < Self.maxIdleCount else { return false }
      counts.idle += 1
      return true
    }
  }

  /// The last to leave sees to it that someone waits on, or closes the listeners when that is over.
  private func leaveIdle(_ service: Service) {
    let isLast = counts.withLock { counts in
      counts.idle -= 1
      return counts.idle == 0
    }
    guard isLast else { return }
    guard !stop.isRaised else { return closeListeners() }
    counts.withLock { $0.idle += 1 }
    do throws(SystemError) {
      try SessionThread.start { self.takeConnections(service) }
    } catch {
      // This one has a session; it waits again when that is over, or put aside.
      counts.withLock { $0.idle -= 1 }
      complain(error, service)
    }
  }

  private func closeListeners() {
    counts.withLock { counts in
      guard counts.isAccepting else { return }
      for listener in listeners { listener.close() }
      counts.isAccepting = false
    }
    changed.raise()
  }

  // MARK: - Sessions

  /// Takes a connection, if there is room and nobody was faster.
  private func take(from listener: Listener) throws(SystemError) -> AcceptedSocket? {
    guard reserve() else { return nil }
    do throws(SystemError) {
      if let socket = try listener.accept() { return socket }
    } catch {
      giveBack()
      throw error
    }
    giveBack()
    return nil
  }

  /// Has a session go on until it ends or waits.
  private func serve(_ session: any ServedSession, _ service: Service) {
    guard let pause = session.proceed() else {
      return session.wasSession ? connectionEnded() : giveBack()
    }
    let parked = ParkedSession(session: session, pause: pause)
    parking.withLock { $0 }?.park(parked)
  }

  private func resume(_ parked: ParkedSession, _ service: Service) -> Bool {
    let handover = Handover(parked.session)
    do throws(SystemError) {
      try startThread(service) {
        if let session = handover.take() { self.serve(session, service) }
      }
      return true
    } catch {
      return false
    }
  }

  /// A session on its way to a thread, which lives on behind it: the thread must not keep the session,
  /// nor with it the connection.
  private final class Handover: @unchecked Sendable {
    private var session: (any ServedSession)?

    init(_ session: any ServedSession) { self.session = session }

    func take() -> (any ServedSession)? { session.take() }
  }

  /// Runs `body` on a new thread, which is idle behind it.
  private func startThread(
    _ service: Service, _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    try SessionThread.start {
      body()
      if self.becomeIdle() { self.takeConnections(service) }
    }
  }

  // MARK: - Room

  /// Takes a place for a connection; the last one taken has the others wait in the listen queue.
  private func reserve() -> Bool {
    counts.withLock { counts in
      guard hasRoom(counts) else { return false }
      counts.open += 1
      counts.accepted += 1
      if !hasRoom(counts) {
        for listener in listeners { postroom_epoll_remove(epoll, listener.descriptor) }
      }
      return true
    }
  }

  /// Gives back a place that no connection was there for, or one that was no session.
  private func giveBack() { release { $0.accepted -= 1 } }

  private func connectionEnded() { release { _ in } }

  private func release(_ change: (inout Counts) -> Void) {
    let isLast = counts.withLock { counts in
      let wasFull = !hasRoom(counts)
      counts.open -= 1
      change(&counts)
      if wasFull && counts.isAccepting && hasRoom(counts) {
        for listener in listeners { postroom_epoll_watch(epoll, listener.descriptor) }
      }
      return counts.open == 0
    }
    if isLast { changed.raise() }
  }

  private func hasRoom(_ counts: Counts) -> Bool {
    counts.open < maxConnectionCount && counts.accepted < maxAcceptedCount
  }

  private func complain(_ error: SystemError, _ service: Service) {
    let isDue = counts.withLock { counts in
      guard counts.nextComplaint.hasPassed else { return false }
      counts.nextComplaint = .after(.seconds(1))
      return true
    }
    if isDue { service.complain(error) }
  }
}
