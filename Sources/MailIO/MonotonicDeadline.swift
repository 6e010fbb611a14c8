// A moment on the clock that nobody sets.

internal import Glibc

/// A moment on the monotonic clock.
package struct MonotonicDeadline: Sendable {
  /// Nanoseconds on CLOCK_MONOTONIC.
  private let nanoseconds: Int64

  /// The moment `duration` from now.
  package init(in duration: Duration) {
    let (seconds, attoseconds) = duration.components
    nanoseconds = Self.now + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// Whether the moment has come.
  package var isOver: Bool { remainingMilliseconds == 0 }

  /// How long until then in milliseconds, rounded up so that poll(2) does not spin; at least 0.
  package var remainingMilliseconds: Int32 {
    let rest = max(0, nanoseconds - Self.now)
    return Int32(clamping: (rest + 999_999) / 1_000_000)
  }

  private static var now: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }
}
