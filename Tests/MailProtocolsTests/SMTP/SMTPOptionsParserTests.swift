import MailProtocols
import Testing

private func parameters(_ text: String) throws -> [SMTPParameter] {
  try SMTPParameterParser.parse([UInt8]((" " + text).utf8).span, from: 0)
}

private func mail(
  _ text: String, _ keywords: SMTPKeywords = .all, size: Int = 1000
) throws -> SMTPMailOptions {
  try SMTPOptionsParser(keywords: keywords, maxByteCount: size).mail(parameters(text))
}

private func rcpt(
  _ text: String, _ keywords: SMTPKeywords = .all
) throws -> SMTPRecipientOptions {
  try SMTPOptionsParser(keywords: keywords, maxByteCount: 0).rcpt(parameters(text))
}

private func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

/// The code and enhanced code of the reply that refuses.
private func refusal(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let reply as SMTPReply {
    return String(reply.eventText.prefix(9))
  } catch {
    return "\(error)"
  }
}

@Suite("SMTP options")
struct SMTPOptionsParserTests {
  @Test("the parameters of MAIL are read, and kept as they were given")
  func mailValues() throws {
    let options = try mail(
      "SIZE=1000 BODY=8BitMime SMTPUTF8 AUTH=e+3Dmc2@example.com RET=hdrs ENVID=QQ314159+2B")
    #expect(options.size == 1000)
    #expect(options.body == .eightBitMIME)
    #expect(options.usesUTF8)
    #expect(options.authenticatedSender == bytes("e=mc2@example.com"))
    #expect(options.returnContent == .headers)
    #expect(options.envelopeID == bytes("QQ314159+"))
    #expect(
      options.parameters.map(\.name) == ["SIZE", "BODY", "SMTPUTF8", "AUTH", "RET", "ENVID"])
    #expect(options.parameters[1].value == bytes("8BitMime"))

    #expect(try mail("").parameters.isEmpty)
    #expect(try mail("AUTH=<>").authenticatedSender == [])
    #expect(try mail("BODY=7BIT").body == .sevenBit)
    #expect(try mail("BODY=BINARYMIME").body == .binaryMIME)
    #expect(try mail("RET=FULL").returnContent == .full)
    #expect(try mail("SIZE=0").size == 0)
    #expect(try mail("SIZE=00000000000000000001").size == 1)
  }

  @Test("the parameters of RCPT are read; ORCPT keeps its case")
  func rcptValues() throws {
    #expect(try rcpt("NOTIFY=never").notify == [])
    #expect(try rcpt("NOTIFY=SUCCESS").notify == .success)
    #expect(try rcpt("NOTIFY=failure,Delay").notify == [.failure, .delay])
    #expect(try rcpt("NOTIFY=SUCCESS,FAILURE,DELAY").notify == [.success, .failure, .delay])
    let original = try rcpt("ORCPT=RFC822;Bob+2Bx@Ex.test").originalRecipient
    #expect(original?.type == "RFC822")
    #expect(original?.address == bytes("Bob+x@Ex.test"))
    let utf8 = try rcpt("ORCPT=utf-8;jürgen@s.test").originalRecipient
    #expect(utf8?.type == "utf-8")
    #expect(utf8?.address == bytes("jürgen@s.test"))
    #expect(try rcpt("").originalRecipient == nil)
  }

  @Test(
    "a value that is malformed is 501 5.5.4",
    arguments: [
      "SIZE", "SIZE=x", "SIZE=1x", "SIZE=-1", "SIZE=+1", "SIZE=000000000000000000001", "BODY",
      "BODY=8BIT", "SMTPUTF8=x", "AUTH", "AUTH=+", "AUTH=+4", "AUTH=+4g", "AUTH=é", "RET",
      "RET=ALL", "ENVID", "ENVID=+0", "ENVID=+0a",
    ])
  func malformedMail(text: String) {
    #expect(refusal { _ = try mail(text) } == "501 5.5.4")
  }

  @Test(
    "a value of RCPT that is malformed is 501 5.5.4",
    arguments: [
      "NOTIFY", "NOTIFY=,", "NOTIFY=SUCCESS,", "NOTIFY=NEVER,DELAY", "NOTIFY=DELAY,NEVER",
      "NOTIFY=X", "ORCPT", "ORCPT=rfc822", "ORCPT=;a", "ORCPT=rfc822;",
      "ORCPT=rfc822;+", "ORCPT=rfc822;é", "ORCPT=r_c;a", "ORCPT=utf-8;",
    ])
  func malformedRcpt(text: String) {
    #expect(refusal { _ = try rcpt(text) } == "501 5.5.4")
  }

  @Test("SIZE is 552 5.3.4 one past the limit, even when no Int holds it")
  func size() {
    #expect(refusal { _ = try mail("SIZE=1000") } == nil)
    #expect(refusal { _ = try mail("SIZE=1001") } == "552 5.3.4")
    #expect(refusal { _ = try mail("SIZE=99999999999999999999") } == "552 5.3.4")
    #expect(refusal { _ = try mail("SIZE=99999999999999999999", size: 0) } == nil)
  }

  @Test("ENVID has 100 octets at most, ORCPT 500 (RFC 3461 4.2, 4.4)")
  func lengths() {
    let text = String(repeating: "a", count: 501)
    #expect(refusal { _ = try mail("ENVID=" + text.prefix(100)) } == nil)
    #expect(refusal { _ = try mail("ENVID=" + text.prefix(101)) } == "501 5.5.4")
    #expect(refusal { _ = try rcpt("ORCPT=rfc822;" + text.prefix(493)) } == nil)
    #expect(refusal { _ = try rcpt("ORCPT=rfc822;" + text.prefix(494)) } == "501 5.5.4")
  }

  @Test(
    "what is unknown or switched off is 555 5.5.4",
    arguments: [
      ("FOO", .all), ("FOO=1", .all), ("NOTIFY=NEVER", .all), ("ORCPT=a;b", .all),
      ("SIZE=1", SMTPKeywords.all.subtracting(.size)),
      ("SMTPUTF8", SMTPKeywords.all.subtracting(.smtpUTF8)),
      ("BODY=7BIT", SMTPKeywords.all.subtracting([.eightBitMIME, .binaryMIME])),
      ("BODY=8BITMIME", SMTPKeywords.all.subtracting(.eightBitMIME)),
      ("BODY=BINARYMIME", SMTPKeywords.all.subtracting(.binaryMIME)),
      ("BODY=BINARYMIME", SMTPKeywords.all.subtracting(.chunking)),
      ("RET=FULL", SMTPKeywords.all.subtracting(.dsn)),
      ("ENVID=x", SMTPKeywords.all.subtracting(.dsn)),
    ] as [(String, SMTPKeywords)])
  func unknownMail(text: String, keywords: SMTPKeywords) {
    #expect(refusal { _ = try mail(text, keywords) } == "555 5.5.4")
  }

  @Test("a parameter of MAIL, or one switched off, is 555 5.5.4 at RCPT")
  func unknownRcpt() {
    #expect(refusal { _ = try rcpt("SIZE=1") } == "555 5.5.4")
    for text in ["NOTIFY=NEVER", "ORCPT=rfc822;a"] {
      #expect(refusal { _ = try rcpt(text, SMTPKeywords.all.subtracting(.dsn)) } == "555 5.5.4")
    }
    let plain = SMTPKeywords.all.subtracting(.smtpUTF8)
    #expect(refusal { _ = try rcpt("ORCPT=utf-8;é", plain) } == "501 5.5.4")
  }
}
