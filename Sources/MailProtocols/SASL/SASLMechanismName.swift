// The name of a SASL mechanism (RFC 4422 3.1), as capabilities list it and a client asks for it.

/// The name of a mechanism: 1 to 20 of `A`-`Z`, `0`-`9`, `-`, `_`; lower case is folded.
package struct SASLMechanismName: Hashable, Sendable, CustomStringConvertible {
  /// The longest name (RFC 4422 3.1).
  package static let maxByteCount = 20

  /// The name in upper case.
  package let text: String

  /// The name, or nil when it is none.
  package init?(_ text: some StringProtocol) {
    let bytes = text.utf8.map(\.uppercased)
    guard (1...Self.maxByteCount).contains(bytes.count), bytes.allSatisfy(Self.isAllowed)
    else { return nil }
    self.text = String(decoding: bytes, as: UTF8.self)
  }

  /// For names known to be right.
  private init(known text: String) { self.text = text }

  /// `SCRAM-SHA-256`, or with channel binding `SCRAM-SHA-256-PLUS`.
  package static func scram(_ hash: SCRAMHash, _ binding: SCRAMBindingUse) -> Self {
    switch binding {
    case .unbound: Self(known: "SCRAM-" + hash.name)
    case .bound: Self(known: "SCRAM-" + hash.name + "-PLUS")
    }
  }

  /// RFC 4616.
  package static let plain = Self(known: "PLAIN")
  /// draft-murchison-sasl-login-00.
  package static let login = Self(known: "LOGIN")
  /// RFC 2195.
  package static let cramMD5 = Self(known: "CRAM-MD5")
  /// RFC 4422 A.
  package static let external = Self(known: "EXTERNAL")
  /// RFC 7628.
  package static let oauthBearer = Self(known: "OAUTHBEARER")
  /// Google's and Microsoft's.
  package static let xoauth2 = Self(known: "XOAUTH2")

  /// Whether it is of the SCRAM family and binds the channel, also with a hash that is not known
  /// here.
  package var isBoundSCRAM: Bool { isSCRAM && text.hasSuffix("-PLUS") }

  /// Whether it is of the SCRAM family.
  package var isSCRAM: Bool { text.hasPrefix("SCRAM-") }

  /// The name.
  package var description: String { text }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte.isDigit || byte.isAlpha || byte == .ascii("-") || byte == .ascii("_")
  }
}
