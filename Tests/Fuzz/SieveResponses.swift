// Fuzz entry: a ManageSieve dialogue. The first octet chooses the commands that wait for an answer,
// the rest is what the server says, whole and octet by octet. After an error, or BYE, nothing more
// is said.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let octets = [UInt8](UnsafeBufferPointer(start: start + 1, count: count - 1))
  let whole = play([octets], start[0])
  // Octets behind STARTTLS are looked for in the piece that holds the OK.
  guard start[0] & 7 != 5 else { return 0 }
  precondition(play(octets.map { [$0] }, start[0]) == whole, "a cut makes a difference")
  return 0
}

private struct Result: Equatable {
  var events: [SieveClientSession.Event] = []
  var reason: SieveProtocolError.Reason?
  var output: [UInt8] = []
  var capabilities: SieveCapabilities?
}

private func play(_ pieces: [[UInt8]], _ choice: UInt8) -> Result {
  let limits = SieveLimits(maxLineByteCount: 100, maxLiteralByteCount: 100, maxLineCount: 8)
  var session = SieveClientSession(limits: limits, isTraced: true)
  var result = Result()
  let greeting = Array("\"VERSION\" \"1.0\"\r\nOK\r\n".utf8)
  var position = 0
  _ = try? session.receive(greeting.span, at: &position)
  let name = SieveScriptName(wire: [0x61])
  switch choice & 7 {
  case 0: session.send(.listScripts)
  case 1: session.send(.getScript(name))
  case 2: session.refreshCapabilities()
  case 3: session.send(.authenticate(.login, initialResponse: nil))
  case 4:
    for _ in 0..<4 { session.send(.deleteScript(name)) }
  case 5: session.send(.startTLS)
  case 6: session.send(.raw(SieveRawCommand([0x78])!))
  default: session.send(.logout)
  }
  result.output += session.takeOutput()
  for piece in pieces {
    var position = 0
    do throws(SieveProtocolError) {
      while let event = try session.receive(piece.span, at: &position) {
        result.events.append(event)
        if case .challenge = event { session.respond([1, 2]) }
        if case .reply(let reply) = event { check(reply) }
        result.output += session.takeOutput()
      }
    } catch {
      result.reason = error.reason
      precondition(session.isOver && error.octets.count <= SieveProtocolError.maxOctetCount)
    }
    if session.isOver { break }
  }
  if session.isOver { precondition(!SieveVerb.allCases.contains(where: session.canSend)) }
  result.capabilities = session.capabilities
  precondition(result.events.count <= 64 || choice & 7 == 3)
  return result
}

private func check(_ reply: SieveReply) {
  precondition(reply.lines.count <= 8)
  if reply.verb == .listScripts { precondition(reply.scripts.count == reply.lines.count) }
  if reply.verb == .getScript, reply.isOK { precondition(reply.script != nil) }
  precondition(!reply.response.shownText.utf8.contains { $0 != .lineFeed && $0.isControl })
  _ = SieveRefusalCause(reply.response, to: reply.verb)
  for verb in [SieveVerb.putScript, .getScript] {
    if case .invalidScript(let problems) = SieveRefusalCause(reply.response, to: verb) {
      precondition(problems.contains { $0.line != nil })
    }
  }
}
