// Why SASLprep refused a name or a password (RFC 4013 2.3 to 2.5). Names a code point, never the
// string: it may be a password.

/// Why a string cannot be a user name or a password.
package enum SASLprepError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The octets are not UTF-8.
  case invalidUTF8
  /// A code point that is never allowed (RFC 4013 2.3).
  case prohibited(UInt32)
  /// A code point that Unicode 3.2 does not assign, in a string to be stored (RFC 4013 2.5).
  case unassigned(UInt32)
  /// Right-to-left and left-to-right characters mixed, or a right-to-left string that does not
  /// begin and end so (RFC 3454 6).
  case mixedDirections
  /// More than `SASLprep.maxByteCount` octets.
  case tooLong

  /// The cause, with the code point as `U+0007`.
  package var description: String {
    switch self {
    case .invalidUTF8: "not UTF-8"
    case .prohibited(let code): "forbidden character \(Self.name(of: code))"
    case .unassigned(let code): "character \(Self.name(of: code)) is not in Unicode 3.2"
    case .mixedDirections: "right-to-left and left-to-right characters are mixed"
    case .tooLong: "longer than \(SASLprep.maxByteCount) octets"
    }
  }

  private static func name(of code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
