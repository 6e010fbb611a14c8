// The client-first-message of SCRAM (RFC 5802 7): GS2 header, user, nonce.

/// A client's first message.
struct SCRAMClientFirst: Equatable, Sendable {
  let header: GS2Header
  /// UTF-8, unescaped.
  let user: [UInt8]
  let nonce: [UInt8]
  /// The message without its header, as the proof covers it: extensions included.
  let bare: [UInt8]

  /// The message as it is sent.
  var wire: [UInt8] { header.wire + bare }

  init(header: GS2Header, user: [UInt8], nonce: [UInt8]) {
    self.header = header
    self.user = user
    self.nonce = nonce
    bare = Array("n=".utf8) + GS2Header.escape(user) + Array(",r=".utf8) + nonce
  }

  /// Reads a message as a server does.
  init(parsing message: [UInt8]) throws(SCRAMServerError) {
    guard message.count <= SCRAMLimits.maxMessageByteCount else { throw .invalidEncoding }
    let (header, rest) = try GS2Header.parse(message)
    guard var attributes = SCRAMAttributes(rest) else { throw .invalidEncoding }
    if attributes.beginsWithMandatoryExtension { throw .extensionsNotSupported }
    guard let name = attributes.take("n"), let nonce = attributes.take("r"),
      SCRAMAttributes.isNonce(nonce), attributes.skipExtensions()
    else { throw .invalidEncoding }
    guard let user = GS2Header.unescape(name) else { throw .invalidUsernameEncoding }
    self.header = header
    self.user = user
    self.nonce = Array(nonce)
    bare = Array(rest)
  }
}
