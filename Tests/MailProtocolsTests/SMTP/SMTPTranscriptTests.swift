import MailProtocols
import Testing

@Suite("SMTP transcripts")
struct SMTPTranscriptTests {
  @Test("there are transcripts")
  func present() {
    #expect(SMTPTranscript.names.count > 40)
  }

  @Test("each exchange is answered as it is written", arguments: SMTPTranscript.names)
  func lockstep(name: String) throws {
    let transcript = try SMTPTranscript.load(name)
    var dialogue = begin(transcript)
    for exchange in transcript.exchanges {
      let start = dialogue.output.count
      dialogue.send(exchange.sent)
      let answer = exchange.sent.isEmpty ? dialogue.output[...] : dialogue.output[start...]
      #expect(
        exchange.sent.isEmpty && !transcript.prologue.isEmpty
          || shown(Array(answer)) == shown(exchange.answered))
    }
    check(dialogue, transcript)
  }

  @Test("sent whole, octet by octet, or cut anywhere: the same", arguments: SMTPTranscript.names)
  func everyCut(name: String) throws {
    let transcript = try SMTPTranscript.load(name)
    let sent = transcript.exchanges.flatMap(\.sent)
    var whole = begin(transcript)
    whole.send(sent)
    check(whole, transcript)

    var octets = begin(transcript)
    for octet in sent { octets.send([octet]) }
    check(octets, transcript)
    #expect(shown(octets.output) == shown(whole.output))
    #expect(octets.policy.asked == whole.policy.asked)
    #expect(octets.policy.lines == whole.policy.lines)
    #expect(octets.policy.rejected == whole.policy.rejected)
    #expect(octets.policy.rejectedCommands == whole.policy.rejectedCommands)

    for cut in 0...sent.count {
      var pieces = begin(transcript)
      pieces.send(Array(sent[..<cut]))
      pieces.send(Array(sent[cut...]))
      guard
        pieces.output == whole.output && pieces.messages == whole.messages
          && pieces.policy.asked == whole.policy.asked
          && pieces.policy.rejected == whole.policy.rejected
          && pieces.policy.bareNewlines == whole.policy.bareNewlines
          && pieces.closeReason == whole.closeReason
          && pieces.session.abortedByteCount == whole.session.abortedByteCount
      else {
        Issue.record("cut at \(cut): \(shown(pieces.output))")
        return
      }
    }
  }

  private func begin(_ transcript: SMTPTranscript) -> SMTPDialogue {
    let policy = ScriptedPolicy(transcript.replies)
    policy.allowedForwarding = transcript.allowedForwarding
    if transcript.offersAuth { policy.offers = [SMTPAuthOffer(name: .plain, isUsable: true)] }
    var dialogue = SMTPDialogue(transcript.configuration, policy: policy)
    dialogue.storeReply = transcript.storeReply
    dialogue.send(transcript.prologue)
    return dialogue
  }

  private func check(_ dialogue: SMTPDialogue, _ transcript: SMTPTranscript) {
    dialogue.checkEnd()
    let answered = transcript.exchanges.flatMap(\.answered)
    #expect(shown(Array(dialogue.output.suffix(answered.count))) == shown(answered))
    if transcript.prologue.isEmpty { #expect(dialogue.output.count == answered.count) }
    #expect(dialogue.messages == transcript.messages)
    let smuggling = dialogue.policy.bareNewlines.map { "\($0.sequence) at \($0.offset)" }
    #expect(smuggling == transcript.smuggling)
    #expect(dialogue.closeReason?.rawValue == transcript.closed)
    let aborted = dialogue.session.abortedByteCount.map { "\(dialogue.session.stageName) \($0)" }
    #expect(aborted == transcript.aborted)
  }

  private func shown(_ output: [UInt8]) -> [Substring] {
    String(decoding: output, as: UTF8.self).split(separator: "\r\n")
  }
}
