// Random octets from libcrypto, and the nonces and challenges that the SASL mechanisms are handed.

internal import COpenSSL
internal import MailProtocols

/// Random numbers fit for secrets.
package enum SecureRandom {
  /// That many random octets. Traps when the system has none: nothing that needs them can go on
  /// safely.
  package static func bytes(count: Int) -> [UInt8] {
    LibCrypto.start
    var result = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&result, Int32(count)) == 1 else { fatalError("RAND_bytes failed") }
    return result
  }

  /// A number from 0 up to and with `limit`, each as likely (but for one part in 2^32).
  package static func number(upTo limit: UInt32) -> UInt32 {
    let random = bytes(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return UInt32(truncatingIfNeeded: random % (UInt64(limit) + 1))
  }

  /// A nonce for SCRAM: 18 random octets as 24 characters of base64 (RFC 5802 5.1).
  package static func nonce() -> [UInt8] {
    let random = bytes(count: 18)
    return Base64.encode(random.span)
  }

  /// A challenge for CRAM-MD5: `<random@host>`, in the form of a message identifier (RFC 2195 2).
  package static func cramChallenge(host: String) -> [UInt8] {
    let random = bytes(count: 16)
    return Array("<".utf8) + Hex.encode(random.span) + Array("@\(host)>".utf8)
  }
}
