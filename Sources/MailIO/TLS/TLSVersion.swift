// Versions of TLS by the names that options, events and people use.

internal import COpenSSL

/// A version of TLS.
package enum TLSVersion: String, CaseIterable, Comparable, Sendable {
  case tls10 = "1.0"
  case tls11 = "1.1"
  case tls12 = "1.2"
  case tls13 = "1.3"

  /// Those that are spoken unless others are asked for (RFC 8996, RFC 9325 3.1.1).
  package static let usual = TLSVersion.tls12 ... .tls13

  /// Older ones come first.
  package static func < (one: TLSVersion, other: TLSVersion) -> Bool {
    one.wireValue < other.wireValue
  }

  /// As in ClientHello.legacy_version and supported_versions.
  var wireValue: Int32 {
    switch self {
    case .tls10: TLS1_VERSION
    case .tls11: TLS1_1_VERSION
    case .tls12: TLS1_2_VERSION
    case .tls13: TLS1_3_VERSION
    }
  }
}
