// Digests, HMAC, PBKDF2 and random octets from libcrypto: what the SASL mechanisms of MailProtocols
// are handed.

internal import COpenSSL
package import MailProtocols

/// The digests of libcrypto.
package struct OpenSSLDigest: SASLDigest {
  /// Starts libcrypto, where that has not been done.
  package init() { LibCrypto.start }

  /// EVP_Digest.
  package func hash(_ message: [UInt8], with hash: SCRAMHash) throws(SASLError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: hash.byteCount)
    var count: UInt32 = 0
    let isDone = EVP_Digest(
      message, message.count, &result, &count, Self.algorithm(hash), nil)
    guard isDone == 1, Int(count) == result.count else { throw .digestUnavailable }
    return result
  }

  /// HMAC; an empty key is one.
  package func hmac(
    _ message: [UInt8], key: [UInt8], with hash: SCRAMHash
  ) throws(SASLError) -> [UInt8] {
    try Self.hmac(message, key: key, Self.algorithm(hash), byteCount: hash.byteCount)
  }

  /// HMAC with MD5; throws where a policy (FIPS) forbids MD5.
  package func hmacMD5(_ message: [UInt8], key: [UInt8]) throws(SASLError) -> [UInt8] {
    try Self.hmac(message, key: key, EVP_md5(), byteCount: 16)
  }

  /// PKCS5_PBKDF2_HMAC; throws for an iteration count that is not 1 to 2,147,483,647.
  package func pbkdf2(
    password: [UInt8], salt: [UInt8], iterations: Int, with hash: SCRAMHash
  ) throws(SASLError) -> [UInt8] {
    guard let rounds = Int32(exactly: iterations), rounds > 0 else { throw .digestUnavailable }
    var result = [UInt8](repeating: 0, count: hash.byteCount)
    let isDone = password.withUnsafeBytes { bytes in
      PKCS5_PBKDF2_HMAC(
        bytes.assumingMemoryBound(to: CChar.self).baseAddress, Int32(bytes.count), salt,
        Int32(salt.count), rounds, Self.algorithm(hash), Int32(hash.byteCount), &result)
    }
    guard isDone == 1 else { throw .digestUnavailable }
    return result
  }

  private static func hmac(
    _ message: [UInt8], key: [UInt8], _ algorithm: OpaquePointer?, byteCount: Int
  ) throws(SASLError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: byteCount)
    var count: UInt32 = 0
    // HMAC() with a NULL key would use the last key there was: an empty one needs an address.
    let keyBytes = key.isEmpty ? [0] : key
    let isDone = HMAC(
      algorithm, keyBytes, Int32(key.count), message, message.count, &result, &count)
    guard isDone != nil, Int(count) == byteCount else { throw .digestUnavailable }
    return result
  }

  private static func algorithm(_ hash: SCRAMHash) -> OpaquePointer? {
    switch hash {
    case .sha1: EVP_sha1()
    case .sha224: EVP_sha224()
    case .sha256: EVP_sha256()
    case .sha384: EVP_sha384()
    case .sha512: EVP_sha512()
    case .sha3Bits512: EVP_sha3_512()
    }
  }
}
