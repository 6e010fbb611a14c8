// A thread for one session: detached, with a small stack, so that ten thousand of them fit.

internal import CLinux
internal import Glibc

/// Starts threads that run one session each.
package enum SessionThread {
  /// Octets of stack. Only what is touched costs memory; deep recursion has no place in a session.
  package static let stackByteCount = 256 << 10

  /// Runs `body` on a thread of its own; throws when the system has no thread left.
  package static func start(
    stackByteCount: Int = stackByteCount, _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) {
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
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
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
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
