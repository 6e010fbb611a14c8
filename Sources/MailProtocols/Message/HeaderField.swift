// A header field as a reader wants it: unfolded (RFC 5322 2.2).

/// A name and a value out of a header.
package struct HeaderField: Equatable, Hashable, Sendable {
  /// The octets before the colon in the case they came, obsolete white space before it dropped.
  package let name: [UInt8]
  /// The octets behind the colon, unfolded (RFC 5322 2.2.3), without the white space around them.
  package let value: [UInt8]
}
