// The families of internet addresses that a host is looked for in.

internal import Glibc

/// IPv4, IPv6, or both.
package enum AddressFamily: Equatable, Sendable {
  case any, ipv4, ipv6

  /// As getaddrinfo(3) has it.
  var number: Int32 {
    switch self {
    case .any: AF_UNSPEC
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    }
  }

  /// Whether the address to connect from is of it.
  package func includes(_ source: SourceAddress) -> Bool { includes(source.address) }

  /// Whether an address is of it.
  func includes(_ address: SocketAddress) -> Bool {
    self == .any || address.family == number
  }
}
