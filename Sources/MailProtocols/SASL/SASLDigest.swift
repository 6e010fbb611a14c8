// The cryptography that the mechanisms are handed: this library has none of its own. MailIO's
// OpenSSLDigest is the real one.

/// Digests, keyed digests and key stretching, handed to the mechanisms.
///
/// Each throws `SASLError.digestUnavailable` when the library below refuses (MD5 under FIPS rules,
/// say). The octets of the results count `hash.byteCount`, 16 for MD5.
package protocol SASLDigest: Sendable {
  /// The digest of a message.
  func hash(_ message: [UInt8], with hash: SCRAMHash) throws(SASLError) -> [UInt8]
  /// HMAC (RFC 2104).
  func hmac(_ message: [UInt8], key: [UInt8], with hash: SCRAMHash) throws(SASLError) -> [UInt8]
  /// PBKDF2 with HMAC, one block of output (RFC 8018 5.2, `Hi` of RFC 5802 2.2); `iterations` is at
  /// least 1.
  func pbkdf2(
    password: [UInt8], salt: [UInt8], iterations: Int, with hash: SCRAMHash
  ) throws(SASLError) -> [UInt8]
  /// HMAC with MD5, for CRAM-MD5 alone.
  func hmacMD5(_ message: [UInt8], key: [UInt8]) throws(SASLError) -> [UInt8]
}
