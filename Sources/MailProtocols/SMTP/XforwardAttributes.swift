// What XFORWARD tells of a client (Postfix's XFORWARD_README): for logs, and believed by nobody.

/// The names of XFORWARD's attributes; the raw value is the one on the wire.
package enum XforwardAttribute: String, Sendable, CaseIterable {
  case name = "NAME"
  case address = "ADDR"
  case port = "PORT"
  case protocolName = "PROTO"
  case helo = "HELO"
  case identifier = "IDENT"
  case source = "SOURCE"
}

/// Attributes with their values; nil is one that was not sent. They are for the next transaction.
package struct XforwardAttributes: Equatable, Sendable {
  /// Octets of PROTO.
  package static let maxProtocolByteCount = 64

  package var name: Forwarded<[UInt8]>?
  package var address: Forwarded<IPAddress>?
  package var port: Forwarded<UInt16>?
  /// Any word: `SMTP`, `ESMTP`, `QMQP`.
  package var protocolName: Forwarded<ForwardedText>?
  package var helo: Forwarded<ForwardedText>?
  /// The message's identifier where it comes from.
  package var identifier: Forwarded<ForwardedText>?
  package var source: Forwarded<ForwardedSource>?

  package init() {}

  /// These attributes over those of a command before: a client may use two to keep them short.
  package func over(_ earlier: XforwardAttributes) -> XforwardAttributes {
    var both = self
    both.name = name ?? earlier.name
    both.address = address ?? earlier.address
    both.port = port ?? earlier.port
    both.protocolName = protocolName ?? earlier.protocolName
    both.helo = helo ?? earlier.helo
    both.identifier = identifier ?? earlier.identifier
    both.source = source ?? earlier.source
    return both
  }
}
