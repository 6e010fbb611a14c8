// The server-final-message of SCRAM (RFC 5802 7): the server's signature, or an error.

/// A server's final message.
enum SCRAMServerFinal: Equatable, Sendable {
  /// `v=`: the proof that the server knows the user's keys.
  case signature([UInt8])
  /// `e=`.
  case error(SCRAMServerError)

  /// The message as it is sent.
  var wire: [UInt8] {
    switch self {
    case .signature(let signature): Array("v=".utf8) + Base64.encode(signature.span)
    case .error(let error): Array("e=\(error.rawValue)".utf8)
    }
  }

  /// Reads a message as a client does.
  init(parsing message: [UInt8]) throws(SASLError) {
    guard var attributes = SCRAMAttributes(message[...]) else { throw .malformedChallenge }
    if let text = attributes.take("v") {
      guard let signature = Base64.decode(text.span) else { throw .malformedChallenge }
      self = .signature(signature)
    } else if let text = attributes.take("e") {
      self = .error(SCRAMServerError(value: text))
    } else {
      throw .malformedChallenge
    }
    guard attributes.skipExtensions() else { throw .malformedChallenge }
  }
}
