// A list of networks as options take it: `127.0.0.0/8,::1`.

/// Networks between commas, or none.
package struct IPNetworkSet: Hashable, Sendable {
  /// Networks of one list.
  package static let maxNetworkCount = 1024

  package let networks: [IPNetwork]

  /// Networks that are known; the limit is for text alone.
  package init(_ networks: [IPNetwork]) {
    self.networks = networks
  }

  /// Reads networks between commas; an empty one is an error, and so is an empty list.
  package init(_ text: String) throws(IPNetworkError) {
    var networks: [IPNetwork] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard networks.count < Self.maxNetworkCount else {
        throw IPNetworkError(reason: "more than \(Self.maxNetworkCount) networks")
      }
      networks.append(try IPNetwork(String(part)))
    }
    self.networks = networks
  }

  /// Whether one of the networks holds the address.
  package func contains(_ address: IPAddress) -> Bool {
    networks.contains { $0.contains(address) }
  }
}
