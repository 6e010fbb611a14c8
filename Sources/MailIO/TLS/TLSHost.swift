// The host a client means to reach, as certificates and the server_name extension spell it
// (RFC 6066 3, RFC 9525): a DNS name in ASCII, or an IP address, which is no name.

internal import Glibc

/// What a server's certificate must be for.
package enum TLSHost: Equatable, Sendable {
  /// A DNS name in lower case, without a dot at the end.
  case name(String)
  /// An IPv4 or IPv6 address without brackets and zone.
  case address(String)

  /// The longest DNS name in octets.
  package static let maxNameByteCount = 253

  /// Takes a host as URLs and people write it; nil when it is neither a name nor an address.
  /// Names in other scripts must come as A-labels (`xn--`).
  package init?(_ text: String) {
    var host = text[...]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    let address = String(host.prefix { $0 != "%" })
    if Self.isAddress(address) {
      self = .address(address)
      return
    }
    if host.hasSuffix(".") { host = host.dropLast() }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    // OpenSSL would take a leading dot for "any name below", and ends a name at NUL.
    guard host.utf8.count <= Self.maxNameByteCount, labels.allSatisfy(Self.isLabel) else {
      return nil
    }
    self = .name(host.lowercased())
  }

  /// The name or the address.
  package var text: String {
    switch self {
    case .name(let text), .address(let text): text
    }
  }

  private static func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count)
      && label.utf8.allSatisfy { octet in
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  private static func isAddress(_ text: String) -> Bool {
    var room = in6_addr()
    return inet_pton(AF_INET, text, &room) == 1 || inet_pton(AF_INET6, text, &room) == 1
  }
}
