// The hash functions that SCRAM is defined for: RFC 5802 (SHA-1), RFC 7677 (SHA-256),
// draft-melnikov-scram-sha-512 and draft-melnikov-scram-sha3-512, and by the same construction
// SHA-224 and SHA-384 (Cyrus SASL 2.1.28 offers them).

/// A hash function of the SCRAM family, weakest first.
package enum SCRAMHash: Int, CaseIterable, Sendable {
  case sha1
  case sha224
  case sha256
  case sha384
  case sha512
  case sha3Bits512

  /// Octets of a digest.
  package var byteCount: Int {
    switch self {
    case .sha1: 20
    case .sha224: 28
    case .sha256: 32
    case .sha384: 48
    case .sha512, .sha3Bits512: 64
    }
  }

  /// The name in a mechanism's name: `SHA-256`, `SHA3-512`.
  package var name: String {
    switch self {
    case .sha1: "SHA-1"
    case .sha224: "SHA-224"
    case .sha256: "SHA-256"
    case .sha384: "SHA-384"
    case .sha512: "SHA-512"
    case .sha3Bits512: "SHA3-512"
    }
  }

  /// The hash of that name, or nil.
  package init?(name: some StringProtocol) {
    guard let hash = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = hash
  }
}
