import MailProtocols
import Testing

@Suite("Dump framing")
struct DumpFramingTests {
  private let style = DumpFraming.Style(startText: Array("--\n".utf8), hostname: "sink.test")
  private let date = "Sat, 21 Nov 2026 10:39:50 +0000 (UTC)"

  private func dialogue() -> DumpDialogue {
    var dialogue = DumpDialogue()
    dialogue.clientAddress = "127.0.0.1"
    dialogue.protocolName = "ESMTP"
    dialogue.helo = Array("client.example".utf8)
    dialogue.mailArguments = Array("<a@b> SIZE=10".utf8)
    dialogue.recipientArguments = ["<c@d> NOTIFY=NEVER", "<e@f>"].map { Array($0.utf8) }
    return dialogue
  }

  private func dump(_ dialogue: DumpDialogue, pieces: [[UInt8]]) -> String {
    var framing = DumpFraming()
    var output: [UInt8] = []
    framing.begin(dialogue, style, id: 0x161A_BDF4, date: date, into: &output)
    for piece in pieces { framing.append(piece.span, into: &output) }
    framing.finish(into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test("a message as Postfix smtp-sink 3.7.11 dumps it")
  func knownAnswer() {
    let wanted = """
      --
      X-Client-Addr: 127.0.0.1
      X-Client-Proto: ESMTP
      X-Helo-Args: client.example
      X-Mail-Args: <a@b> SIZE=10
      X-Rcpt-Args: <c@d> NOTIFY=NEVER
      X-Rcpt-Args: <e@f>
      Received: from client.example ([127.0.0.1])
      \tby sink.test (smtp-sink) with ESMTP id 161abdf4;
      \tSat, 21 Nov 2026 10:39:50 +0000 (UTC)
      Subject: x

      .dot
      From x


      """
    let message = Array("Subject: x\n\n.dot\nFrom x\n".utf8)
    #expect(dump(dialogue(), pieces: [message]) == wanted)
    // However it is cut, it is the same.
    for cut in 0...message.count {
      #expect(
        dump(dialogue(), pieces: [Array(message[..<cut]), [], Array(message[cut...])]) == wanted)
    }
    #expect(dump(dialogue(), pieces: message.map { [$0] }) == wanted)
  }

  @Test("a client that gave no name is named by its address")
  func noHelo() {
    var dialogue = DumpDialogue()
    dialogue.clientAddress = DumpDialogue.clientAddress(host: "::1")
    #expect(
      dump(dialogue, pieces: []) == """
        --
        X-Client-Addr: ipv6:::1
        X-Client-Proto: SMTP
        X-Mail-Args:\(" ")
        Received: from [ipv6:::1] ([ipv6:::1])
        \tby sink.test (smtp-sink) with SMTP id 161abdf4;
        \tSat, 21 Nov 2026 10:39:50 +0000 (UTC)


        """)
  }

  @Test(
    "the empty line stands behind a whole last line",
    arguments: [("", "\n"), ("x", "x\n\n"), ("x\n", "x\n\n"), ("\n", "\n\n"), ("x\r\n", "x\r\n\n")])
  func end(message: String, wanted: String) {
    let dump = dump(dialogue(), pieces: [Array(message.utf8)])
    #expect(Array(dump.utf8).suffix(wanted.utf8.count + 6) == Array("(UTC)\n\(wanted)".utf8)[...])
  }

  @Test(
    "RFC 3848's words become the three that dumps know",
    arguments: [
      ("SMTP", "SMTP"), ("ESMTP", "ESMTP"), ("ESMTPSA", "ESMTP"), ("UTF8SMTPS", "ESMTP"),
      ("LMTP", "LMTP"), ("LMTPSA", "LMTP"), ("UTF8LMTP", "LMTP"),
    ])
  func protocols(name: String, plain: String) {
    var dialogue = DumpDialogue()
    dialogue.protocolName = name
    #expect(dialogue.plainProtocolName == plain)
  }

  @Test(
    "an id has eight digits", arguments: [(0, "00000000"), (0x1F, "0000001f"), (.max, "ffffffff")])
  func id(number: UInt32, text: String) {
    #expect(DumpFraming.text(id: number) == text)
  }

  @Test(
    "an address is told as Postfix does",
    arguments: [("1.2.3.4", "1.2.3.4"), ("fe80::1", "ipv6:fe80::1")])
  func address(host: String, text: String) {
    #expect(DumpDialogue.clientAddress(host: host) == text)
    #expect(DumpDialogue().clientAddress == "local")
  }
}
