// A connection that somebody else has accepted and handed over: inetd, systemd with Accept=yes.

internal import Glibc

/// Takes over connected sockets.
package enum InheritedConnection {
  /// The connection that a descriptor is; nil when it is none, a socket that listens for one.
  ///
  /// The descriptor is ours then, under another number: where it was a standard stream, and in each
  /// other standard stream that is the same connection, /dev/null takes its place. What is printed
  /// there would go to the client.
  package static func take(_ descriptor: Int32) throws(SystemError) -> AcceptedSocket? {
    var type: Int32 = 0
    var isListening: Int32 = 0
    guard option(SO_TYPE, of: descriptor, &type), type == Int32(SOCK_STREAM.rawValue),
      option(SO_ACCEPTCONN, of: descriptor, &isListening), isListening == 0
    else { return nil }
    var isConnected = false
    let peer = SocketAddress { pointer, length in
      isConnected = getpeername(descriptor, pointer, &length) == 0
    }
    guard isConnected else { return nil }

    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard copy >= 0 else { throw SystemError("dup", "fd:\(descriptor)") }
    _ = fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) & ~O_NONBLOCK)
    for number in STDIN_FILENO...STDERR_FILENO where isSame(number, copy) {
      try replaceByNothing(number)
    }
    if descriptor > STDERR_FILENO { close(descriptor) }
    return AcceptedSocket(descriptor: copy, peer: peer.unmapped)
  }

  private static func option(_ name: Int32, of descriptor: Int32, _ value: inout Int32) -> Bool {
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0
  }

  private static func isSame(_ one: Int32, _ other: Int32) -> Bool {
    var (first, second) = (stat(), stat())
    return fstat(one, &first) == 0 && fstat(other, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  private static func replaceByNothing(_ number: Int32) throws(SystemError) {
    let null = try FileDescriptor.open("/dev/null", flags: O_RDWR, target: "/dev/null")
    guard dup2(null.rawValue, number) >= 0 else { throw SystemError("dup2", "\(number)") }
  }
}
