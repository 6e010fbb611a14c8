// What XCLIENT tells of a client (Postfix's XCLIENT_README): the server takes it for the truth.

/// The names of XCLIENT's attributes; the raw value is the one on the wire.
package enum XclientAttribute: String, Sendable, CaseIterable {
  case name = "NAME"
  case address = "ADDR"
  case port = "PORT"
  case protocolName = "PROTO"
  case helo = "HELO"
  case login = "LOGIN"
  case destinationAddress = "DESTADDR"
  case destinationPort = "DESTPORT"
}

/// Attributes with their values; nil is one that was not sent.
package struct XclientAttributes: Equatable, Sendable {
  package var name: ForwardedName?
  package var address: Forwarded<IPAddress>?
  package var port: Forwarded<UInt16>?
  package var protocolName: ForwardedProtocol?
  package var helo: Forwarded<ForwardedText>?
  /// Who the client has logged in as; `unavailable` when it has not.
  package var login: Forwarded<ForwardedText>?
  package var destinationAddress: Forwarded<IPAddress>?
  package var destinationPort: Forwarded<UInt16>?

  package init() {}

  /// These attributes over earlier ones. HELO and PROTO are of one command alone: XCLIENT takes a
  /// session back to its greeting.
  package func over(_ earlier: XclientAttributes) -> XclientAttributes {
    var both = self
    both.name = name ?? earlier.name
    both.address = address ?? earlier.address
    both.port = port ?? earlier.port
    both.login = login ?? earlier.login
    both.destinationAddress = destinationAddress ?? earlier.destinationAddress
    both.destinationPort = destinationPort ?? earlier.destinationPort
    return both
  }
}
