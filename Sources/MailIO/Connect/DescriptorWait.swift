// poll(2) over some descriptors, an interrupt beside them, up to a deadline.

internal import Glibc

/// Waits for descriptors.
enum DescriptorWait {
  /// How a wait ended.
  enum Outcome {
    /// Some entry has events; see `revents`.
    case ready
    case timedOut
    case interrupted
  }

  /// Waits until one of the entries is ready. An interrupt goes before what is ready.
  static func poll(
    _ entries: inout [pollfd], until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(SystemError) -> Outcome {
    // poll(2) passes over a negative descriptor.
    var all =
      entries + [
        pollfd(fd: interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
      ]
    while true {
      let count = Glibc.poll(&all, nfds_t(all.count), deadline.pollTimeout)
      if count > 0 {
        if all[entries.count].revents != 0 { return .interrupted }
        entries = [pollfd](all[..<entries.count])
        return .ready
      }
      if count == 0 {
        if deadline.hasPassed { return .timedOut }
      } else if errno != EINTR {
        throw SystemError("poll")
      }
    }
  }

  /// As `poll` for the input of one descriptor.
  static func input(
    of descriptor: Int32, until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(SystemError) -> Outcome {
    var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    return try poll(&entries, until: deadline, unless: interrupt)
  }
}
