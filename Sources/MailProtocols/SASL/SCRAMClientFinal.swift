// The client-final-message of SCRAM (RFC 5802 7): channel binding, nonce, proof.

/// A client's final message.
struct SCRAMClientFinal: Equatable, Sendable {
  /// The GS2 header of the first message and the channel binding data behind it.
  let binding: [UInt8]
  /// The whole nonce.
  let nonce: [UInt8]
  let proof: [UInt8]
  /// The message before `,p=`, as the proof covers it: extensions included.
  let withoutProof: [UInt8]

  /// The message as it is sent.
  var wire: [UInt8] { withoutProof + Array(",p=".utf8) + Base64.encode(proof.span) }

  /// The message before the proof, which the proof is made from.
  static func withoutProof(binding: [UInt8], nonce: [UInt8]) -> [UInt8] {
    Array("c=".utf8) + Base64.encode(binding.span) + Array(",r=".utf8) + nonce
  }

  init(binding: [UInt8], nonce: [UInt8], proof: [UInt8]) {
    self.binding = binding
    self.nonce = nonce
    self.proof = proof
    withoutProof = Self.withoutProof(binding: binding, nonce: nonce)
  }

  /// Reads a message as a server does; the proof is the last attribute.
  init(parsing message: [UInt8]) throws(SCRAMServerError) {
    guard var attributes = SCRAMAttributes(message[...]),
      let bindingText = attributes.take("c"), let binding = Base64.decode(bindingText.span),
      let nonce = attributes.take("r")
    else { throw .invalidEncoding }
    _ = attributes.skipExtensions()
    guard let proofText = attributes.take("p"), let proof = Base64.decode(proofText.span),
      attributes.isAtEnd
    else { throw .invalidEncoding }
    self.binding = binding
    self.nonce = Array(nonce)
    self.proof = proof
    withoutProof = Array(message[..<(proofText.startIndex - 3)])
  }
}
