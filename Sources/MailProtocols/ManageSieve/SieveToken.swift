// The words that a server's lines are made of (RFC 5804 4).

/// A word of a response line.
package indirect enum SieveToken: Equatable, Sendable {
  /// A word without quotes, numbers included: `OK`, `QUOTA/MAXSIZE`, `sieve://host`.
  case atom([UInt8])
  /// A quoted string without its quotes and backslashes, or a literal.
  case string([UInt8])
  /// What stands in parentheses.
  case list([SieveToken])

  /// The octets of a word that is no list.
  package var octets: [UInt8]? {
    switch self {
    case .atom(let octets), .string(let octets): octets
    case .list: nil
    }
  }

  /// The octets of a string.
  package var string: [UInt8]? {
    if case .string(let octets) = self { octets } else { nil }
  }
}
