// What a server keeps of a password for SCRAM (RFC 5802 3): enough to check a proof, not enough to
// make one. As text it is a field of the users file, in the form that gsasl --mkpasswd prints:
// {SCRAM-SHA-256}iterations,salt,stored,server.

/// The keys of one user for one hash.
package struct SCRAMKeys: Equatable, Sendable {
  /// The hash that all of it is made with.
  package let hash: SCRAMHash
  /// At least 1.
  package let iterations: Int
  /// 1 to `SCRAMLimits.maxSaltByteCount` octets.
  package let salt: [UInt8]
  /// The hash of the client's key: checks a proof.
  package let storedKey: [UInt8]
  /// Makes the signature that proves the server to the client.
  package let serverKey: [UInt8]

  /// The keys, or nil when a length is not the hash's, the salt is empty or too long, or the count
  /// is not positive.
  package init?(
    hash: SCRAMHash, iterations: Int, salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8]
  ) {
    guard iterations > 0, (1...SCRAMLimits.maxSaltByteCount).contains(salt.count),
      storedKey.count == hash.byteCount, serverKey.count == hash.byteCount
    else { return nil }
    self.hash = hash
    self.iterations = iterations
    self.salt = salt
    self.storedKey = storedKey
    self.serverKey = serverKey
  }

  /// Derives the keys of a password that has been prepared (`SASLprep`, stored).
  ///
  /// nil for an empty salt or a count that is not positive; throws when the digest is not
  /// available.
  package static func derive(
    password: SASLSecret, salt: [UInt8], iterations: Int, hash: SCRAMHash, digest: any SASLDigest
  ) throws(SASLError) -> SCRAMKeys? {
    guard iterations > 0, !salt.isEmpty else { return nil }
    var bytes = password.bytes
    defer { SASLSecret.wipe(&bytes) }
    var keys = try SCRAMProof(hash: hash, digest: digest)
      .keys(password: bytes, salt: salt, iterations: iterations)
    SASLSecret.wipe(&keys.client)
    return SCRAMKeys(
      hash: hash, iterations: iterations, salt: salt, storedKey: keys.stored,
      serverKey: keys.server)
  }

  /// Whether a prepared password gives these keys, for mechanisms that send the password. Throws
  /// when the digest is not available.
  package func match(
    _ password: SASLSecret, digest: any SASLDigest
  ) throws(SASLError) -> Bool {
    let derived = try Self.derive(
      password: password, salt: salt, iterations: iterations, hash: hash, digest: digest)
    return derived.map { constantTimeEqual($0.storedKey, storedKey) } ?? false
  }

  // MARK: The users file

  /// Reads `{SCRAM-SHA-256}4096,salt,stored,server`, the last three in base64; nil when it is
  /// anything else.
  ///
  /// A fifth field is refused: gsasl --verbose puts the salted password there, which is as good as
  /// the password.
  package init?(text: some StringProtocol) {
    let bytes = Array(text.utf8)
    let prefix = Array("{SCRAM-".utf8)
    guard bytes.starts(with: prefix), let brace = bytes.firstIndex(of: .ascii("}")),
      let hash = SCRAMHash(name: String(decoding: bytes[prefix.count..<brace], as: UTF8.self))
    else { return nil }
    let fields = bytes[(brace + 1)...]
      .split(separator: .ascii(","), omittingEmptySubsequences: false)
    let values = fields.dropFirst().compactMap { Base64.decode($0.span) }
    guard fields.count == 4, values.count == 3,
      let iterations = SCRAMServerFirst.number(fields[0])
    else { return nil }
    self.init(
      hash: hash, iterations: iterations, salt: values[0], storedKey: values[1],
      serverKey: values[2])
  }

  /// The form that `init(text:)` reads.
  package var text: String {
    let fields = [salt, storedKey, serverKey].map {
      String(decoding: Base64.encode($0.span), as: UTF8.self)
    }
    return "{SCRAM-\(hash.name)}\(iterations),\(fields.joined(separator: ","))"
  }
}
