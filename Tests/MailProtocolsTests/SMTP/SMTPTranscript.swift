import MailProtocols

/// A dialogue from Fixtures/smtp; the README there says how it is written.
struct SMTPTranscript {
  /// What the client sends at once, and what it is answered then.
  struct Exchange {
    var sent: [UInt8] = []
    var answered: [UInt8] = []
  }

  var configuration = SMTPDialogue.configuration
  var replies: [String: SMTPReply] = [:]
  var allowedForwarding: SMTPForwarding = []
  var offersAuth = false
  var storeReply = SMTPReply(250, EnhancedStatus(0, 0), "OK")
  /// Sent before the first line that is shown.
  var prologue: [UInt8] = []
  var exchanges = [Exchange()]
  var messages: [SMTPDialogue.Message] = []
  /// `LF.LF at 5`, one for each smuggling event.
  var smuggling: [String] = []
  /// `data 12`: where the lost connection cut a message, and after how many octets.
  var aborted: String?
  /// Why the server closed; nil when it did not.
  var closed: String?

  private var message: (sender: String, recipients: [String], content: [UInt8])?

  init(_ text: String) throws {
    for line in TranscriptLine.all(in: text) { try read(line) }
    endMessage()
  }

  private mutating func read(_ line: TranscriptLine) throws {
    switch line.tag {
    case "C:": send(try line.octets() + [.carriageReturn, .lineFeed])
    case "C-": send(try line.octets())
    case "C*": send(try repeated(line))
    case "S:":
      exchanges[exchanges.count - 1].answered += try line.octets() + [.carriageReturn, .lineFeed]
    case "M:": expect(try line.octets() + [.carriageReturn, .lineFeed])
    case "M-": expect(try line.octets())
    case "M*": expect(try repeated(line))
    default: try readWords(line)
    }
  }

  private mutating func readWords(_ line: TranscriptLine) throws {
    let words = line.words
    switch words.first {
    case "set" where words.count >= 3: try set(words[1], Array(words[2...]), line)
    case "message" where words.count >= 3:
      endMessage()
      let addresses = words[1...].map { String($0.dropFirst().dropLast()) }
      message = (addresses[0], Array(addresses[1...]), [])
    case "smuggling" where words.count == 4:
      smuggling.append(words[1...].joined(separator: " "))
    case "aborted" where words.count == 3: aborted = "\(words[1]) \(words[2])"
    case "closed" where words.count == 2: closed = words[1]
    default: throw line.malformed("not a line of a transcript: \(line.text)")
    }
  }

  private mutating func send(_ octets: [UInt8]) {
    endMessage()
    if !exchanges[exchanges.count - 1].answered.isEmpty || exchanges.count == 1 {
      exchanges.append(Exchange())
    }
    exchanges[exchanges.count - 1].sent += octets
  }

  private mutating func expect(_ content: [UInt8]) {
    message?.content += content
  }

  private mutating func endMessage() {
    guard let message else { return }
    messages.append(
      SMTPDialogue.Message(
        sender: message.sender, recipients: message.recipients, content: message.content))
    self.message = nil
  }

  private mutating func set(_ name: String, _ values: [String], _ line: TranscriptLine) throws {
    let number = Int(values[0]) ?? 0
    switch name {
    case "size": configuration.maxMessageByteCount = number
    case "limit-line": configuration.maxDataLineByteCount = number
    case "limit-command": configuration.maxCommandByteCount = number
    case "limit-local-part": configuration.maxLocalPartByteCount = number
    case "limit-recipients": configuration.maxRecipientCount = number
    case "limit-unknown": configuration.maxUnknownCommandCount = number
    case "limit-commands":
      for pair in values {
        let parts = pair.split(separator: "=")
        configuration.maxCallCounts[SMTPVerb(rawValue: String(parts[0]))!] = Int(parts[1])
      }
    case "bare-newline": configuration.bareNewlines = BareNewlinePolicy(rawValue: values[0])!
    case "strict": configuration.leniency = .strict
    case "no-esmtp": configuration.dialect = .basic
    case "lmtp": configuration.dialect = .lmtp
    case "disable":
      for value in values {
        configuration.keywords.remove(
          SMTPKeywords.names.first { $0.name.text == value }!.keyword)
      }
    case "forwarding":
      configuration.forwarding = [.xclient, .xforward]
      if values.contains("xclient") { allowedForwarding.insert(.xclient) }
      if values.contains("xforward") { allowedForwarding.insert(.xforward) }
    case "auth": offersAuth = true
    case "ehlo-add":
      configuration.extraEhloLines.append(SMTPReplyText(values.joined(separator: " "))!)
    case "reply": replies[values[0]] = SMTPReply(wire: try text(values[1...], line))
    case "store": storeReply = SMTPReply(wire: try text(values[...], line))
    case "start":
      let steps = [
        "ehlo": "\(configuration.dialect == .lmtp ? "LHLO" : "EHLO") client.test\r\n",
        "mail": "MAIL FROM:<a@c.test>\r\n",
        "rcpt": "RCPT TO:<b@s.test>\r\n", "data": "DATA\r\n",
      ]
      let order = ["ehlo", "mail", "rcpt", "data"]
      guard let last = order.firstIndex(of: values[0]) else {
        throw line.malformed("start where? \(values[0])")
      }
      prologue = order[...last].flatMap { [UInt8](steps[$0]!.utf8) }
    default: throw line.malformed("no such setting: \(name)")
    }
  }

  private func text(_ words: ArraySlice<String>, _ line: TranscriptLine) throws -> String {
    String(decoding: try line.octets(Substring(words.joined(separator: " "))), as: UTF8.self)
  }

  /// `3000 a`: an octet, so many times.
  private func repeated(_ line: TranscriptLine) throws -> [UInt8] {
    let words = line.rest.split(separator: " ")
    guard words.count == 2, let count = Int(words[0]) else {
      throw line.malformed("a count and what to repeat: \(line.rest)")
    }
    let unit = try line.octets(words[1])
    return (0..<count).flatMap { _ in unit }
  }

  // MARK: - The folder

  private static let folder = FixtureFolder("smtp")

  /// The names of all transcripts, in order.
  static let names = folder.names(endingIn: ".transcript")

  static func load(_ name: String) throws -> SMTPTranscript {
    try SMTPTranscript(folder.text("\(name).transcript"))
  }
}
