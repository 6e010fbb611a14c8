// XCLIENT as a client sends it (Postfix's XCLIENT_README).

/// Attributes to a command.
package enum XclientWriter {
  /// The command with its CRLF, of the attributes that the server `offers` in its EHLO reply; nil
  /// when there is nothing to tell.
  package static func command(
    _ attributes: XclientAttributes, offers: [XclientAttribute] = XclientAttribute.allCases
  ) -> [UInt8]? {
    var command = [UInt8](SMTPVerb.xclient.rawValue.utf8)
    let start = command.count
    for name in offers {
      guard let value = value(of: name, attributes) else { continue }
      command.append(.space)
      command += name.rawValue.utf8
      command.append(.ascii("="))
      command += value
    }
    guard command.count > start else { return nil }
    return command + [.carriageReturn, .lineFeed]
  }

  private static func value(
    of name: XclientAttribute, _ attributes: XclientAttributes
  ) -> [UInt8]? {
    switch name {
    case .name: attributes.name.map(ForwardedValueWriter.name)
    case .address: attributes.address.map(written(ForwardedValueWriter.address))
    case .port: attributes.port.map(written(ForwardedValueWriter.port))
    case .protocolName: attributes.protocolName.map { [UInt8]($0.rawValue.utf8) }
    case .helo: attributes.helo.map(written { ForwardedValueWriter.text($0.octets) })
    case .login: attributes.login.map(written { ForwardedValueWriter.text($0.octets) })
    case .destinationAddress:
      attributes.destinationAddress.map(written(ForwardedValueWriter.address))
    case .destinationPort: attributes.destinationPort.map(written(ForwardedValueWriter.port))
    }
  }

  private static func written<Value>(
    _ write: @escaping (Value) -> [UInt8]
  ) -> (Forwarded<Value>) -> [UInt8] {
    { ForwardedValueWriter.known($0, write) }
  }
}
