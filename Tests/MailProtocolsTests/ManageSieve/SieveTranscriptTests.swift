import Testing

@testable import MailProtocols

@Suite("ManageSieve transcripts")
struct SieveTranscriptTests {
  @Test("there are transcripts")
  func present() { #expect(SieveTranscript.names.count >= 20) }

  @Test("each dialogue goes as it is written", arguments: SieveTranscript.names)
  func plays(name: String) throws {
    var transcript = try SieveTranscript.load(name)
    try transcript.play { [$0] }
    #expect(transcript.happened == transcript.expected)
  }

  @Test("octet by octet, or cut anywhere: the same", arguments: SieveTranscript.names)
  func everyCut(name: String) throws {
    // What comes behind STARTTLS in one piece is an injection, in another it is TLS's.
    guard !name.hasPrefix("starttls-injection") else { return }
    var transcript = try SieveTranscript.load(name)
    try transcript.play { $0.map { [$0] } }
    #expect(transcript.happened == transcript.expected)
    for cut in 1..<300 {
      try transcript.play { octets in
        let cut = min(cut, octets.count)
        return [Array(octets[..<cut]), Array(octets[cut...])]
      }
      guard transcript.happened == transcript.expected else {
        Issue.record("cut at \(cut): \(transcript.happened)")
        return
      }
    }
  }

  @Test("a session keeps the order that the RFC asks for")
  func order() throws {
    var session = SieveClientSession(pipelineDepth: 2)
    #expect(!session.canSend(.listScripts))
    let greeting = Array("OK\r\n".utf8)
    var position = 0
    _ = try session.receive(greeting.span, at: &position)
    #expect(SieveVerb.allCases.allSatisfy(session.canSend))
    session.send(.listScripts)
    let following = SieveVerb.allCases.filter(session.canSend)
    #expect(
      Set(following) == [
        .capability, .putScript, .listScripts, .setActive, .getScript, .deleteScript,
        .renameScript, .checkScript, .noOperation, .logout,
      ])
    session.send(.noOperation(tag: nil))
    #expect(!SieveVerb.allCases.contains(where: session.canSend))
    session.end()
    #expect(session.isOver)
  }
}
