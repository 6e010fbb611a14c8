// Takes connections from listeners and gives each a thread, up to a cap; more wait in the kernel's
// listen queue. A session whose client is silent gives its thread back (SessionParking). Running out
// of descriptors or threads delays connections, and ends nothing.

internal import Glibc

/// Accepts connections until it is told to stop.
package final class ConnectionServer: Sendable {
  /// Makes the session of one connection; called on its thread. The session owns the descriptor.
  package typealias SessionMaker = @Sendable (AcceptedSocket) -> any ServedSession

  private let listeners: [Listener]
  private let maxConnectionCount: Int
  private let maxAcceptedCount: Int?
  private let stop: Interrupt
  /// Raised when a place has come free, or the last connection has ended; cleared when heard.
  private let changed: Interrupt
  private let counts = Guarded(Counts())
  private let parking = Guarded<SessionParking?>(nil)

  private struct Counts {
    /// Until `run` has come to its end.
    var isAccepting = true
    var open = 0
    var accepted = 0
  }

  /// Takes `maxConnectionCount` connections at once, and `maxAcceptedCount` in all. `stop` ends the
  /// accepting; connections already taken go on.
  package init(
    listeners: [Listener], maxConnectionCount: Int, maxAcceptedCount: Int? = nil, stop: Interrupt
  ) throws(SystemError) {
    self.listeners = listeners
    self.maxConnectionCount = maxConnectionCount
    self.maxAcceptedCount = maxAcceptedCount
    self.stop = stop
    changed = try Interrupt()
  }

  /// Connections being served now.
  package var openCount: Int { counts.withLock { $0.open } }

  /// Starts to take connections, until `stop` is raised; then the listeners are closed: whoever comes
  /// later shall find another server, or none. `complain` hears of what went wrong, at most once a
  /// second.
  package func start(
    _ makeSession: @escaping SessionMaker, complain: @escaping @Sendable (SystemError) -> Void
  ) throws(SystemError) {
    let parking = try SessionParking { parked in self.resume(parked) }
    self.parking.withLock { $0 = parking }
    try SessionThread.start { self.run(makeSession, complain) }
  }

  private func run(
    _ makeSession: @escaping SessionMaker, _ complain: @Sendable (SystemError) -> Void
  ) {
    acceptUntilStopped(makeSession, complain)
    for listener in listeners { listener.close() }
    counts.withLock { $0.isAccepting = false }
    changed.raise()
  }

  private func acceptUntilStopped(
    _ makeSession: @escaping SessionMaker, _ complain: @Sendable (SystemError) -> Void
  ) {
    var entries = [
      pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: changed.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    entries += listeners.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    var silentUntil = Deadline.after(.zero)

    while true {
      let isFull = !hasRoom
      // While all places are taken, only the end of a connection is of interest.
      _ = poll(&entries, nfds_t(isFull ? 2 : entries.count), -1)
      if entries[0].revents != 0 { return }
      if entries[1].revents != 0 { changed.clear() }
      guard !isFull else { continue }
      for (index, listener) in listeners.enumerated() where entries[index + 2].revents != 0 {
        do throws(SystemError) {
          try acceptAll(from: listener, makeSession)
        } catch {
          if silentUntil.hasPassed {
            complain(error)
            silentUntil = .after(.seconds(1))
          }
          // Out of descriptors, memory or threads: they come back when connections end.
          if stop.wait(until: .after(.milliseconds(50))) { return }
        }
      }
    }
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

  private func acceptAll(
    from listener: Listener, _ makeSession: @escaping SessionMaker
  ) throws(SystemError) {
    while hasRoom, let socket = try listener.accept() {
      counts.withLock {
        $0.open += 1
        $0.accepted += 1
      }
      do throws(SystemError) {
        try SessionThread.start { self.serve(makeSession(socket)) }
      } catch {
        close(socket.descriptor)
        counts.withLock { $0.accepted -= 1 }
        connectionEnded()
        throw error
      }
    }
  }

  /// Has a session go on until it ends or waits.
  private func serve(_ session: any ServedSession) {
    guard let pause = session.proceed() else {
      connectionEnded(leavesPlace: !session.wasSession)
      return
    }
    let parked = ParkedSession(session: session, pause: pause)
    parking.withLock { $0 }?.park(parked)
  }

  private func resume(_ parked: ParkedSession) -> Bool {
    do throws(SystemError) {
      try SessionThread.start { self.serve(parked.session) }
      return true
    } catch {
      return false
    }
  }

  private var hasRoom: Bool {
    let (open, accepted) = counts.withLock { ($0.open, $0.accepted) }
    return open < maxConnectionCount && accepted < maxAcceptedCount ?? .max
  }

  private func connectionEnded(leavesPlace: Bool = false) {
    let mattered = counts.withLock {
      $0.open -= 1
      if leavesPlace { $0.accepted -= 1 }
      return $0.open == 0 || $0.open == maxConnectionCount - 1 || leavesPlace
    }
    if mattered { changed.raise() }
  }
}
