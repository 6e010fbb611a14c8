// Connecting: a host's addresses one after another, the next one started when the last has not
// answered for a quarter of a second, and the first that does is taken (the better half of RFC 8305:
// both families are looked up at once, by getaddrinfo(3)).

internal import Glibc

/// Opens connections, all in one way.
package struct ConnectionOpener: Sendable {
  /// Addresses of one host that are tried at most.
  package static let maxAddressCount = 16

  /// What addresses may be connected to.
  package var family: AddressFamily
  /// What address to connect from; nil leaves it to the system.
  package var source: SourceAddress?
  /// How long an address may be silent until the next one is started, too.
  package var stagger: Duration

  package init(
    family: AddressFamily = .any, source: SourceAddress? = nil,
    stagger: Duration = .milliseconds(250)
  ) {
    self.family = family
    self.source = source
    self.stagger = stagger
  }

  /// Looks a host up and connects to it.
  package func open(
    host: String, port: UInt16, until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> OpenedConnection {
    let found = try Resolver.addresses(
      of: host, port: port, family: family, until: deadline, unless: interrupt)
    let usable = found.filter { source == nil || $0.family == source?.address.family }
    guard !usable.isEmpty else {
      throw .unknownHost(host, reason: "it has no address of the family to connect from")
    }
    return try open(Self.candidates(usable), host: host, until: deadline, unless: interrupt)
  }

  /// Connects to a unix socket.
  package func open(
    unixPath path: String, until deadline: Deadline, unless interrupt: Interrupt?
  ) throws(ConnectError) -> OpenedConnection {
    let name = "unix:\(path)"
    guard let address = SocketAddress(unixPath: path) else {
      throw .local(SystemError("connect", name, code: ENAMETOOLONG))
    }
    return try open([address], host: name, until: deadline, unless: interrupt)
  }

  /// Connects to the first of the addresses that answers.
  func open(
    _ addresses: [SocketAddress], host: String, until deadline: Deadline,
    unless interrupt: Interrupt?
  ) throws(ConnectError) -> OpenedConnection {
    var race = ConnectRace(addresses, host: host, source: source?.address, stagger: stagger)
    let (descriptor, peer) = try race.run(until: deadline, unless: interrupt)
    return OpenedConnection(connection: Connection(adopting: descriptor), peer: peer.unmapped)
  }

  /// The same addresses, the families taking turns, the first one's first (RFC 8305 4): a family
  /// that is broken on the way costs one wait, not one for each address. No more than are tried.
  static func candidates(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first?.family else { return [] }
    let same = addresses.filter { $0.family == first }
    let others = addresses.filter { $0.family != first }
    var result: [SocketAddress] = []
    for index in 0..<max(same.count, others.count) {
      if index < same.count { result.append(same[index]) }
      if index < others.count { result.append(others[index]) }
    }
    return [SocketAddress](result.prefix(maxAddressCount))
  }
}

/// A connection, and whom it is with.
package struct OpenedConnection {
  package let connection: Connection
  /// The address that answered.
  package let peer: SocketAddress
}
