// Digests that are none: right lengths, every octet counts, nothing is secret. They let the
// dialogues be tested where no cryptographic library may be imported; MailIOTests runs them with
// the real ones.

import MailProtocols

struct ToyDigest: SASLDigest {
  func hash(_ message: [UInt8], with hash: SCRAMHash) -> [UInt8] {
    expand(message, count: hash.byteCount)
  }

  func hmac(_ message: [UInt8], key: [UInt8], with hash: SCRAMHash) -> [UInt8] {
    expand(key + [0xFF] + message, count: hash.byteCount)
  }

  func pbkdf2(
    password: [UInt8], salt: [UInt8], iterations: Int, with hash: SCRAMHash
  ) -> [UInt8] {
    expand(password + [0xFE] + salt + Array("\(iterations)".utf8), count: hash.byteCount)
  }

  func hmacMD5(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    expand(key + [0xFD] + message, count: 16)
  }

  private func expand(_ message: [UInt8], count: Int) -> [UInt8] {
    var seed: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in message { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }
}

/// A library that offers nothing, as MD5 under FIPS rules.
struct NoDigest: SASLDigest {
  func hash(_ message: [UInt8], with hash: SCRAMHash) throws(SASLError) -> [UInt8] {
    throw .digestUnavailable
  }
  func hmac(_ message: [UInt8], key: [UInt8], with hash: SCRAMHash) throws(SASLError) -> [UInt8] {
    throw .digestUnavailable
  }
  func pbkdf2(
    password: [UInt8], salt: [UInt8], iterations: Int, with hash: SCRAMHash
  ) throws(SASLError) -> [UInt8] {
    throw .digestUnavailable
  }
  func hmacMD5(_ message: [UInt8], key: [UInt8]) throws(SASLError) -> [UInt8] {
    throw .digestUnavailable
  }
}
