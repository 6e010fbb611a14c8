// SASLprep: how user names and passwords are prepared before they are compared or hashed (RFC 4013,
// a profile of RFC 3454). Does not judge what a server may prefer to get raw: whether to prepare at
// all is the caller's option.

/// Prepares user names and passwords (RFC 4013).
package enum SASLprep {
  /// What the string is for, which decides about code points newer than Unicode 3.2 (RFC 3454 7).
  package enum Purpose: Sendable {
    /// To be kept and compared against later: unassigned code points are refused.
    case stored
    /// To be compared with what is kept: unassigned code points are allowed.
    case query
  }

  /// The longest string that is prepared, in octets.
  package static let maxByteCount = 1024

  /// The prepared form of a UTF-8 string, as UTF-8; it may be empty.
  ///
  /// Throws what stands in the way, never with the string in it. At most `maxByteCount` octets.
  package static func prepare(
    _ bytes: [UInt8], for purpose: Purpose
  ) throws(SASLprepError) -> [UInt8] {
    guard bytes.count <= maxByteCount else { throw .tooLong }
    // Printable ASCII is its own prepared form.
    if bytes.allSatisfy({ $0 < 0x7F && $0 >= 0x20 }) { return bytes }
    var codes = try codePoints(of: bytes)
    defer { SASLSecret.wipe(&codes) }
    var mapped = map(codes)
    defer { SASLSecret.wipe(&mapped) }
    var normalized = CompatibilityNormalization.normalize(mapped)
    defer { SASLSecret.wipe(&normalized) }
    try checkOutput(normalized, for: purpose)
    return utf8(of: normalized)
  }

  /// RFC 4013 2.1: other spaces become U+0020, some characters nothing. U+200B is in both tables:
  /// spaces come first.
  private static func map(_ codes: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(codes.count)
    for code in codes {
      if code.isIn(StringprepTables.nonASCIISpace) {
        result.append(0x20)
      } else if !code.isIn(StringprepTables.mappedToNothing) {
        result.append(code)
      }
    }
    return result
  }

  /// RFC 4013 2.3 to 2.5.
  private static func checkOutput(
    _ codes: [UInt32], for purpose: Purpose
  ) throws(SASLprepError) {
    var hasRightToLeft = false
    var hasLeftToRight = false
    for code in codes {
      if code.isIn(StringprepTables.prohibited) { throw .prohibited(code) }
      if purpose == .stored, code.isIn(StringprepTables.unassigned) { throw .unassigned(code) }
      if code.isIn(StringprepTables.rightToLeft) { hasRightToLeft = true }
      if code.isIn(StringprepTables.leftToRight) { hasLeftToRight = true }
    }
    guard hasRightToLeft, let first = codes.first, let last = codes.last else { return }
    let isFramed =
      first.isIn(StringprepTables.rightToLeft) && last.isIn(StringprepTables.rightToLeft)
    if hasLeftToRight || !isFramed { throw .mixedDirections }
  }

  private static func codePoints(of bytes: [UInt8]) throws(SASLprepError) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(bytes.count)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): result.append(scalar.value)
      case .emptyInput: return result
      case .error: throw .invalidUTF8
      }
    }
  }

  private static func utf8(of codes: [UInt32]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(codes.count * 2)
    for code in codes {
      // The tables hold scalars alone, and what came in was decoded from UTF-8.
      guard let scalar = Unicode.Scalar(code) else { continue }
      result.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
    }
    return result
  }
}

extension UInt32 {
  /// Whether the code point lies in one of the ranges: first and last in turn, ascending.
  fileprivate func isIn(_ ranges: [UInt32]) -> Bool {
    var low = 0
    var high = ranges.count / 2
    while low < high {
      let middle = (low + high) / 2
      if self > ranges[middle * 2 + 1] { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count / 2 && ranges[low * 2] <= self
  }
}
