// A descriptor with one owner, who closes it. What can be done with a file behind it is in
// FileOperations.swift.

internal import Glibc

/// An open descriptor; closed when its owner goes.
package struct FileDescriptor: ~Copyable, Sendable {
  /// The number, for system calls; valid as long as this value lives.
  package let rawValue: Int32

  /// Takes over an open descriptor.
  package init(owning rawValue: Int32) {
    precondition(rawValue >= 0, "a failed call has no descriptor")
    self.rawValue = rawValue
  }

  deinit {
    // Linux releases the number even when close(2) is interrupted: to call it again could close
    // what another thread has just opened.
    _ = Glibc.close(rawValue)
  }

  /// Closes, and says when that failed: on a network file system a full disk shows only here.
  package consuming func close(_ target: @autoclosure () -> String = "") throws(SystemError) {
    let descriptor = rawValue
    discard self
    guard Glibc.close(descriptor) == 0 || errno == EINTR else {
      throw SystemError("close", target())
    }
  }

  /// Gives the number away to someone else who will close it.
  package consuming func release() -> Int32 {
    let descriptor = rawValue
    discard self
    return descriptor
  }
}
