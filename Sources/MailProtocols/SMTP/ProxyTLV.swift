// What else a PROXY header of version 2 may tell: type, length, value (PROXY protocol 2.2.1 to
// 2.2.8). What the values mean is not judged, but for the checksum, which the parser holds against
// the header.

/// One TLV.
package enum ProxyTLV: Equatable, Sendable {
  /// Octets of a unique identifier (2.2.5).
  package static let maxUniqueIDByteCount = 128

  /// The protocol above, as ALPN has it.
  case alpn([UInt8])
  /// The host that the client named, as SNI has it.
  case authority([UInt8])
  /// A checksum over the whole header was there, and was right.
  case crc32c
  /// Padding, which says nothing.
  case noop(byteCount: Int)
  case uniqueID([UInt8])
  case ssl(ProxyTLSFacts)
  /// The network namespace.
  case netns([UInt8])
  /// A type that is not known here.
  case other(type: UInt8, [UInt8])

  /// The key in events; nil for padding.
  package var name: String? {
    switch self {
    case .alpn: "alpn"
    case .authority: "authority"
    case .crc32c: "crc32c"
    case .noop: nil
    case .uniqueID: "unique_id"
    case .ssl: "ssl"
    case .netns: "netns"
    case .other(let type, _): Self.name(ofType: type)
    }
  }

  /// `xNN`, the type in upper-case hexadecimal.
  static func name(ofType type: UInt8) -> String {
    var name: [UInt8] = [.ascii("x")]
    name.append(Hex.upperDigit(type >> 4))
    name.append(Hex.upperDigit(type & 15))
    return String(decoding: name, as: UTF8.self)
  }
}

/// What a proxy tells of the client's TLS (PP2_TYPE_SSL, 2.2.6).
package struct ProxyTLSFacts: Equatable, Sendable {
  /// How the client came.
  package struct Client: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Over TLS.
    package static let tls = Client(rawValue: 1)
    /// With a certificate on this connection.
    package static let certificateOnConnection = Client(rawValue: 2)
    /// With a certificate in the session that was resumed.
    package static let certificateInSession = Client(rawValue: 4)
  }

  /// A fact that has a sub-TLV.
  package enum Detail: Equatable, Sendable {
    /// `TLSv1.3`
    case version([UInt8])
    case commonName([UInt8])
    case cipher([UInt8])
    case signatureAlgorithm([UInt8])
    case keyAlgorithm([UInt8])
    case other(type: UInt8, [UInt8])

    /// The key in events.
    package var name: String {
      switch self {
      case .version: "version"
      case .commonName: "cn"
      case .cipher: "cipher"
      case .signatureAlgorithm: "sig_alg"
      case .keyAlgorithm: "key_alg"
      case .other(let type, _): ProxyTLV.name(ofType: type)
      }
    }

    package var value: [UInt8] {
      switch self {
      case .version(let value), .commonName(let value), .cipher(let value),
        .signatureAlgorithm(let value), .keyAlgorithm(let value), .other(type: _, let value):
        value
      }
    }
  }

  package let client: Client
  /// What came of verifying the client's certificate: 0 when it had one that is good.
  package let verify: UInt32
  package let details: [Detail]

  package init(client: Client, verify: UInt32, details: [Detail]) {
    self.client = client
    self.verify = verify
    self.details = details
  }
}

/// The numbers on the wire.
enum ProxyTLVType {
  static let alpn: UInt8 = 0x01
  static let authority: UInt8 = 0x02
  static let crc32c: UInt8 = 0x03
  static let noop: UInt8 = 0x04
  static let uniqueID: UInt8 = 0x05
  static let ssl: UInt8 = 0x20
  static let sslVersion: UInt8 = 0x21
  static let sslCommonName: UInt8 = 0x22
  static let sslCipher: UInt8 = 0x23
  static let sslSignatureAlgorithm: UInt8 = 0x24
  static let sslKeyAlgorithm: UInt8 = 0x25
  static let netns: UInt8 = 0x30
}
