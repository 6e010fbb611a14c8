// The values of XCLIENT's and XFORWARD's attributes (Postfix's XCLIENT_README and XFORWARD_README):
// what one server tells another of the client it serves.

/// A fact that a server has, or says that it has not.
package enum Forwarded<Value: Equatable & Sendable>: Equatable, Sendable {
  case known(Value)
  /// `[UNAVAILABLE]`
  case unavailable

  /// The fact; nil when it is not to be had.
  package var value: Value? {
    switch self {
    case .known(let value): value
    case .unavailable: nil
    }
  }
}

/// What came of looking the client's name up.
package enum ForwardedName: Equatable, Sendable {
  /// A host name.
  case known([UInt8])
  /// `[UNAVAILABLE]`: it has none.
  case unavailable
  /// `[TEMPUNAVAIL]`: nobody knows just now. XCLIENT only.
  case temporarilyUnavailable
}

/// A text of an attribute: not empty, 255 octets at most on the wire, without ASCII controls.
package struct ForwardedText: Equatable, Sendable {
  /// Octets of a value as xtext.
  package static let maxByteCount = 255

  package let octets: [UInt8]

  /// Nil when it is empty, too long or has controls in it, or would be read as `[UNAVAILABLE]`.
  package init?(_ octets: [UInt8]) {
    guard !octets.isEmpty, !octets.contains(where: \.isControl),
      Xtext.encode(octets.span).count <= Self.maxByteCount,
      !ForwardedWord.unavailable.matches(octets)
    else { return nil }
    self.octets = octets
  }

  /// A text that was read: controls become question marks, as in Postfix. What came without being
  /// xtext may be too long once it is.
  init?(read octets: [UInt8]) {
    self.init(octets.map { $0.isControl ? .ascii("?") : $0 })
  }
}

/// SMTP or ESMTP, what the client spoke.
package enum ForwardedProtocol: String, Sendable, CaseIterable {
  case smtp = "SMTP"
  case esmtp = "ESMTP"
}

/// Whether mail comes from within or from outside (XFORWARD's SOURCE).
package enum ForwardedSource: String, Sendable, CaseIterable {
  case local = "LOCAL"
  case remote = "REMOTE"
}

/// Words that values are written with; they have no case.
enum ForwardedWord: String {
  case unavailable = "[UNAVAILABLE]"
  case temporarilyUnavailable = "[TEMPUNAVAIL]"
  /// Stands before an IPv6 address.
  case ipv6Prefix = "IPV6:"

  func matches(_ octets: some Collection<UInt8>) -> Bool {
    octets.elementsEqual(rawValue.utf8) { $0.uppercased == $1 }
  }
}
