// A failed system call, named so that a person can act on it: the call, what it was for, and errno.

internal import Glibc

/// A system call that failed: which one, on what, and why.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call as the manual names it: `bind`, `fsync`.
  package let call: String
  /// What the call was about: an address, a path; empty when there is nothing to name.
  package let target: String
  /// errno as the call left it.
  package let code: Int32

  /// Names a failure; `code` is the current errno unless given.
  package init(_ call: String, _ target: String = "", code: Int32 = Glibc.errno) {
    self.call = call
    self.target = target
    self.code = code
  }

  /// `bind 127.0.0.1:25: Permission denied`.
  package var description: String {
    let reason = String(cString: strerror(code))
    return target.isEmpty ? "\(call): \(reason)" : "\(call) \(target): \(reason)"
  }
}
