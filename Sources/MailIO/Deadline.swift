// A point in time that a wait must not go beyond, on the monotonic clock, which no one can set.

internal import Glibc

/// The latest moment of a wait.
package struct Deadline: Equatable, Comparable, Sendable {
  /// Nanoseconds on the monotonic clock.
  private let nanoseconds: Int64

  /// So late that it never comes.
  package static let never = Deadline(nanoseconds: .max)

  /// The moment that lies `duration` ahead.
  package static func after(_ duration: Duration) -> Deadline {
    let (seconds, attoseconds) = duration.components
    let span = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !span.overflow else { return seconds > 0 ? .never : .after(.zero) }
    let moment = now + attoseconds / 1_000_000_000
    let end = moment.addingReportingOverflow(span.partialValue)
    return end.overflow ? .never : Deadline(nanoseconds: end.partialValue)
  }

  package static func < (one: Deadline, other: Deadline) -> Bool {
    one.nanoseconds < other.nanoseconds
  }

  /// Whether the moment has come.
  package var hasPassed: Bool { self != .never && Self.now >= nanoseconds }

  /// Whether less time than that is left.
  package func isWithin(milliseconds: Int32) -> Bool {
    self != .never && nanoseconds - Self.now < Int64(milliseconds) * 1_000_000
  }

  /// Milliseconds until then as poll(2) takes them: rounded up, 0 when past, -1 for never.
  package var pollTimeout: Int32 {
    if self == .never { return -1 }
    let left = nanoseconds - Self.now
    if left <= 0 { return 0 }
    return Int32(clamping: (left + 999_999) / 1_000_000)
  }

  /// The end of the first of so many equal shares of the time that is left.
  package func share(of count: Int) -> Deadline {
    if self == .never { return .never }
    let now = Self.now
    return Deadline(nanoseconds: now + max(0, nanoseconds - now) / Int64(max(count, 1)))
  }

  /// Sleeps until then. For never it does not return.
  package func wait() {
    while !hasPassed { poll(nil, 0, pollTimeout) }
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
