import MailProtocols
import Testing

@Suite("Mbox separator")
struct MboxSeparatorTests {
  @Test(
    "the date is that of asctime in UTC",
    arguments: [
      (0, "Thu Jan  1 00:00:00 1970"), (-1, "Wed Dec 31 23:59:59 1969"),
      (1_078_012_800, "Sun Feb 29 00:00:00 2004"), (951_868_799, "Tue Feb 29 23:59:59 2000"),
      (1_700_000_000, "Tue Nov 14 22:13:20 2023"), (4_107_542_400, "Mon Mar  1 00:00:00 2100"),
      (253_402_300_799, "Fri Dec 31 23:59:59 9999"), (2_147_483_648, "Tue Jan 19 03:14:08 2038"),
    ] as [(Int64, String)])
  func dates(seconds: Int64, text: String) {
    #expect(line("a@b", seconds) == "From a@b \(text)\n")
  }

  @Test(
    "the sender is one word, whatever it holds",
    arguments: [
      ("", "MAILER-DAEMON"), ("a@b", "a@b"), ("\"a b\"@c", "\"a-b\"@c"),
      ("a\r\nFrom x", "a--From-x"), ("\t\0\u{7F}", "---"), ("jörg@b", "jörg@b"),
    ])
  func senders(sender: String, word: String) {
    #expect(line(sender, 0) == "From \(word) Thu Jan  1 00:00:00 1970\n")
  }

  private func line(_ sender: String, _ seconds: Int64) -> String {
    let octets = Array(sender.utf8)
    return String(
      decoding: MboxSeparator.line(sender: octets.span, seconds: seconds), as: UTF8.self)
  }
}

@Suite("Mbox framing")
struct MboxFramingTests {
  static let table: [(String, String)] = [
    ("", "\n"), ("\n", "\n\n"), ("a", "a\n\n"), ("a\n", "a\n\n"), ("a\n\n", "a\n\n\n"),
    ("From x", ">From x\n\n"), ("a\nFrom x\n", "a\n>From x\n\n"), (">From x\n", ">>From x\n\n"),
    (">>>From \n", ">>>>From \n\n"), ("From", "From\n\n"), ("From\n", "From\n\n"),
    ("From:x\n", "From:x\n\n"), ("Fro\nFrom \n", "Fro\n>From \n\n"), (" From x\n", " From x\n\n"),
    ("from x\n", "from x\n\n"), ("F>From x\n", "F>From x\n\n"), ("FFrom x\n", "FFrom x\n\n"),
    ("> >From x\n", "> >From x\n\n"), (">\nFrom x\n", ">\n>From x\n\n"), (">>", ">>\n\n"),
    ("a\r\nFrom x\r\n", "a\r\n>From x\r\n\n"), ("\n\nFrom ", "\n\n>From \n\n"),
  ]

  @Test("each line of > and From gets one > more, and the end its empty line", arguments: table)
  func knownAnswers(message: String, framed: String) {
    #expect(text(frame([Array(message.utf8)])) == framed)
  }

  @Test("cut anywhere, the result is the same", arguments: table)
  func allSplits(message: String, framed: String) {
    let octets = Array(message.utf8)
    for first in 0...octets.count {
      for second in first...octets.count {
        let pieces = [octets[..<first], octets[first..<second], octets[second...]].map(Array.init)
        #expect(text(frame(pieces)) == framed)
      }
    }
    #expect(text(frame(octets.map { [$0] })) == framed)
  }

  @Test("messages come back whole from an mbox of many", arguments: 0..<300 as Range<UInt64>)
  func inverse(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var mbox: [UInt8] = []
    var messages: [[UInt8]] = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let words = ["From ", "F", ">", "\n", "Fro", "x", "\nFrom ", "\n>"]
      var message = (0..<Int.random(in: 0...20, using: &random))
        .flatMap { _ in Array(words.randomElement(using: &random)!.utf8) }
      mbox += MboxSeparator.line(sender: [UInt8]().span, seconds: 0)
      mbox += frame([message])
      if let last = message.last, last != .lineFeed { message.append(.lineFeed) }
      messages.append(message)
    }
    let read = try #require(MboxReader.messages(in: mbox))
    #expect(read.map(\.content) == messages)
    #expect(read.allSatisfy { text($0.separator) == "MAILER-DAEMON Thu Jan  1 00:00:00 1970" })
  }

  @Test("after finish the writer is at the start of a message")
  func reuse() {
    var framing = MboxFraming()
    var output: [UInt8] = []
    for piece in ["a", "From x"] {
      framing.quote(Array(piece.utf8).span, into: &output)
      framing.finish(into: &output)
    }
    #expect(text(output) == "a\n\n>From x\n\n")
  }

  @Test("what does not start with a From_ line is no mbox, and nothing is an empty one")
  func noMbox() {
    #expect(MboxReader.messages(in: Array("Subject: x\n\n".utf8)) == nil)
    #expect(MboxReader.messages(in: Array("\nFrom x\n".utf8)) == nil)
    #expect(MboxReader.messages(in: []) == [])
  }

  private func frame(_ pieces: [[UInt8]]) -> [UInt8] {
    var framing = MboxFraming()
    var output: [UInt8] = []
    for piece in pieces { framing.quote(piece.span, into: &output) }
    framing.finish(into: &output)
    return output
  }

  private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }
}
