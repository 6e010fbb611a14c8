// The arithmetic of SCRAM (RFC 5802 3): keys from a password, proofs and signatures from keys.

/// The keys that a password gives, and what both sides compute from them.
struct SCRAMProof {
  let hash: SCRAMHash
  let digest: any SASLDigest

  /// ClientKey, StoredKey and ServerKey; whoever has a ClientKey can log in.
  func keys(
    password: [UInt8], salt: [UInt8], iterations: Int
  ) throws(SASLError) -> (client: [UInt8], stored: [UInt8], server: [UInt8]) {
    var salted = try digest.pbkdf2(
      password: password, salt: salt, iterations: iterations, with: hash)
    defer { SASLSecret.wipe(&salted) }
    let client = try digest.hmac(Array("Client Key".utf8), key: salted, with: hash)
    let stored = try digest.hash(client, with: hash)
    let server = try digest.hmac(Array("Server Key".utf8), key: salted, with: hash)
    return (client, stored, server)
  }

  /// ClientProof: the ClientKey under the ClientSignature; the same call takes it off again.
  func proof(_ key: [UInt8], storedKey: [UInt8], authMessage: [UInt8]) throws(SASLError) -> [UInt8]
  {
    let signature = try digest.hmac(authMessage, key: storedKey, with: hash)
    return zip(key, signature).map { $0 ^ $1 }
  }

  /// ServerSignature.
  func serverSignature(serverKey: [UInt8], authMessage: [UInt8]) throws(SASLError) -> [UInt8] {
    try digest.hmac(authMessage, key: serverKey, with: hash)
  }

  /// AuthMessage: what both sides said, but for header and proof.
  static func authMessage(
    clientFirstBare: [UInt8], serverFirst: [UInt8], clientFinalWithoutProof: [UInt8]
  ) -> [UInt8] {
    clientFirstBare + [.ascii(",")] + serverFirst + [.ascii(",")] + clientFinalWithoutProof
  }
}
