// What a proxy says of the connection it forwards, before the first octet of that connection
// (HAProxy's "The PROXY protocol", versions 1 and 2). SMTP servers take it; nothing here is SMTP.

/// A PROXY header, read or to be written.
package struct ProxyHeader: Equatable, Sendable {
  /// Which of the two forms it has; the raw value is the version's number.
  package enum Version: Int, Sendable {
    /// One line of text.
    case one = 1
    /// Octets, with room for TLVs.
    case two = 2
  }

  package let version: Version
  package let command: ProxyCommand
  /// For version 2 in the order in which they stand; none in version 1.
  package let tlvs: [ProxyTLV]

  /// `PROXY UNKNOWN` or `PROXY TCP4`, `TCP6`.
  package static func versionOne(_ route: ProxyInternetRoute?) -> ProxyHeader {
    ProxyHeader(
      version: .one, command: .proxy(route.map { .internet(.stream, $0) } ?? .unspecified),
      tlvs: [])
  }

  package static func versionTwo(_ command: ProxyCommand, _ tlvs: [ProxyTLV] = []) -> ProxyHeader {
    ProxyHeader(version: .two, command: command, tlvs: tlvs)
  }

  init(version: Version, command: ProxyCommand, tlvs: [ProxyTLV]) {
    self.version = version
    self.command = command
    self.tlvs = tlvs
  }

  /// Whether the proxy made the connection for itself, to see whether we live.
  package var isLocal: Bool { command == .local }

  /// The addresses of the connection that is forwarded.
  package var route: ProxyRoute {
    switch command {
    case .local: .unspecified
    case .proxy(let route): route
    }
  }

  /// The family as version 1 names it: `TCP4 TCP6 UDP4 UDP6 UNIX UNIX_DGRAM UNKNOWN`, the last one
  /// `UNSPEC` in version 2.
  package var familyName: String {
    switch route {
    case .unspecified: version == .one ? "UNKNOWN" : "UNSPEC"
    case .internet(let transport, let route):
      (transport == .stream ? "TCP" : "UDP") + (route.isIPv6 ? "6" : "4")
    case .unix(.stream, source: _, destination: _): "UNIX"
    case .unix(.datagram, source: _, destination: _): "UNIX_DGRAM"
    }
  }
}

/// Whose connection it is.
package enum ProxyCommand: Equatable, Sendable {
  /// The proxy's own: a health check. The addresses of the socket hold.
  case local
  /// A client's.
  case proxy(ProxyRoute)
}

package enum ProxyTransport: Sendable {
  case stream
  case datagram
}

/// From where to where the forwarded connection goes.
package enum ProxyRoute: Equatable, Sendable {
  /// The proxy cannot or will not say.
  case unspecified
  case internet(ProxyTransport, ProxyInternetRoute)
  case unix(ProxyTransport, source: ProxyUnixPath, destination: ProxyUnixPath)
}

/// Two addresses of one family with their ports.
package struct ProxyInternetRoute: Equatable, Sendable {
  package let source: IPAddress
  package let sourcePort: UInt16
  package let destination: IPAddress
  package let destinationPort: UInt16

  /// Nil when one address is IPv4 and the other IPv6.
  package init?(
    source: IPAddress, port sourcePort: UInt16, destination: IPAddress,
    port destinationPort: UInt16
  ) {
    switch (source, destination) {
    case (.v4, .v4), (.v6, .v6): break
    case (.v4, .v6), (.v6, .v4): return nil
    }
    self.source = source
    self.sourcePort = sourcePort
    self.destination = destination
    self.destinationPort = destinationPort
  }

  package var isIPv6: Bool {
    switch source {
    case .v4: false
    case .v6: true
    }
  }
}

/// The path of a unix socket, up to its first NUL; one that starts with NUL is a name in Linux's
/// abstract space, and ends at its last octet that is no NUL.
package struct ProxyUnixPath: Equatable, Sendable {
  /// Octets of the field in a header.
  package static let maxByteCount = 108

  package let octets: [UInt8]

  /// Nil when it does not fit into the field, or would be read as another path.
  package init?(_ octets: [UInt8]) {
    guard octets.count <= Self.maxByteCount, Self.used(octets[...]).elementsEqual(octets) else {
      return nil
    }
    self.octets = octets
  }

  /// Reads the field of a header.
  init(field: ArraySlice<UInt8>) {
    octets = Array(Self.used(field))
  }

  private static func used(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard field.first == .nul else { return field.prefix { $0 != .nul } }
    let end = field.lastIndex { $0 != .nul }.map { $0 + 1 } ?? field.startIndex
    return field[..<end]
  }
}
