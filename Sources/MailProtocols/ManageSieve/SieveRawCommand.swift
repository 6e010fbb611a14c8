// A command line as the user wrote it. It is one line, it announces no literal, and it does not
// touch what the session must know of: TLS, and who is logged in.

/// A line for the server that nothing was changed in.
package struct SieveRawCommand: Equatable, Sendable {
  /// The longest line, in octets.
  package static let maxByteCount = 65536

  /// The line without its line end.
  package let octets: [UInt8]

  /// nil when it is empty or too long, holds CR, LF or NUL, ends like a literal, or is one of
  /// STARTTLS, AUTHENTICATE, UNAUTHENTICATE and LOGOUT.
  package init?(_ octets: [UInt8]) {
    guard (1...Self.maxByteCount).contains(octets.count),
      !octets.contains(where: { $0 == .nul || $0 == .carriageReturn || $0 == .lineFeed }),
      octets.last != .ascii("}")
    else { return nil }
    let word = octets.drop { $0.isBlank }.prefix { $0.isAlpha }.map(\.uppercased)
    switch SieveVerb(rawValue: String(decoding: word, as: UTF8.self)) {
    case .authenticate, .startTLS, .unauthenticate, .logout: return nil
    default: self.octets = octets
    }
  }
}
