// XCLIENT attribute=value... (Postfix's XCLIENT_README). As in Postfix, of an attribute that stands
// twice the last one counts.

/// The argument of XCLIENT to its attributes.
package enum XclientParser {
  /// Reads `argument` of `line`; throws the refusing reply.
  package static func parse(
    _ line: Span<UInt8>, in argument: Range<Int>
  ) throws(SMTPReply) -> XclientAttributes {
    var attributes = XclientAttributes()
    for found in try ForwardedAttribute.parse(line, in: argument, of: .xclient) {
      guard let name = XclientAttribute(rawValue: String(decoding: found.name, as: UTF8.self))
      else { throw .unknownAttribute(of: .xclient) }
      switch name {
      case .name: attributes.name = try found.name(mayBeTemporary: true)
      case .address: attributes.address = try found.known(ForwardedAttribute.address)
      case .port: attributes.port = try found.known(ForwardedAttribute.port)
      case .protocolName:
        let word = String(decoding: found.value.map(\.uppercased), as: UTF8.self)
        guard let known = ForwardedProtocol(rawValue: word) else { throw found.malformed }
        attributes.protocolName = known
      case .helo: attributes.helo = try found.known(ForwardedAttribute.text)
      case .login:
        guard found.value.span.isWellFormedUTF8 else { throw found.malformed }
        attributes.login = try found.known(ForwardedAttribute.text)
      case .destinationAddress:
        attributes.destinationAddress = try found.known(ForwardedAttribute.address)
      case .destinationPort:
        attributes.destinationPort = try found.known(ForwardedAttribute.port)
      }
    }
    return attributes
  }
}
