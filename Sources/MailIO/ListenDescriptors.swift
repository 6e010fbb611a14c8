// Sockets that the service manager opened and listens on (sd_listen_fds(3)): LISTEN_PID says whether
// they are for us, LISTEN_FDS how many, from descriptor 3 on, LISTEN_FDNAMES what they are called.

internal import Glibc

/// A socket that was handed over at start.
package struct ListenDescriptor: Equatable, Sendable {
  /// The descriptor; open, close-on-exec, the caller's to close.
  package let rawValue: Int32
  /// Its name in the unit; `unknown` where none is told, as sd_listen_fds_with_names(3) has it.
  package let name: String
}

/// Takes over the sockets of socket activation.
package enum ListenDescriptors {
  /// The most sockets that are taken.
  package static let maxCount = 1024
  /// The first descriptor (`SD_LISTEN_FDS_START`).
  package static let firstDescriptor: Int32 = 3

  /// The sockets for this process, in order, or none; the variables are unset, so that no child
  /// takes them for its own. To be called once, before there are threads.
  ///
  /// EINVAL for variables that make no sense, EBADF when a descriptor is not open.
  package static func takeOver() throws(SystemError) -> [ListenDescriptor] {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let (process, count) = (variable("LISTEN_PID"), variable("LISTEN_FDS"))
    let names = variable("LISTEN_FDNAMES")
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
    return try descriptors(
      process: process, count: count, names: names, ourProcess: getpid(), first: firstDescriptor)
  }

  /// As `takeOver`, of the variables' values.
  static func descriptors(
    process: String?, count: String?, names: String?, ourProcess: Int32, first: Int32
  ) throws(SystemError) -> [ListenDescriptor] {
    guard let process, let count else { return [] }
    guard let process = Int32(process), process > 0 else {
      throw SystemError("LISTEN_PID", process, code: EINVAL)
    }
    if process != ourProcess { return [] }
    guard let descriptorCount = Int(count), (0...maxCount).contains(descriptorCount) else {
      throw SystemError("LISTEN_FDS", count, code: EINVAL)
    }
    let given = names.map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
    var descriptors: [ListenDescriptor] = []
    for index in 0..<descriptorCount {
      let descriptor = first + Int32(index)
      guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
        throw SystemError("LISTEN_FDS", "\(descriptor)")
      }
      let name = index < given.count ? String(given[index]) : "unknown"
      descriptors.append(ListenDescriptor(rawValue: descriptor, name: name))
    }
    return descriptors
  }
}
