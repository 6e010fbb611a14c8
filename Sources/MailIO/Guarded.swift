// A value behind a lock of the C library's. Not Synchronization's Mutex: on Linux that one spins and
// then takes a priority-inheriting futex, which under contention cost half the time of a busy sink
// (6.3.1, perf), and the thread sanitizer does not know it.

internal import Glibc

/// A value that one thread at a time may touch.
package final class Guarded<Value>: @unchecked Sendable {
  // A pthread mutex must not move, hence the allocation; the value is touched with it held only.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  package init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the value, alone. It must be short, and must not come back here.
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
