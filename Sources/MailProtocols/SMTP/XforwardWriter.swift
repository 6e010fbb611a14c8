// XFORWARD as a client sends it (Postfix's XFORWARD_README).

/// Attributes to commands.
package enum XforwardWriter {
  /// Octets of a command with its CRLF (RFC 5321 4.5.3.1.4), which every server takes.
  package static let maxCommandByteCount = 512

  /// The commands with their CRLF, of the attributes that the server `offers` in its EHLO reply: as
  /// many as it takes for each to be short, none when there is nothing to tell.
  package static func commands(
    _ attributes: XforwardAttributes, offers: [XforwardAttribute] = XforwardAttribute.allCases
  ) -> [[UInt8]] {
    let start = [UInt8](SMTPVerb.xforward.rawValue.utf8)
    var commands: [[UInt8]] = []
    var command = start
    for name in offers {
      guard let value = value(of: name, attributes) else { continue }
      let word = [.space] + [UInt8](name.rawValue.utf8) + [.ascii("=")] + value
      if command.count > start.count, command.count + word.count + 2 > maxCommandByteCount {
        commands.append(command + [.carriageReturn, .lineFeed])
        command = start
      }
      command += word
    }
    if command.count > start.count { commands.append(command + [.carriageReturn, .lineFeed]) }
    return commands
  }

  private static func value(
    of name: XforwardAttribute, _ attributes: XforwardAttributes
  ) -> [UInt8]? {
    switch name {
    case .name: attributes.name.map(written(ForwardedValueWriter.text))
    case .address: attributes.address.map(written(ForwardedValueWriter.address))
    case .port: attributes.port.map(written(ForwardedValueWriter.port))
    case .protocolName: attributes.protocolName.map(written(text))
    case .helo: attributes.helo.map(written(text))
    case .identifier: attributes.identifier.map(written(text))
    case .source: attributes.source.map(written { [UInt8]($0.rawValue.utf8) })
    }
  }

  private static func text(_ text: ForwardedText) -> [UInt8] {
    ForwardedValueWriter.text(text.octets)
  }

  private static func written<Value>(
    _ write: @escaping (Value) -> [UInt8]
  ) -> (Forwarded<Value>) -> [UInt8] {
    { ForwardedValueWriter.known($0, write) }
  }
}
