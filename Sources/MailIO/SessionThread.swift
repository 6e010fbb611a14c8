// A thread for one session: detached, with a small stack, so that ten thousand of them fit.

internal import CLinux
internal import Glibc

/// Starts threads that run one session each.
package enum SessionThread {
  /// Octets of stack. Only what is touched costs memory; deep recursion has no place in a session.
  package static let stackByteCount = 256 << 10

  /// Runs `body` on a thread of its own; throws when the system has no thread left.
  package static func start(_ body: @escaping @Sendable (SessionStack) -> Void) throws(SystemError)
  {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackByteCount)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

    let box = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        SessionThread.lowerWakeupPriority()
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run(SessionStack.current)
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      throw SystemError("pthread_create", code: status)
    }
  }

  /// A thread that wakes does not push aside the one that runs (SCHED_BATCH): a client on the same
  /// machine gets to send to all its connections first, which saves most of the switches between
  /// threads. A fifth to a third more messages a second with 10 and 100 sessions on two cores.
  private static func lowerWakeupPriority() {
    var parameters = sched_param(sched_priority: 0)
    let policy = Int32(POSTROOM_SCHED_BATCH | POSTROOM_SCHED_RESET_ON_FORK)
    sched_setscheduler(0, policy, &parameters)
  }

  private final class Body: Sendable {
    let run: @Sendable (SessionStack) -> Void
    init(_ run: @escaping @Sendable (SessionStack) -> Void) { self.run = run }
  }
}

/// The stack of a session's thread. What a deep call has touched stays in memory, though the thread
/// may wait for hours in a shallow one; here it is given back.
package struct SessionStack: Sendable {
  /// The lowest address that is surely of this stack.
  private let lowest: UInt

  private static let pageByteCount: UInt = 4096

  /// That of the thread that asks, near the start of its work.
  static var current: SessionStack {
    var here: UInt8 = 0
    let address = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    // The C library keeps its own data at the top of the size asked for; leave that out below.
    let margin: UInt = 32 << 10
    return SessionStack(
      lowest: (address - UInt(SessionThread.stackByteCount) + margin) & ~(pageByteCount - 1))
  }

  /// Gives back the pages below the frame that calls; to be called on that thread alone.
  func releaseUnused() {
    var here: UInt8 = 0
    let address = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    let end = address & ~(Self.pageByteCount - 1)
    guard end > lowest else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: lowest), Int(end - lowest), MADV_DONTNEED)
  }
}
