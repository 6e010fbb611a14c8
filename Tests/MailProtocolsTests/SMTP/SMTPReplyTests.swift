import MailProtocols
import Testing

private func written(_ reply: SMTPReply, withEnhanced: Bool) -> String {
  var output = [UInt8]("x".utf8)
  reply.write(to: &output, withEnhanced: withEnhanced)
  return String(decoding: output, as: UTF8.self)
}

@Suite("SMTP reply")
struct SMTPReplyTests {
  @Test(
    "the enhanced code goes only to who asked for it, on every line, in the class of the code",
    arguments: [
      (SMTPReply(250, nil, "OK"), "250 OK\r\n", "250 OK\r\n"),
      (SMTPReply(250, EnhancedStatus(0, 0), "OK"), "250 OK\r\n", "250 2.0.0 OK\r\n"),
      (SMTPReply(250, EnhancedStatus(1, 5), ""), "250 \r\n", "250 2.1.5 \r\n"),
      (SMTPReply(452, EnhancedStatus(2, 2), "Full"), "452 Full\r\n", "452 4.2.2 Full\r\n"),
      (SMTPReply(550, EnhancedStatus(7, 123), "No"), "550 No\r\n", "550 5.7.123 No\r\n"),
      (SMTPReply(354, nil, "Go on"), "354 Go on\r\n", "354 Go on\r\n"),
      (
        SMTPReply(550, EnhancedStatus(1, 1), "a", more: ["b", ""]),
        "550-a\r\n550-b\r\n550 \r\n", "550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1 \r\n"
      ),
    ] as [(SMTPReply, String, String)])
  func wire(reply: SMTPReply, plain: String, enhanced: String) {
    #expect(written(reply, withEnhanced: false) == "x" + plain)
    #expect(written(reply, withEnhanced: true) == "x" + enhanced)
  }

  @Test("a text holds no CR, LF or NUL, and 510 octets at most")
  func text() {
    for text in ["a\rb", "a\nb", "a\0b", "\r\n", "250 OK\r\n250 OK"] {
      #expect(SMTPReplyText(text) == nil)
    }
    #expect(SMTPReplyText(String(repeating: "a", count: 510)) != nil)
    #expect(SMTPReplyText(String(repeating: "a", count: 511)) == nil)
    #expect(SMTPReplyText(String(repeating: "é", count: 255)) != nil)
    #expect(SMTPReplyText(String(repeating: "é", count: 256)) == nil)
    #expect(SMTPReplyText(String()) != nil)
  }

  @Test("a reply is good, bad or neither by its first digit")
  func kinds() {
    #expect(SMTPReply(200, nil, "x").isPositive && SMTPReply(299, nil, "x").isPositive)
    #expect(!SMTPReply(354, nil, "x").isPositive && !SMTPReply(354, nil, "x").isNegative)
    #expect(SMTPReply(400, nil, "x").isNegative && SMTPReply(599, nil, "x").isNegative)
  }

  @Test("events tell it with its enhanced code")
  func eventText() {
    #expect(SMTPReply(wire: "550 5.1.1 No\nsuch user").eventText == "550 5.1.1 No\nsuch user")
    #expect(SMTPReply(354, nil, "Go on").eventText == "354 Go on")
  }
}
