// How many descriptors this process may have.

internal import Glibc

/// The limit on open files.
package enum OpenFiles {
  /// Raises the limit as far as the system lets an ordinary process: a connection needs one.
  package static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
