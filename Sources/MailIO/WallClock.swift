// The time of day, for names, events and header fields. Waits use Deadline, which nobody can set.

internal import Glibc
package import MailProtocols

/// The system's clock.
package enum WallClock {
  /// The time of day in UTC, to the millisecond.
  package static var now: MailDate {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return MailDate(seconds: Int(time.tv_sec), milliseconds: Int(time.tv_nsec) / 1_000_000)
  }
}
