// Reads a whole PROXY header of version 2: addresses, then TLVs (PROXY protocol 2.2).

/// The inside of a header whose length is right and whose first 14 octets are judged.
struct ProxyHeaderReader {
  private let octets: [UInt8]
  private var position = ProxyHeaderParser.prefixByteCount
  /// Where the checksum stands, once it was seen.
  private var checksumStart: Int?

  init(_ octets: [UInt8]) {
    self.octets = octets
  }

  consuming func header() throws(ProxyHeaderError) -> ProxyHeader {
    var reader = self
    let isLocal = reader.octets[12] & 15 == 0
    let route = try reader.route()
    var tlvs: [ProxyTLV] = []
    do throws(ProxyHeaderError) {
      tlvs = try reader.tlvs()
    } catch {
      // What is behind no addresses, or behind those of a health check, is to be discarded (2.2):
      // it need not be TLVs.
      guard isLocal || route == .unspecified, error == .malformedTLV else { throw error }
    }
    return .versionTwo(isLocal ? .local : .proxy(route), tlvs)
  }

  // MARK: - Addresses

  private mutating func route() throws(ProxyHeaderError) -> ProxyRoute {
    let transport: ProxyTransport
    switch octets[13] & 15 {
    case 1: transport = .stream
    case 2: transport = .datagram
    default: return .unspecified
    }
    switch octets[13] >> 4 {
    case 1: return .internet(transport, try internetRoute(addressByteCount: 4))
    case 2: return .internet(transport, try internetRoute(addressByteCount: 16))
    case 3:
      let source = ProxyUnixPath(field: try take(ProxyUnixPath.maxByteCount))
      let destination = ProxyUnixPath(field: try take(ProxyUnixPath.maxByteCount))
      return .unix(transport, source: source, destination: destination)
    default: return .unspecified
    }
  }

  private mutating func internetRoute(
    addressByteCount: Int
  ) throws(ProxyHeaderError) -> ProxyInternetRoute {
    let source = Array(try take(addressByteCount))
    let destination = Array(try take(addressByteCount))
    let ports = Array(try take(4))
    guard let source = IPAddress(octets: source.span),
      let destination = IPAddress(octets: destination.span),
      let route = ProxyInternetRoute(
        source: source, port: UInt16(ports[0]) << 8 | UInt16(ports[1]),
        destination: destination, port: UInt16(ports[2]) << 8 | UInt16(ports[3]))
    else { throw .malformedAddress }
    return route
  }

  private mutating func take(_ count: Int) throws(ProxyHeaderError) -> ArraySlice<UInt8> {
    guard octets.count - position >= count else { throw .truncatedAddresses }
    defer { position += count }
    return octets[position..<(position + count)]
  }

  // MARK: - TLVs

  private mutating func tlvs() throws(ProxyHeaderError) -> [ProxyTLV] {
    var tlvs: [ProxyTLV] = []
    while position < octets.count {
      let (type, value) = try tlv(before: octets.count)
      tlvs.append(try typed(type, value))
    }
    if let checksumStart { try check(at: checksumStart) }
    return tlvs
  }

  /// Type, length and where the value stands, from `position` on.
  private mutating func tlv(
    before end: Int
  ) throws(ProxyHeaderError) -> (type: UInt8, value: Range<Int>) {
    guard end - position >= 3 else { throw .malformedTLV }
    let type = octets[position]
    let count = Int(octets[position + 1]) << 8 | Int(octets[position + 2])
    position += 3
    guard end - position >= count else { throw .malformedTLV }
    defer { position += count }
    return (type, position..<(position + count))
  }

  private mutating func typed(
    _ type: UInt8, _ range: Range<Int>
  ) throws(ProxyHeaderError) -> ProxyTLV {
    let value = Array(octets[range])
    switch type {
    case ProxyTLVType.alpn: return .alpn(value)
    case ProxyTLVType.authority: return .authority(value)
    case ProxyTLVType.crc32c:
      // A second one would have to be zero in the sum of the first.
      guard value.count == 4, checksumStart == nil else { throw .malformedTLV }
      checksumStart = range.lowerBound
      return .crc32c
    case ProxyTLVType.noop: return .noop(byteCount: value.count)
    case ProxyTLVType.uniqueID:
      guard value.count <= ProxyTLV.maxUniqueIDByteCount else { throw .uniqueIDTooLong }
      return .uniqueID(value)
    case ProxyTLVType.ssl: return .ssl(try tlsFacts(range))
    case ProxyTLVType.netns: return .netns(value)
    default: return .other(type: type, value)
    }
  }

  private func tlsFacts(_ range: Range<Int>) throws(ProxyHeaderError) -> ProxyTLSFacts {
    guard range.count >= 5 else { throw .malformedTLV }
    var inside = self
    inside.position = range.lowerBound + 5
    var details: [ProxyTLSFacts.Detail] = []
    while inside.position < range.upperBound {
      let (type, valueRange) = try inside.tlv(before: range.upperBound)
      let value = Array(octets[valueRange])
      details.append(Self.detail(type, value))
    }
    let verify = octets[(range.lowerBound + 1)..<(range.lowerBound + 5)]
    return ProxyTLSFacts(
      client: ProxyTLSFacts.Client(rawValue: octets[range.lowerBound]),
      verify: verify.reduce(0) { $0 << 8 | UInt32($1) }, details: details)
  }

  private static func detail(_ type: UInt8, _ value: [UInt8]) -> ProxyTLSFacts.Detail {
    switch type {
    case ProxyTLVType.sslVersion: .version(value)
    case ProxyTLVType.sslCommonName: .commonName(value)
    case ProxyTLVType.sslCipher: .cipher(value)
    case ProxyTLVType.sslSignatureAlgorithm: .signatureAlgorithm(value)
    case ProxyTLVType.sslKeyAlgorithm: .keyAlgorithm(value)
    default: .other(type: type, value)
    }
  }

  /// The checksum is over the whole header, with zeros where it stands itself (2.2.3).
  private func check(at start: Int) throws(ProxyHeaderError) {
    var sum = CRC32C()
    for (index, octet) in octets.enumerated() {
      sum.update((start..<(start + 4)).contains(index) ? 0 : octet)
    }
    let stated = octets[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard sum.value == stated else { throw .wrongChecksum }
  }
}
