// A socket that somebody else has opened and handed over (inetd, systemd, a shell), and that may be
// our standard streams as well.

internal import Glibc

/// Takes over sockets.
package enum InheritedSocket {
  /// The connection that a descriptor is, blocking and close-on-exec, and ours to close; nil when it
  /// is none, a socket that listens for one.
  ///
  /// A standard stream that is the same connection becomes /dev/null: what is printed there would
  /// go to the client.
  package static func connection(behind descriptor: Int32) throws(SystemError) -> AcceptedSocket? {
    guard option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue),
      option(SO_ACCEPTCONN, of: descriptor) == 0
    else { return nil }
    var isConnected = false
    let peer = SocketAddress { pointer, length in
      isConnected = getpeername(descriptor, pointer, &length) == 0
    }
    guard isConnected else { return nil }
    let own = try detach(descriptor)
    _ = fcntl(own, F_SETFL, fcntl(own, F_GETFL) & ~O_NONBLOCK)
    return AcceptedSocket(descriptor: own, peer: peer.unmapped)
  }

  /// Whether a descriptor is a socket that listens.
  static func isListening(_ descriptor: Int32) -> Bool {
    option(SO_ACCEPTCONN, of: descriptor).map { $0 != 0 } ?? false
  }

  /// The same socket, close-on-exec, under a number that is no standard stream's; each standard
  /// stream that is this socket becomes /dev/null.
  static func detach(_ descriptor: Int32) throws(SystemError) -> Int32 {
    var own = descriptor
    if descriptor <= STDERR_FILENO {
      own = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
      guard own >= 0 else { throw SystemError("dup", "fd:\(descriptor)") }
    }
    _ = fcntl(own, F_SETFD, FD_CLOEXEC)
    for number in STDIN_FILENO...STDERR_FILENO where isSame(number, own) {
      let null = try FileDescriptor.open("/dev/null", flags: O_RDWR, target: "/dev/null")
      guard dup2(null.rawValue, number) >= 0 else { throw SystemError("dup2", "\(number)") }
    }
    return own
  }

  private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  private static func isSame(_ one: Int32, _ other: Int32) -> Bool {
    var (first, second) = (stat(), stat())
    return fstat(one, &first) == 0 && fstat(other, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }
}
