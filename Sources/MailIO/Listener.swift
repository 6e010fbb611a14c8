// Sockets that listen, and the loop that takes connections from them.
//
// Internet sockets share their port with others of the same user that want to (SO_REUSEPORT), so
// that several servers can stand behind one port.

internal import CLinux
internal import Glibc

/// A socket that listens.
package final class Listener: Sendable {
  let descriptor: Int32
  /// Where it listens: the port that was found for port 0 included.
  package let address: SocketAddress
  /// The unix socket that this listener made, and takes away again.
  private let ownPath: String?
  private let isOpen = Guarded(true)

  private init(descriptor: Int32, ownPath: String? = nil) {
    self.descriptor = descriptor
    self.ownPath = ownPath
    address = SocketAddress { pointer, length in _ = getsockname(descriptor, pointer, &length) }
  }

  deinit { close() }

  /// Stops listening, and takes a unix socket of its own away; a second time does nothing. Clients
  /// that wait in the queue are lost, unless another process has the socket too.
  package func close() {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    guard wasOpen else { return }
    Glibc.close(descriptor)
    if let ownPath { unlink(ownPath) }
  }

  /// Why there is no listener.
  package enum Failure: Error, Equatable, Sendable {
    /// A system call failed on the named address.
    case system(SystemError)
    /// The host has no address.
    case unknownHost(String, reason: String)
    /// The descriptor is no socket that listens.
    case notListening(Int32)
    /// The path does not fit into an address of the kernel's.
    case pathTooLong(String)
  }

  /// Families of internet addresses.
  package enum Families: Sendable {
    case both
    case ipv4
    case ipv6

    var number: Int32 {
      switch self {
      case .both: AF_UNSPEC
      case .ipv4: AF_INET
      case .ipv6: AF_INET6
      }
    }
  }

  /// Listens at an address; a host name gives a listener for each of its addresses, all at one
  /// port. `backlog` is how many connections the kernel keeps waiting; `families` is which of the
  /// host's addresses are meant.
  package static func open(
    _ address: ListenAddress, backlog: Int32, families: Families = .both
  ) throws(Failure) -> [Listener] {
    switch address {
    case .descriptor(let descriptor):
      return [try adopt(descriptor)]
    case .unix(let path):
      guard let target = SocketAddress(unixPath: path) else { throw .pathTooLong(path) }
      removeDeadSocket(at: path, target)
      return [try bind(target, name: "\(address)", backlog: backlog, ownPath: path)]
    case .inet(let host, let port):
      return try openInet(
        host: host, port: port, families, name: "\(address)", backlog: backlog)
    }
  }

  /// Takes over a descriptor that someone else has made listen (systemd, a shell); a standard stream
  /// that is the same socket becomes /dev/null.
  package static func adopt(_ descriptor: Int32) throws(Failure) -> Listener {
    guard InheritedSocket.isListening(descriptor) else { throw .notListening(descriptor) }
    let own: Int32
    do throws(SystemError) { own = try InheritedSocket.detach(descriptor) } catch {
      throw .system(error)
    }
    _ = fcntl(own, F_SETFL, fcntl(own, F_GETFL) | O_NONBLOCK)
    return Listener(descriptor: own)
  }

  // MARK: - Making sockets

  private static func openInet(
    host: String, port: UInt16, _ families: Families, name: String, backlog: Int32
  ) throws(Failure) -> [Listener] {
    switch families {
    case .both where host.isEmpty:
      // One socket for both families; where IPv6 is switched off, for IPv4 alone.
      let candidates = try resolve("::", port: port) + resolve("0.0.0.0", port: port)
      do throws(Failure) {
        return [try bind(candidates[0], name: name, backlog: backlog)]
      } catch {
        guard error.isForWantOfAddress else { throw error }
        return [try bind(candidates[1], name: name, backlog: backlog)]
      }
    case .ipv4 where host.isEmpty:
      return [try bind(resolve("0.0.0.0", port: port)[0], name: name, backlog: backlog)]
    case .ipv6 where host.isEmpty:
      let address = try resolve("::", port: port)[0]
      return [try bind(address, reach: .ipv6, name: name, backlog: backlog)]
    case .both, .ipv4, .ipv6:
      let addresses = try resolve(host, port: port, families)
      return try bindAll(addresses, port: port, name: name, backlog: backlog)
    }
  }

  /// A listener for each address of a host, all at one port. An address that this machine does not
  /// have (`::1` for localhost, where IPv6 is switched off) is left out, unless it is the only one.
  static func bindAll(
    _ addresses: [SocketAddress], port: UInt16, name: String, backlog: Int32
  ) throws(Failure) -> [Listener] {
    var listeners: [Listener] = []
    var chosenPort = port
    var seen: Set<String> = []
    var missing: Failure?
    for var target in addresses where seen.insert(target.host).inserted {
      target.port = chosenPort
      do throws(Failure) {
        let listener = try bind(target, name: name, backlog: backlog)
        chosenPort = listener.address.port ?? port
        listeners.append(listener)
      } catch {
        guard error.isForWantOfAddress else { throw error }
        missing = missing ?? error
      }
    }
    if listeners.isEmpty, let missing { throw missing }
    return listeners
  }

  private static func resolve(
    _ host: String, port: UInt16, _ families: Families = .both
  ) throws(Failure) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_family = families.number
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &found)
    guard status == 0 else {
      throw .unknownHost(host, reason: String(cString: gai_strerror(status)))
    }
    defer { freeaddrinfo(found) }
    var addresses: [SocketAddress] = []
    var entry = found
    while let current = entry {
      addresses.append(
        SocketAddress(copying: current.pointee.ai_addr, length: current.pointee.ai_addrlen))
      entry = current.pointee.ai_next
    }
    return addresses
  }

  private static func bind(
    _ address: SocketAddress, reach: Families = .both, name: String, backlog: Int32,
    ownPath: String? = nil
  ) throws(Failure) -> Listener {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw .system(SystemError("socket", name)) }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    if address.port != nil {
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size)
    }
    if address.family == AF_INET6 {
      var onlyIPv6: Int32 = address.host == "::" && reach == .both ? 0 : 1
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &onlyIPv6, size)
    }
    guard address.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
      let failure = SystemError("bind", name)
      Glibc.close(descriptor)
      throw .system(failure)
    }
    guard listen(descriptor, backlog) == 0 else {
      let failure = SystemError("listen", name)
      Glibc.close(descriptor)
      throw .system(failure)
    }
    return Listener(descriptor: descriptor, ownPath: ownPath)
  }

  /// A socket file that nobody listens at any more is in the way; one in use is left alone.
  private static func removeDeadSocket(at path: String, _ address: SocketAddress) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
    // Not to be held up by a server whose queue is full.
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let probe = socket(AF_UNIX, type, 0)
    guard probe >= 0 else { return }
    defer { Glibc.close(probe) }
    if address.withPointer({ connect(probe, $0, $1) }) != 0 && errno == ECONNREFUSED {
      unlink(path)
    }
  }

  // MARK: - Accepting

  /// One connection, if one waits; nil when none does.
  func accept() throws(SystemError) -> AcceptedSocket? {
    while true {
      var descriptor: Int32 = -1
      let peer = SocketAddress { pointer, length in
        descriptor = postroom_accept4(
          self.descriptor, pointer, &length, Int32(SOCK_CLOEXEC.rawValue))
      }
      if descriptor >= 0 { return AcceptedSocket(descriptor: descriptor, peer: peer.unmapped) }
      switch errno {
      case EAGAIN: return nil
      // The connection was gone before it was taken, or the wait was disturbed: try the next.
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH,
        ENOPROTOOPT, ENONET, EPERM:
        continue
      default: throw SystemError("accept", address.text)
      }
    }
  }
}

/// A connection just taken, with its peer's address.
package struct AcceptedSocket: Sendable {
  package let descriptor: Int32
  package let peer: SocketAddress
}

extension Listener.Failure {
  /// Whether the machine does not have the address, or its family.
  fileprivate var isForWantOfAddress: Bool {
    switch self {
    case .system(let error): error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL
    case .unknownHost, .notListening, .pathTooLong: false
    }
  }
}
