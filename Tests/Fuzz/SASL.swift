// Fuzz entry: messages to both sides of every mechanism but SCRAM, SASLprep, mechanism names and
// patterns. The first octet chooses the mechanism, the rest is one message a line.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let messages = input.dropFirst().split(
    separator: .lineFeed, omittingEmptySubsequences: false
  ).map(Array.init)
  let names: [SASLMechanismName] = [
    .plain, .login, .cramMD5, .external, .oauthBearer, .xoauth2,
  ]
  let name = names[Int(choice & 7) % names.count]
  feedServer(name, isPrepared: choice & 8 == 0, hasInitial: choice & 16 == 0, messages)
  feedClient(name, messages)
  for message in messages {
    checkSASLprep(message)
    checkName(message)
  }
  return 0
}

private func feedServer(
  _ name: SASLMechanismName, isPrepared: Bool, hasInitial: Bool, _ messages: [[UInt8]]
) {
  guard let entry = SASLServerRegistry.standard[name] else { preconditionFailure("\(name)") }
  let context = SASLServerContext(
    authority: Strict(), digest: NoDigest(), preparation: isPrepared ? .all : [],
    nonce: { [0x73] }, decoy: SCRAMDecoy(secret: SASLSecret([1])), cramChallenge: { [0x3C] })
  var server = SASLServerExchange(entry.make(context), successData: .besideSuccess)
  var rest = messages[...]
  var step = server.start(hasInitial ? rest.popFirst() : nil)
  for message in rest {
    if case .success(let identity, let data) = step {
      precondition(data == nil && !identity.user.isEmpty && !identity.user.utf8.contains(0))
      step = server.respond(message)
      precondition(step == .failure(.malformed), "there is something after the end")
      return
    }
    step = server.respond(message)
  }
}

private func feedClient(_ name: SASLMechanismName, _ messages: [[UInt8]]) {
  guard let entry = SASLClientRegistry.standard[name] else { preconditionFailure("\(name)") }
  // Whatever the credentials are: what is sent has the shape that the server side reads.
  let secret = SASLSecret(messages.last ?? [])
  let user = String(decoding: messages.first ?? [], as: UTF8.self)
  let proof: SASLCredentials.Proof =
    switch entry.proof {
    case .password: .password(secret)
    case .token: .token(secret)
    case .external: .external
    }
  let context = SASLClientContext(
    credentials: SASLCredentials(authcid: user, proof: proof), digest: NoDigest(),
    nonce: { [0x63] })
  guard var client = try? entry.make(context) else { return }
  guard let first = try? client.start() else { return }
  if name == .plain { precondition(first.count { $0 == 0 } == 2, "a NUL was smuggled in") }
  if name == .oauthBearer || name == .xoauth2 {
    precondition(first.count { $0 == 1 } == 3, "a ^A was smuggled in")
  }
  for message in messages { _ = try? client.respond(to: message) }
  _ = try? client.finish(with: nil)
}

private func checkSASLprep(_ message: [UInt8]) {
  guard let query = try? SASLprep.prepare(message, for: .query) else {
    precondition((try? SASLprep.prepare(message, for: .stored)) == nil)
    return
  }
  precondition(query.span.isEmpty || query.allSatisfy { $0 != 0x7F && $0 >= 0x20 })
  if query.count <= SASLprep.maxByteCount, let again = try? SASLprep.prepare(query, for: .query) {
    precondition(again == query, "prepared twice is not prepared once")
  }
  if let stored = try? SASLprep.prepare(message, for: .stored) { precondition(stored == query) }
}

private func checkName(_ message: [UInt8]) {
  let text = String(decoding: message, as: UTF8.self)
  if let name = SASLMechanismName(text) {
    precondition(name.text.utf8.count <= 20 && SASLMechanismName(name.text) == name)
    precondition(NamePattern.matches(text, name.text) && NamePattern.matches("*", name.text))
  }
  _ = NamePattern.matches(text, "SCRAM-SHA3-512-PLUS")
}

/// Lets in whoever says `pencil`.
private struct Strict: SASLAuthority {
  func check(password: SASLSecret, of user: String) -> SASLVerdict {
    password.equals(SASLSecret(Array("pencil".utf8))) ? .accepted : .refused
  }
  func user(ofToken token: SASLSecret, claimed: String?) -> SASLLookup<String> {
    token.equals(SASLSecret(Array("pencil".utf8))) ? .found("user") : .unknown
  }
  func externalUser() -> SASLLookup<String> { .found("user") }
  func mayAct(_ user: String, as other: String) -> Bool { other != "root" }
}

private struct NoDigest: SASLDigest {
  func hash(_ message: [UInt8], with hash: SCRAMHash) throws(SASLError) -> [UInt8] {
    throw .digestUnavailable
  }
  func hmac(_ message: [UInt8], key: [UInt8], with hash: SCRAMHash) throws(SASLError) -> [UInt8] {
    throw .digestUnavailable
  }
  func pbkdf2(
    password: [UInt8], salt: [UInt8], iterations: Int, with hash: SCRAMHash
  ) throws(SASLError) -> [UInt8] {
    throw .digestUnavailable
  }
  func hmacMD5(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: message.count), count: 16)
  }
}
