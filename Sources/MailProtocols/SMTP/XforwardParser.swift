// XFORWARD attribute=value... (Postfix's XFORWARD_README). As in Postfix, of an attribute that stands
// twice the last one counts.

/// The argument of XFORWARD to its attributes.
package enum XforwardParser {
  /// Reads `argument` of `line`; throws the refusing reply.
  package static func parse(
    _ line: Span<UInt8>, in argument: Range<Int>
  ) throws(SMTPReply) -> XforwardAttributes {
    var attributes = XforwardAttributes()
    for found in try ForwardedAttribute.parse(line, in: argument, of: .xforward) {
      guard let name = XforwardAttribute(rawValue: String(decoding: found.name, as: UTF8.self))
      else { throw .unknownAttribute(of: .xforward) }
      switch name {
      case .name:
        attributes.name = try found.known { ForwardedAttribute.isHostname($0) ? $0 : nil }
      case .address: attributes.address = try found.known(ForwardedAttribute.address)
      case .port: attributes.port = try found.known(ForwardedAttribute.port)
      case .protocolName:
        guard found.value.count <= XforwardAttributes.maxProtocolByteCount else {
          throw found.malformed
        }
        attributes.protocolName = try found.known(ForwardedAttribute.text)
      case .helo: attributes.helo = try found.known(ForwardedAttribute.text)
      case .identifier: attributes.identifier = try found.known(ForwardedAttribute.text)
      case .source:
        attributes.source = try found.known {
          ForwardedSource(rawValue: String(decoding: $0.map(\.uppercased), as: UTF8.self))
        }
      }
    }
    return attributes
  }
}
