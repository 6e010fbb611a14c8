// Why a text is no name of a script (RFC 5804 1.6).

/// What is wrong with a name.
package enum SieveScriptNameError: Error, Equatable, Sendable {
  case empty
  /// Over `SieveScriptName.maxByteCount` octets.
  case tooLong
  case notUTF8
  /// A control character or a line or paragraph separator, by code point.
  case forbiddenCharacter(UInt32)
}

extension SieveScriptNameError: CustomStringConvertible {
  /// A clause about the name.
  package var description: String {
    switch self {
    case .empty: "is empty"
    case .tooLong: "is longer than \(SieveScriptName.maxByteCount) octets"
    case .notUTF8: "is not UTF-8"
    case .forbiddenCharacter(let code):
      "holds the forbidden character U+"
        + String(repeating: "0", count: max(0, 4 - String(code, radix: 16).count))
        + String(code, radix: 16, uppercase: true)
    }
  }
}
