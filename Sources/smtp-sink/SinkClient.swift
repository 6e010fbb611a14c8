// Who a session's client is: what the socket says, or a PROXY header, or XCLIENT, in this order of
// belief from the last.

internal import MailIO
internal import MailProtocols

/// A client's address as events, expectations and stores have it.
struct SinkClient: Sendable {
  /// Postfix's word for an address that XCLIENT says is not to be had.
  static let unknownHost = "unknown"

  /// Safe to print: an address, the path of a unix socket, or `unknown`.
  let host: String
  /// Nil for unix sockets, and where it is not known.
  let port: UInt16?
  /// Nil for unix sockets, and where it is not known.
  let address: IPAddress?

  /// Whether it came over a unix socket.
  var isLocal: Bool { address == nil && host != Self.unknownHost }

  private init(host: String, port: UInt16?, address: IPAddress?) {
    self.host = host
    self.port = port
    self.address = address
  }

  /// The other end of a socket.
  init(_ peer: SocketAddress) {
    let zoneless = String(peer.host.prefix { $0 != "%" })
    self.init(
      host: peer.host, port: peer.port, address: peer.port == nil ? nil : IPAddress(zoneless))
  }

  /// The source of the connection that a PROXY header forwards; nil when it names none.
  init?(_ header: ProxyHeader) {
    switch header.route {
    case .unspecified: return nil
    case .internet(_, let route):
      self.init(
        host: route.source.unmapped.text, port: route.sourcePort, address: route.source.unmapped)
    case .unix(_, let source, destination: _):
      self.init(
        host: EscapedText.text(source.octets.span, for: .event), port: nil, address: nil)
    }
  }

  /// The client with what XCLIENT says of it.
  func applying(_ attributes: XclientAttributes) -> SinkClient {
    switch attributes.address {
    case .known(let address):
      SinkClient(
        host: address.unmapped.text, port: attributes.port?.value, address: address.unmapped)
    case .unavailable:
      SinkClient(host: Self.unknownHost, port: attributes.port?.value, address: nil)
    case nil:
      SinkClient(
        host: host, port: attributes.port.map(\.value) ?? port, address: address)
    }
  }

  /// `127.0.0.1:2525`, `[::1]:2525` or what else there is.
  var text: String {
    guard let port else { return host }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
