// Where sessions wait whose clients are silent: one thread with epoll(7) for all of them, instead of
// a thread each. A waiting thread costs 8 KiB of stack and thread-local data at the least, and some
// more that the allocator keeps for it, and containers count threads; a parked session costs what it
// knows. Measured with 10,000 idle clients: 137 MB with threads, see contrib/bench for today's.
//
// No dialogue runs here. A session comes when it has nothing to do, and leaves for a thread of its
// own when there is something.

internal import CLinux
internal import Glibc

/// A session that can be put aside while its client is silent. Used by one thread at a time.
package protocol ServedSession: AnyObject {
  /// Goes on until the session ends (nil) or has to wait.
  func proceed() -> SessionPause?
  /// Whether it was a session at all, once it has ended: a connection that was none leaves its place
  /// among those that a server takes to another.
  var wasSession: Bool { get }
}

extension ServedSession {
  package var wasSession: Bool { true }
}

/// A session on its way from one thread to another; nobody else has it meanwhile.
struct ParkedSession: @unchecked Sendable {
  let session: any ServedSession
  let pause: SessionPause
}

/// Keeps sessions that wait, and sends each off when its wait is over.
final class SessionParking: Sendable {
  /// Has a session go on elsewhere; false when it cannot be, for want of a thread.
  typealias Resume = @Sendable (ParkedSession) -> Bool

  private struct State {
    var sessions: [Int32: ParkedSession] = [:]
    /// Interrupts that sessions wait for, by descriptor.
    var interrupts: [Int32: Interrupt] = [:]
    /// No deadline is sooner than this.
    var earliest = Deadline.never
  }

  private let epoll: Int32
  /// Raised when there is something for the thread to see besides descriptors.
  private let changed: Interrupt
  private let ending: Interrupt
  private let state = Guarded(State())
  private let resume: Resume

  private static let maxEventCount = 256
  /// How long a session waits that should go on when there is no thread for it.
  private static let retryMilliseconds = 50

  /// Makes a parking and starts its thread, which ends when `end` is called.
  init(_ resume: @escaping Resume) throws(SystemError) {
    epoll = postroom_epoll_create1(Int32(POSTROOM_CLOEXEC))
    guard epoll >= 0 else { throw SystemError("epoll_create1") }
    changed = try Interrupt()
    ending = try Interrupt()
    self.resume = resume
    postroom_epoll_add(epoll, changed.descriptor)
    postroom_epoll_add(epoll, ending.descriptor)
    try SessionThread.start { self.watch() }
  }

  deinit { close(epoll) }

  /// Ends the thread. No session may be parked from then on.
  func end() { ending.raise() }

  /// Keeps a session until its wait is over.
  func park(_ parked: ParkedSession) {
    let pause = parked.pause
    let isSoonest = state.withLock { state in
      state.sessions[pause.descriptor] = parked
      if state.interrupts[pause.interrupt.descriptor] == nil {
        state.interrupts[pause.interrupt.descriptor] = pause.interrupt
        postroom_epoll_add(epoll, pause.interrupt.descriptor)
      }
      // Not later: once the lock is free the thread may send it off, and what is added behind that
      // would stand in the way of its next wait.
      postroom_epoll_add_for(epoll, pause.descriptor, pause.event.mask)
      guard pause.deadline < state.earliest else { return false }
      state.earliest = pause.deadline
      return true
    }
    // An interrupt is told of once; who comes too late for that looks for himself.
    if isSoonest || pause.interrupt.isRaised { changed.raise() }
  }

  // MARK: - The thread

  private func watch() {
    var events = [postroom_epoll_event](
      repeating: postroom_epoll_event(), count: Self.maxEventCount)
    while true {
      let timeout = state.withLock { $0.earliest }.pollTimeout
      let count = postroom_epoll_wait(epoll, &events, Int32(events.count), timeout)
      for event in events.prefix(max(0, Int(count))) {
        let descriptor = Int32(truncatingIfNeeded: event.data)
        if descriptor == ending.descriptor { return }
        if descriptor == changed.descriptor {
          changed.clear()
          postroom_epoll_remove(epoll, descriptor)
          postroom_epoll_add(epoll, descriptor)
          sendOffInterrupted()
        } else if state.withLock({ $0.interrupts[descriptor] != nil }) {
          sendOffInterrupted()
        } else if let parked = state.withLock({ $0.sessions.removeValue(forKey: descriptor) }) {
          sendOff(parked)
        }
      }
      if state.withLock({ $0.earliest.hasPassed }) { sendOffExpired() }
    }
  }

  private func sendOffInterrupted() {
    sendOff { $0.interrupt.isRaised }
  }

  private func sendOffExpired() {
    sendOff { $0.deadline.hasPassed }
    state.withLock { state in
      state.earliest = state.sessions.values.reduce(.never) { min($0, $1.pause.deadline) }
    }
  }

  private func sendOff(where isOver: (SessionPause) -> Bool) {
    var over = state.withLock { state in
      let over = state.sessions.values.filter { isOver($0.pause) }
      for parked in over { state.sessions[parked.pause.descriptor] = nil }
      return over
    }
    // Let go of one by one: what has ended is not to be kept by those that still wait.
    while let parked = over.popLast() { sendOff(parked) }
  }

  private func sendOff(_ parked: ParkedSession) {
    postroom_epoll_remove(epoll, parked.pause.descriptor)
    // Threads come back when other sessions end or are parked.
    while !resume(parked) { usleep(UInt32(Self.retryMilliseconds) * 1000) }
  }
}
