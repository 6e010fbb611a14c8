import MailProtocols
import Testing

@Suite("SMTP envelope arguments")
struct SMTPEnvelopeArgumentsTests {
  private var arguments = SMTPEnvelopeArguments()

  private mutating func hear(_ line: String) { arguments.receive(Array(line.utf8).span) }

  private mutating func mail(_ line: String) {
    hear(line)
    arguments.keepMail()
  }

  private mutating func rcpt(_ line: String, behind count: Int) {
    hear(line)
    arguments.keepRecipient(behind: count)
  }

  private var recipients: [String] {
    arguments.recipients.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "what stands behind the colon, as it was sent",
    arguments: [
      ("MAIL FROM:<a@b> SIZE=1 body=8BITMIME", "<a@b> SIZE=1 body=8BITMIME"),
      ("mail from: \t<a@b>  ", "<a@b>  "), ("MAIL FROM:a@b", "a@b"), ("MAIL FROM:<>", "<>"),
      ("MAIL FROM:<@r:a@b>", "<@r:a@b>"), ("MAIL", ""), ("MAIL FROM:", ""),
    ])
  mutating func argument(line: String, argument: String) {
    mail(line)
    #expect(String(decoding: arguments.mail, as: UTF8.self) == argument)
  }

  @Test("lines that are not kept leave no trace")
  mutating func otherLines() {
    mail("MAIL FROM:<a@b>")
    hear("RCPT TO:<refused@d>")
    rcpt("RCPT TO:<c@d>", behind: 0)
    hear("NOOP x:y")
    #expect(arguments.mail == Array("<a@b>".utf8))
    #expect(recipients == ["<c@d>"])
  }

  @Test("a recipient that was kept and then refused is replaced by the next")
  mutating func refusedRecipients() {
    mail("MAIL FROM:<a@b>")
    rcpt("RCPT TO:<1@d>", behind: 0)
    rcpt("RCPT TO:<refused@d>", behind: 1)
    rcpt("RCPT TO:<2@d>", behind: 1)
    rcpt("RCPT TO:<3@d>", behind: 2)
    #expect(recipients == ["<1@d>", "<2@d>", "<3@d>"])
  }

  @Test("another MAIL starts anew")
  mutating func anew() {
    mail("MAIL FROM:<a@b>")
    rcpt("RCPT TO:<1@d>", behind: 0)
    mail("MAIL FROM:<e@f>")
    #expect(recipients.isEmpty)
    rcpt("RCPT TO:<2@d>", behind: 0)
    #expect(recipients == ["<2@d>"])
  }
}
