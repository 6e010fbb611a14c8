// A lock that is waited for no longer than a deadline, and that any thread may release.

internal import Glibc

/// A lock with a deadline, held from one call to a later one.
final class TurnLock: @unchecked Sendable {
  // A semaphore must not move in memory, and sem_* are safe to call from all threads.
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 1)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  /// Takes the lock; false when the deadline came first.
  func take(until deadline: Deadline) -> Bool {
    // sem_timedwait knows only the clock that can be set: it waits a second at most, and the
    // deadline is asked again.
    repeat {
      var moment = timespec()
      clock_gettime(CLOCK_REALTIME, &moment)
      let wait = deadline == .never ? 1000 : min(deadline.pollTimeout, 1000)
      moment.tv_nsec += Int(wait % 1000) * 1_000_000
      moment.tv_sec += Int(wait / 1000) + moment.tv_nsec / 1_000_000_000
      moment.tv_nsec %= 1_000_000_000
      if retryingInterrupted({ sem_timedwait(semaphore, &moment) }) == 0 { return true }
    } while !deadline.hasPassed
    return false
  }

  func give() { sem_post(semaphore) }
}
