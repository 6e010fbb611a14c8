import MailProtocols
import Testing

@Suite("LMTP recipient replies")
struct LMTPRecipientRepliesTests {
  private let stored = SMTPReply(wire: "250 2.0.0 OK: 1")
  private let failed = SMTPReply(wire: "451 4.3.0 no")
  private let full = SMTPReply(wire: "452 4.2.2 full")

  private func recipients(_ names: String...) -> [SMTPRecipient] {
    names.enumerated().map { place, name in
      let octets = [UInt8]("<\(name)@s.test>".utf8)
      var position = 0
      let parser = SMTPPathParser(leniency: .strict, maxLocalPartCount: 0)
      let path = try! parser.parse(octets.span, at: &position)
      return SMTPRecipient(path: path, options: SMTPRecipientOptions(), place: place)
    }
  }

  private func replies(_ answers: LMTPRecipientReplies.Answer...) -> LMTPRecipientReplies {
    var replies = LMTPRecipientReplies()
    for answer in answers { replies.append(answer) }
    return replies
  }

  @Test("nobody is answered nothing")
  func none() {
    #expect(replies().replies(stored: stored).isEmpty)
    #expect(replies().awaiting(of: []).isEmpty)
    #expect(!replies().isEnded)
  }

  @Test("who waits is answered as the storing came out, who was answered before is not")
  func mixed() {
    let own = SMTPReply(wire: "250 2.1.5 yours")
    let some = replies(.awaitsStore(nil), .settled(full), .awaitsStore(own))
    #expect(some.replies(stored: stored) == [stored, full, own])
    #expect(some.replies(stored: failed) == [failed, full, failed])
    let all = recipients("b", "c", "d")
    #expect(some.awaiting(of: all) == [all[0], all[2]])
    #expect(some.awaiting(of: all).map(\.place) == [0, 2])
  }

  @Test("a settled 2yz stores nothing: the message is dropped for that recipient")
  func dropped() {
    let dropped = replies(.settled(stored), .awaitsStore(nil))
    #expect(dropped.replies(stored: failed) == [stored, failed])
    #expect(dropped.awaiting(of: recipients("b", "c")).map(\.place) == [1])
  }

  @Test("421 ends it, whoever says so")
  func ended() {
    let down = SMTPReply(wire: "421 4.3.2 down")
    let ended = replies(.awaitsStore(nil), .settled(down))
    #expect(ended.isEnded)
    #expect(ended.replies(stored: stored) == [stored, down])
    #expect(ended.awaiting(of: recipients("b", "c", "d")).map(\.place) == [0])
    let waiting = replies(.awaitsStore(nil), .settled(full), .awaitsStore(nil))
    #expect(!waiting.isEnded)
    #expect(waiting.replies(stored: down) == [down])
  }
}
