import MailProtocols
import Testing

private func collected(_ text: String, maxCount: Int = 65_536) -> HeaderCollector {
  var collector = HeaderCollector(maxCount: maxCount)
  collector.append([UInt8](text.utf8).span)
  collector.finish()
  return collector
}
private func lines(_ collector: HeaderCollector) -> [String] {
  var lines: [String] = []
  collector.forEachField { lines.append("\(text($0.name)!): \(text($0.value)!)") }
  return lines
}

@Suite("Header collector")
struct HeaderCollectorTests {
  static let message = """
    Received: from a.test\r
    \tby b.test; Sat, 21 Nov 2026\r
     09:30:00 +0000\r
    SUBJECT:  A folded\r
      subject \t\r
    Received : second\r
    Empty:\r
    Subject: another\r
    \r
    Subject: in the body\r

    """

  static let messageFields = [
    "Received: from a.test\tby b.test; Sat, 21 Nov 2026 09:30:00 +0000",
    "SUBJECT: A folded  subject", "Received: second", "Empty: ", "Subject: another",
  ]

  @Test("fields are found without case, unfolded and trimmed")
  func fields() {
    let header = collected(Self.message)
    #expect(lines(header) == Self.messageFields)
    #expect(text(header.firstField("subject")) == "A folded  subject")
    #expect(header.fields(named: "Received").count == 2)
    #expect(text(header.firstField("empty")) == "")
    #expect(header.firstField("Subj") == nil)
    #expect(header.firstField("") == nil)
    #expect(header.fields(named: "To") == [])
  }

  @Test("line ends may be LF alone")
  func lineFeeds() {
    var message = Self.message
    message.replace("\r\n", with: "\n")
    #expect(lines(collected(message)) == Self.messageFields)
  }

  @Test("cut anywhere or fed byte by byte, the header is the same")
  func splits() {
    let octets = [UInt8](Self.message.utf8)
    let whole = collected(Self.message)
    for cut in 0...octets.count {
      var collector = HeaderCollector(maxCount: 65_536)
      collector.append(octets.span.extracting(0..<cut))
      collector.append(octets.span.extracting(cut..<octets.count))
      #expect(collector.isEnded)
      #expect(collector.octets == whole.octets)
    }
    for maxCount in 0...octets.count {
      var whole = HeaderCollector(maxCount: maxCount)
      whole.append(octets.span)
      var collector = HeaderCollector(maxCount: maxCount)
      for octet in octets { collector.append([octet].span) }
      #expect(lines(collector) == lines(whole))
      #expect(collector.isTruncated == whole.isTruncated)
    }
  }

  @Test(
    "the empty line ends it, whatever follows",
    arguments: [
      "\r\n", "\n", "A: 1\r\n\r\nB: 2\r\n", "A: 1\n\nB: 2\n", "A: 1\n\r\nB: 2", "A: 1\r\n\nB: 2",
    ])
  func end(message: String) {
    var header = HeaderCollector(maxCount: 100)
    header.append([UInt8](message.utf8).span)
    #expect(header.isEnded && !header.isTruncated)
    header.append([UInt8]("C: 3\r\n\r\n".utf8).span)
    #expect(lines(header) == (message.hasPrefix("A") ? ["A: 1"] : []))
  }

  @Test(
    "what is no field is passed over with its continuation",
    arguments: [
      ("From a@b Sat Nov 21 09:30:00 2026\nA: 1\n\n", ["A: 1"]),
      (" leading\nA: 1\n\n", ["A: 1"]), (": x\nA: 1\n\n", ["A: 1"]),
      ("no colon\n folded: 2\nA: 1\n\n", ["A: 1"]), ("Ä: 2\nA: 1\n\n", ["A: 1"]),
      ("A B: 2\nA: 1\n\n", ["A: 1"]), ("\rA: 2\nA: 1\n\n", ["A: 1"]),
      ("A: 1\r2\r\n\r\n", ["A: 1\r2"]), ("A:\n \n 1\n\n", ["A: 1"]), ("A \t:1\n\n", ["A: 1"]),
      ("A: b:c\n\n", ["A: b:c"]), ("A: 1\r\r\n\r\n", ["A: 1\r"]),
    ])
  func junk(message: String, fields: [String]) { #expect(lines(collected(message)) == fields) }

  @Test("while the header is coming its last field is not reported")
  func growing() {
    var header = HeaderCollector(maxCount: 100)
    header.append([UInt8]("A: 1\r\nB: 2\r\n".utf8).span)
    #expect(lines(header) == ["A: 1"])
    #expect(!header.isEnded)
    header.append([UInt8](" more\r\nC".utf8).span)
    #expect(lines(header) == ["A: 1", "B: 2 more"])
    header.append([UInt8](": 3\r\n\r".utf8).span)
    #expect(lines(header) == ["A: 1", "B: 2 more"])
    header.append([UInt8]("\n".utf8).span)
    #expect(lines(header) == ["A: 1", "B: 2 more", "C: 3"])
  }

  @Test("a message that ends in its header has a whole header")
  func finished() {
    #expect(lines(collected("A: 1\r\nB: 2\r\n")) == ["A: 1", "B: 2"])
    #expect(lines(collected("A: 1\r\nB: 2")) == ["A: 1", "B: 2"])
    #expect(lines(collected("A: 1\r\n\r")) == ["A: 1"])
    #expect(lines(collected("")) == [])
  }

  @Test("the limit counts the header without its empty line")
  func limit() {
    let message = "A: 1\r\nB: 2\r\n\r\nbody"
    #expect(lines(collected(message, maxCount: 12)) == ["A: 1", "B: 2"])
    #expect(!collected(message, maxCount: 12).isTruncated)
    #expect(lines(collected(message, maxCount: 11)) == ["A: 1"])
    #expect(collected(message, maxCount: 11).isTruncated)
    #expect(lines(collected(message, maxCount: 0)) == [])
  }

  @Test("a field that the limit cuts is not reported, one that ends before it is")
  func truncated() {
    let header = "A: 1\r\nB: 2\r\n"
    #expect(lines(collected(header + "C: 3\r\n\r\n", maxCount: 12)) == ["A: 1", "B: 2"])
    #expect(lines(collected(header + " 3\r\n\r\n", maxCount: 12)) == ["A: 1"])
    #expect(lines(collected(header + "C: 3\r\n\r\n", maxCount: 14)) == ["A: 1", "B: 2"])
    #expect(collected(header + "C: 3\r\n\r\n", maxCount: 14).octets.count == 12)
  }

  @Test("a collector can be used again")
  func reuse() {
    var header = collected("A: 1\r\nB: 2\r\n", maxCount: 8)
    header.removeAll()
    #expect(!header.isTruncated && !header.isEnded)
    header.append([UInt8]("C: 3\r\n\r\n".utf8).span)
    #expect(lines(header) == ["C: 3"])
  }
}
