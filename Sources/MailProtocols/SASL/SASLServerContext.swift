// What a server mechanism is made from.

/// Everything a server mechanism may need; each takes what it does need.
package struct SASLServerContext: Sendable {
  /// Whom to ask about users.
  package var authority: any SASLAuthority
  /// The cryptography.
  package var digest: any SASLDigest
  /// What SASLprep is applied to.
  package var preparation: SASLPreparation
  /// What was listed on this connection.
  package var binding: SCRAMServerBinding
  /// A fresh nonce: printable ASCII without comma, at least 18 octets of randomness in base64.
  package var nonce: @Sendable () -> [UInt8]
  /// Keys for users who do not exist.
  package var decoy: SCRAMDecoy
  /// A fresh challenge for CRAM-MD5: `<unique@host>` (RFC 2195 2).
  package var cramChallenge: @Sendable () -> [UInt8]
  /// The challenges of LOGIN.
  package var loginPrompts: LoginPrompts

  /// All names and passwords are prepared and nothing is bound unless said otherwise.
  package init(
    authority: any SASLAuthority, digest: any SASLDigest, preparation: SASLPreparation = .all,
    binding: SCRAMServerBinding = .notOffered, nonce: @escaping @Sendable () -> [UInt8],
    decoy: SCRAMDecoy, cramChallenge: @escaping @Sendable () -> [UInt8],
    loginPrompts: LoginPrompts = LoginPrompts()
  ) {
    self.authority = authority
    self.digest = digest
    self.preparation = preparation
    self.binding = binding
    self.nonce = nonce
    self.decoy = decoy
    self.cramChallenge = cramChallenge
    self.loginPrompts = loginPrompts
  }

  /// A name from the wire, prepared as a query; nil when it is empty, holds a NUL or cannot be
  /// prepared.
  func name(_ bytes: some Collection<UInt8>) -> String? {
    guard !bytes.isEmpty, !bytes.contains(.nul) else { return nil }
    guard preparation.contains(.userNames) else {
      return bytes.count <= SASLprep.maxByteCount
        ? String(validating: Array(bytes), as: UTF8.self) : nil
    }
    guard let prepared = try? SASLprep.prepare(Array(bytes), for: .query), !prepared.isEmpty
    else { return nil }
    return String(decoding: prepared, as: UTF8.self)
  }

  /// A password from the wire, prepared as a query; nil when it is empty, holds a NUL or cannot be
  /// prepared.
  func password(_ bytes: some Collection<UInt8>) -> SASLSecret? {
    guard !bytes.isEmpty, bytes.count <= SASLprep.maxByteCount, !bytes.contains(.nul) else {
      return nil
    }
    var octets = Array(bytes)
    defer { SASLSecret.wipe(&octets) }
    guard preparation.contains(.passwords) else { return SASLSecret(octets) }
    guard var prepared = try? SASLprep.prepare(octets, for: .query), !prepared.isEmpty else {
      return nil
    }
    defer { SASLSecret.wipe(&prepared) }
    return SASLSecret(prepared)
  }
}
