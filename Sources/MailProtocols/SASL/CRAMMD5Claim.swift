// What a CRAM-MD5 client answered, to be held against the password of the user it names (RFC 2195
// 2).

/// A user's claim to know a password, by a digest.
package struct CRAMMD5Claim: Sendable {
  /// The user, as sent: CRAM-MD5 prepares nothing.
  package let user: String
  private let challenge: [UInt8]
  private let answer: [UInt8]
  private let digest: any SASLDigest

  /// Reads `user SP digest`, the digest being the last 32 octets; nil when it is anything else. The
  /// name may hold spaces.
  init?(response: [UInt8], challenge: [UInt8], digest: any SASLDigest) {
    guard let separator = response.lastIndex(of: .space), separator > 0 else { return nil }
    let answer = response[(separator + 1)...]
    guard answer.count == 32, answer.allSatisfy({ $0.hexValue != nil }),
      let user = String(validating: response[..<separator], as: UTF8.self),
      !response[..<separator].contains(.nul)
    else { return nil }
    self.user = user
    self.challenge = challenge
    self.answer = answer.map(\.lowercased)
    self.digest = digest
  }

  /// Whether the digest was made with this password. Throws when the digest is not available.
  package func matches(_ password: SASLSecret) throws(SASLError) -> Bool {
    var key = password.bytes
    defer { SASLSecret.wipe(&key) }
    let expected = try digest.hmacMD5(challenge, key: key)
    return constantTimeEqual(answer, Hex.encode(expected.span))
  }
}
