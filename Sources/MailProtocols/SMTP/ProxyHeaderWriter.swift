// Writes PROXY headers, which a proxy sends before anything else (PROXY protocol 2.1, 2.2).

/// A header as octets.
package enum ProxyHeaderWriter {
  /// The octets of `header`; nil when its TLVs are more than the length fields can say, or a unique
  /// identifier is longer than 128 octets.
  ///
  /// Version 1 can tell of TCP alone: anything else is `UNKNOWN`, and TLVs are left out.
  package static func octets(of header: ProxyHeader) -> [UInt8]? {
    switch header.version {
    case .one: line(header.route)
    case .two: binary(header)
    }
  }

  private static func line(_ route: ProxyRoute) -> [UInt8] {
    guard case .internet(.stream, let route) = route else {
      return [UInt8]("PROXY UNKNOWN\r\n".utf8)
    }
    let family = route.isIPv6 ? "TCP6" : "TCP4"
    let text =
      "PROXY \(family) \(route.source.text) \(route.destination.text) "
      + "\(route.sourcePort) \(route.destinationPort)\r\n"
    return [UInt8](text.utf8)
  }

  private static func binary(_ header: ProxyHeader) -> [UInt8]? {
    var octets = ProxyHeaderParser.signature
    octets.append(header.isLocal ? 0x20 : 0x21)
    var body: [UInt8] = []
    switch header.route {
    case .unspecified: octets.append(0)
    case .internet(let transport, let route):
      octets.append((route.isIPv6 ? 0x20 : 0x10) | number(of: transport))
      body += route.source.octets + route.destination.octets
      for port in [route.sourcePort, route.destinationPort] { append(port, to: &body) }
    case .unix(let transport, let source, let destination):
      octets.append(0x30 | number(of: transport))
      for path in [source, destination] {
        body += path.octets
        body += [UInt8](repeating: 0, count: ProxyUnixPath.maxByteCount - path.octets.count)
      }
    }
    var checksumStart: Int?
    for tlv in header.tlvs {
      if tlv == .crc32c {
        guard checksumStart == nil else { return nil }
        checksumStart = ProxyHeaderParser.prefixByteCount + body.count + 3
      }
      guard append(tlv, to: &body) else { return nil }
    }
    guard let length = UInt16(exactly: body.count) else { return nil }
    append(length, to: &octets)
    octets += body
    if let checksumStart {
      let sum = CRC32C.checksum(of: octets.span)
      for index in 0..<4 {
        octets[checksumStart + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * index))
      }
    }
    return octets
  }

  private static func number(of transport: ProxyTransport) -> UInt8 {
    switch transport {
    case .stream: 1
    case .datagram: 2
    }
  }

  private static func append(_ number: UInt16, to octets: inout [UInt8]) {
    octets.append(UInt8(truncatingIfNeeded: number >> 8))
    octets.append(UInt8(truncatingIfNeeded: number))
  }

  /// False when the value does not fit.
  private static func append(_ tlv: ProxyTLV, to body: inout [UInt8]) -> Bool {
    switch tlv {
    case .alpn(let value): return append(ProxyTLVType.alpn, value, to: &body)
    case .authority(let value): return append(ProxyTLVType.authority, value, to: &body)
    case .crc32c: return append(ProxyTLVType.crc32c, [0, 0, 0, 0], to: &body)
    case .noop(let count):
      guard count <= UInt16.max else { return false }
      return append(ProxyTLVType.noop, [UInt8](repeating: 0, count: count), to: &body)
    case .uniqueID(let value):
      guard value.count <= ProxyTLV.maxUniqueIDByteCount else { return false }
      return append(ProxyTLVType.uniqueID, value, to: &body)
    case .ssl(let facts):
      var value = [facts.client.rawValue]
      for shift in stride(from: 24, through: 0, by: -8) {
        value.append(UInt8(truncatingIfNeeded: facts.verify >> shift))
      }
      for detail in facts.details {
        guard append(type(of: detail), detail.value, to: &value) else { return false }
      }
      return append(ProxyTLVType.ssl, value, to: &body)
    case .netns(let value): return append(ProxyTLVType.netns, value, to: &body)
    case .other(let type, let value): return append(type, value, to: &body)
    }
  }

  private static func type(of detail: ProxyTLSFacts.Detail) -> UInt8 {
    switch detail {
    case .version: ProxyTLVType.sslVersion
    case .commonName: ProxyTLVType.sslCommonName
    case .cipher: ProxyTLVType.sslCipher
    case .signatureAlgorithm: ProxyTLVType.sslSignatureAlgorithm
    case .keyAlgorithm: ProxyTLVType.sslKeyAlgorithm
    case .other(let type, _): type
    }
  }

  private static func append(_ type: UInt8, _ value: [UInt8], to octets: inout [UInt8]) -> Bool {
    guard let count = UInt16(exactly: value.count) else { return false }
    octets.append(type)
    append(count, to: &octets)
    octets += value
    return true
  }
}
