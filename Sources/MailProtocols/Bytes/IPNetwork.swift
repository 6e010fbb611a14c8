// Networks that options and rules name: `192.0.2.0/24`, `2001:db8::/32`, one address, or `any`.

/// Why text names no network.
package struct IPNetworkError: Error, Equatable, Sendable {
  /// What is wrong, with the offending words in quotes.
  package let reason: String

  package init(reason: String) {
    self.reason = reason
  }
}

/// A range of addresses with a common prefix, or all addresses.
///
/// An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is in the networks of the IPv4 address;
/// `::/0` holds all other IPv6 addresses and no IPv4 address, `0.0.0.0/0` the reverse.
package struct IPNetwork: Hashable, Sendable {
  private enum Extent: Hashable, Sendable {
    case all
    /// No bit is set beyond the prefix.
    case prefix(IPAddress, bitCount: Int)
  }

  private let extent: Extent

  /// Every address there is.
  package static let any = IPNetwork(extent: .all)

  private init(extent: Extent) {
    self.extent = extent
  }

  /// The network of one address.
  package init(_ address: IPAddress) {
    let plain = address.unmapped
    self.init(extent: .prefix(plain, bitCount: Self.width(of: plain)))
  }

  /// Reads `ADDR`, `ADDR/BITS` or `any` (in either case).
  ///
  /// Bits set beyond the prefix are an error that names the network they are in: whoever writes
  /// `192.0.2.7/24` means either one address or all 256.
  package init(_ text: String) throws(IPNetworkError) {
    if text.lowercased() == "any" {
      self = .any
      return
    }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else {
      throw IPNetworkError(
        reason: "'\(text)' is no network: an IPv4 or IPv6 address, with /BITS or without, or any")
    }
    guard parts.count == 2 else {
      self.init(address)
      return
    }
    let width = Self.width(of: address)
    guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy(\.isDigit),
      let bitCount = Int(parts[1]), bitCount <= width
    else {
      throw IPNetworkError(reason: "'\(text)': the bits after the slash are 0 to \(width)")
    }
    let start = Self.masked(address, bitCount: bitCount)
    guard start == address else {
      throw IPNetworkError(
        reason: "'\(text)' has bits set beyond its prefix; the network is \(start.text)/\(bitCount)"
      )
    }
    let plain = address.unmapped
    if plain != address && bitCount >= 96 {
      self.init(extent: .prefix(plain, bitCount: bitCount - 96))
    } else {
      self.init(extent: .prefix(address, bitCount: bitCount))
    }
  }

  /// Whether every address is in it, because it says so.
  package var isAny: Bool { extent == .all }

  /// Whether the address is in the network.
  package func contains(_ address: IPAddress) -> Bool {
    switch extent {
    case .all: true
    case .prefix(let start, let bitCount):
      // An address of the other family is never equal to the start.
      Self.masked(address.unmapped, bitCount: bitCount) == start
    }
  }

  /// The network as it may be read again.
  package var text: String {
    switch extent {
    case .all: "any"
    case .prefix(let start, let bitCount):
      bitCount == Self.width(of: start) ? start.text : "\(start.text)/\(bitCount)"
    }
  }

  private static func width(of address: IPAddress) -> Int {
    switch address {
    case .v4: 32
    case .v6: 128
    }
  }

  private static func masked(_ address: IPAddress, bitCount: Int) -> IPAddress {
    // A shift by the whole width gives 0, not an overflow.
    switch address {
    case .v4(let value): .v4(value & ~(UInt32.max >> bitCount))
    case .v6(let value): .v6(value & ~(UInt128.max >> bitCount))
    }
  }
}
