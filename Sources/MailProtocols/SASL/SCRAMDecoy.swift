// Keys for users who do not exist, so that a SCRAM server answers as if they did (RFC 5802 9): the
// same salt each time they are asked for, of the usual length, and a proof that is worked out and
// then refused.

/// Makes up keys for unknown users.
package struct SCRAMDecoy: Sendable {
  private let secret: SASLSecret
  private let iterations: Int
  private let saltByteCount: Int

  /// `secret` is random and lives as long as the server (longer, if restarts are not to show);
  /// iterations and salt length are those of the real users. The salt has at most 32 octets.
  package init(secret: SASLSecret, iterations: Int = 4096, saltByteCount: Int = 16) {
    self.secret = secret
    self.iterations = max(1, iterations)
    self.saltByteCount = min(max(1, saltByteCount), SCRAMHash.sha256.byteCount)
  }

  /// The keys that this name gets.
  func keys(
    of user: [UInt8], hash: SCRAMHash, digest: any SASLDigest
  ) throws(SASLError) -> SCRAMKeys? {
    let salt = try digest.hmac(
      Array("salt \(hash.name) ".utf8) + user, key: secret.bytes, with: .sha256)
    let stored = try digest.hmac(
      Array("stored ".utf8) + user, key: secret.bytes, with: hash)
    let server = try digest.hmac(
      Array("server ".utf8) + user, key: secret.bytes, with: hash)
    return SCRAMKeys(
      hash: hash, iterations: iterations, salt: Array(salt.prefix(saltByteCount)),
      storedKey: stored, serverKey: server)
  }
}
