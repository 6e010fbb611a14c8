// What a service tells the system's service manager (sd_notify(3)): a datagram to the socket that
// NOTIFY_SOCKET names. Without that variable there is nobody to tell.

internal import Glibc

/// Tells the service manager how the service is doing.
package struct ServiceNotification: Sendable {
  /// The longest name of a socket, in octets: `sun_path` less the NUL.
  package static let maxNameOctetCount = 107

  private let name: [UInt8]

  /// From the value of NOTIFY_SOCKET: a path, or `@` and an abstract name.
  ///
  /// Nil when it is nil or empty. EINVAL for anything else, and ENAMETOOLONG past
  /// `maxNameOctetCount`.
  package init?(socketName: String?) throws(SystemError) {
    guard let socketName, !socketName.isEmpty else { return nil }
    guard socketName.hasPrefix("/") || socketName.hasPrefix("@"), socketName.utf8.count > 1 else {
      throw SystemError("NOTIFY_SOCKET", socketName, code: EINVAL)
    }
    guard socketName.utf8.count <= Self.maxNameOctetCount else {
      throw SystemError("NOTIFY_SOCKET", socketName, code: ENAMETOOLONG)
    }
    name = Array(socketName.utf8)
  }

  /// Sends `state`: `READY=1`, `STOPPING=1`, `STATUS=...`, several with line feeds between.
  package func send(_ state: String) throws(SystemError) {
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let number = socket(AF_UNIX, type, 0)
    guard number >= 0 else { throw SystemError("socket") }
    let descriptor = FileDescriptor(owning: number)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: name)
      // An abstract name starts with NUL, and has no NUL at its end.
      if name.first == UInt8(ascii: "@") { path[0] = 0 }
    }
    let isPath = name.first == UInt8(ascii: "/")
    let length = MemoryLayout<sa_family_t>.size + name.count + (isPath ? 1 : 0)
    let octets = Array(state.utf8)
    let count = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        retryingInterrupted {
          sendto(
            descriptor.rawValue, octets, octets.count, Int32(MSG_NOSIGNAL), address,
            socklen_t(length))
        }
      }
    }
    guard count == octets.count else {
      throw SystemError("sendto", String(decoding: name, as: UTF8.self))
    }
  }
}
