// What may be wrong with a PROXY header.

/// Why octets are no PROXY header. A server closes the connection and says nothing.
package enum ProxyHeaderError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Neither `PROXY ` nor the signature of version 2.
  case notProxy
  /// More than 107 octets without the end of the line.
  case lineTooLong
  /// Not what version 1 says: a word missing or one too many, a space too many, CR or LF alone.
  case malformedLine
  /// A word that is none of TCP4, TCP6 and UNKNOWN.
  case unknownFamily
  /// An address that is none, or of another family than was announced.
  case malformedAddress
  /// A port that is no number from 0 to 65535 without leading zeros.
  case malformedPort
  /// A version other than 2 behind the signature.
  case unknownVersion
  /// Neither LOCAL nor PROXY.
  case unknownCommand
  /// An address family or a transport that the protocol does not have.
  case unknownProtocol
  /// Fewer octets than the addresses take.
  case truncatedAddresses
  /// A TLV that ends behind the header, or has the wrong length.
  case malformedTLV
  /// A unique identifier of more than 128 octets.
  case uniqueIDTooLong
  /// The checksum is not that of the header.
  case wrongChecksum

  package var description: String {
    switch self {
    case .notProxy: "not a PROXY header"
    case .lineTooLong: "a PROXY line of more than \(ProxyHeaderParser.maxLineByteCount) octets"
    case .malformedLine: "a malformed PROXY line"
    case .unknownFamily: "a PROXY line of an unknown family"
    case .malformedAddress: "a malformed address in the PROXY line"
    case .malformedPort: "a malformed port in the PROXY line"
    case .unknownVersion: "a PROXY header of an unknown version"
    case .unknownCommand: "a PROXY header with an unknown command"
    case .unknownProtocol: "a PROXY header of an unknown address family or transport"
    case .truncatedAddresses: "a PROXY header that ends inside its addresses"
    case .malformedTLV: "a PROXY header with a malformed TLV"
    case .uniqueIDTooLong:
      "a PROXY header with an identifier of more than \(ProxyTLV.maxUniqueIDByteCount) octets"
    case .wrongChecksum: "a PROXY header with a wrong checksum"
    }
  }
}
