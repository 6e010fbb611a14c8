// Fuzz entry: SCRAM messages to both sides, and the users file's keys. The first octet chooses the
// mechanism and the flags, the rest is one message a line. Nobody may be let in and no server
// believed, since no proof can be right.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let messages = input.dropFirst().split(
    separator: .lineFeed, omittingEmptySubsequences: false
  ).map(Array.init)
  let hash = SCRAMHash.allCases[Int(choice & 7) % SCRAMHash.allCases.count]
  let use: SCRAMBindingUse = choice & 8 == 0 ? .unbound : .bound
  feedServer(hash, use, isOffered: choice & 16 != 0, messages)
  feedClient(hash, use, messages)
  for message in messages { checkMessage(message) }
  return 0
}

private func feedServer(
  _ hash: SCRAMHash, _ use: SCRAMBindingUse, isOffered: Bool, _ messages: [[UInt8]]
) {
  let binding = SASLChannelBinding(kind: .tlsExporter, data: [1, 2, 3])
  var server = SASLServerExchange(
    SCRAMServer(
      hash, use,
      context: SASLServerContext(
        authority: Nobody(), digest: FuzzDigest(),
        binding: isOffered ? .offered([binding]) : .notOffered, nonce: { [0x73] },
        decoy: SCRAMDecoy(secret: SASLSecret([1])), cramChallenge: { [] })),
    successData: .asChallenge)
  var step = server.start(messages.first)
  for message in messages.dropFirst() { step = server.respond(message) }
  if case .success = step { preconditionFailure("a stranger was let in") }
}

private func feedClient(_ hash: SCRAMHash, _ use: SCRAMBindingUse, _ messages: [[UInt8]]) {
  let binding = SASLChannelBinding(kind: .tlsExporter, data: [1, 2, 3])
  let context = SASLClientContext(
    credentials: SASLCredentials(
      authcid: "user", proof: .password(SASLSecret(Array("pencil".utf8)))),
    binding: use == .bound ? .bound(binding) : .unadvertised, digest: FuzzDigest(),
    nonce: { [0x63] })
  guard let mechanism = try? SCRAMClient(hash, use, context: context) else { return }
  var client = SASLClientExchange(mechanism)
  guard (try? client.start(.carried)) != nil else { preconditionFailure("no first message") }
  for message in messages {
    _ = try? client.respond(to: message)
    var believer = client
    if (try? believer.finish(with: message)) != nil || (try? client.finish(with: nil)) != nil {
      preconditionFailure("a stranger was believed")
    }
  }
}

/// What can be read is written the same.
private func checkMessage(_ message: [UInt8]) {
  if let first = try? SCRAMClientFirst(parsing: message) {
    precondition(first.wire == message, "another client-first-message")
    precondition(!first.user.isEmpty && !first.user.contains(.nul))
  }
  if let final = try? SCRAMClientFinal(parsing: message) {
    precondition(final.wire == message, "another client-final-message")
  }
  let anyCount = SCRAMLimits(iterations: 1...Int.max)
  if let first = try? SCRAMServerFirst(parsing: message, clientNonce: [], limits: anyCount) {
    precondition(first.wire == message && first.iterations > 0 && !first.salt.isEmpty)
  }
  if let final = try? SCRAMServerFinal(parsing: message) {
    precondition(message.starts(with: final.wire) || final == .error(.otherError))
  }
  let text = String(decoding: message, as: UTF8.self)
  if let keys = SCRAMKeys(text: text) { precondition(SCRAMKeys(text: keys.text) == keys) }
}

private struct Nobody: SASLAuthority {
  func scramKeys(of user: String, hash: SCRAMHash) -> SASLLookup<SCRAMKeys> {
    guard user == "user" else { return .unknown }
    let key = [UInt8](repeating: 0x5A, count: hash.byteCount)
    let keys = SCRAMKeys(hash: hash, iterations: 4096, salt: [1], storedKey: key, serverKey: key)
    return keys.map { .found($0) } ?? .unknown
  }
  func mayAct(_ user: String, as other: String) -> Bool { true }
}

/// Digests that nobody can meet: they count up.
private struct FuzzDigest: SASLDigest {
  func hash(_ message: [UInt8], with hash: SCRAMHash) -> [UInt8] { fill(message, hash.byteCount) }
  func hmac(_ message: [UInt8], key: [UInt8], with hash: SCRAMHash) -> [UInt8] {
    fill(key + message, hash.byteCount)
  }
  func pbkdf2(
    password: [UInt8], salt: [UInt8], iterations: Int, with hash: SCRAMHash
  ) -> [UInt8] { fill(password + salt, hash.byteCount) }
  func hmacMD5(_ message: [UInt8], key: [UInt8]) -> [UInt8] { fill(key + message, 16) }

  private func fill(_ message: [UInt8], _ count: Int) -> [UInt8] {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in message { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (0..<count).map { index in
      state = state &* 0x5851_F42D_4C95_7F2D &+ UInt64(index)
      return UInt8(truncatingIfNeeded: state >> 33)
    }
  }
}
