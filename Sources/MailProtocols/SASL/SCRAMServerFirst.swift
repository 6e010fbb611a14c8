// The server-first-message of SCRAM (RFC 5802 7): nonce, salt, iteration count.

/// A server's first message.
struct SCRAMServerFirst: Equatable, Sendable {
  /// The client's nonce and the server's behind it.
  let nonce: [UInt8]
  let salt: [UInt8]
  let iterations: Int
  /// The message as it is sent, and as the proof covers it: extensions included.
  let wire: [UInt8]

  init(nonce: [UInt8], salt: [UInt8], iterations: Int) {
    self.nonce = nonce
    self.salt = salt
    self.iterations = iterations
    wire =
      Array("r=".utf8) + nonce + Array(",s=".utf8) + Base64.encode(salt.span)
      + Array(",i=\(iterations)".utf8)
  }

  /// Reads a message as a client does that sent `clientNonce`.
  ///
  /// Throws for `e=` what the server says (errata 5271), and for anything that RFC 5802 5.1 or the
  /// limits forbid.
  init(
    parsing message: [UInt8], clientNonce: [UInt8], limits: SCRAMLimits
  ) throws(SASLError) {
    guard var attributes = SCRAMAttributes(message[...]) else { throw .malformedChallenge }
    if let error = attributes.take("e") { throw .refused(SCRAMServerError(value: error)) }
    if attributes.beginsWithMandatoryExtension { throw .mandatoryExtension }
    guard let nonce = attributes.take("r"), SCRAMAttributes.isNonce(nonce),
      let saltText = attributes.take("s"), let salt = Base64.decode(saltText.span),
      (1...SCRAMLimits.maxSaltByteCount).contains(salt.count),
      let count = attributes.take("i"), let iterations = Self.number(count),
      attributes.skipExtensions()
    else { throw .malformedChallenge }
    guard nonce.count > clientNonce.count, nonce.starts(with: clientNonce) else {
      throw .nonceMismatch
    }
    guard limits.iterations.contains(iterations) else { throw .iterationsOutOfRange }
    self.nonce = Array(nonce)
    self.salt = salt
    self.iterations = iterations
    wire = message
  }

  /// A positive number without leading zeros; one too large for an `Int` is the largest.
  static func number(_ digits: some Collection<UInt8>) -> Int? {
    guard let first = digits.first, first != .ascii("0"), digits.allSatisfy(\.isDigit) else {
      return nil
    }
    return Int(String(decoding: digits, as: UTF8.self)) ?? Int.max
  }
}
