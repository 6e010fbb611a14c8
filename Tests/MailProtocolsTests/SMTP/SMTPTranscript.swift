import Glibc
import MailProtocols

/// A dialogue from Fixtures/smtp; the README there says how it is written.
struct SMTPTranscript {
  /// What the client sends at once, and what it is answered then.
  struct Exchange {
    var sent: [UInt8] = []
    var answered: [UInt8] = []
  }

  struct Malformed: Error {
    let line: Int
    let why: String
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
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      do {
        try read(line)
      } catch let error as Malformed {
        throw Malformed(line: index + 1, why: error.why)
      }
    }
    endMessage()
  }

  private mutating func read(_ line: Substring) throws {
    let tag = line.prefix(2)
    let rest = line.dropFirst(line.count == 2 ? 2 : 3)
    switch tag {
    case "C:": send(try octets(rest) + [.carriageReturn, .lineFeed])
    case "C-": send(try octets(rest))
    case "C*": send(try repeated(rest))
    case "S:":
      exchanges[exchanges.count - 1].answered += try octets(rest) + [.carriageReturn, .lineFeed]
    case "M:": expect(try octets(rest) + [.carriageReturn, .lineFeed])
    case "M-": expect(try octets(rest))
    case "M*": expect(try repeated(rest))
    default: try readWords(line.split(separator: " ").map(String.init), line)
    }
  }

  private mutating func readWords(_ words: [String], _ line: Substring) throws {
    switch words.first {
    case "set" where words.count >= 3: try set(words[1], Array(words[2...]))
    case "message" where words.count >= 3:
      endMessage()
      let addresses = words[1...].map { String($0.dropFirst().dropLast()) }
      message = (addresses[0], Array(addresses[1...]), [])
    case "smuggling" where words.count == 4:
      smuggling.append(words[1...].joined(separator: " "))
    case "aborted" where words.count == 3: aborted = "\(words[1]) \(words[2])"
    case "closed" where words.count == 2: closed = words[1]
    default: throw Malformed(line: 0, why: "not a line of a transcript: \(line)")
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

  private mutating func set(_ name: String, _ values: [String]) throws {
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
    case "reply": replies[values[0]] = SMTPReply(wire: try text(values[1...]))
    case "store": storeReply = SMTPReply(wire: try text(values[...]))
    case "start":
      let steps = [
        "ehlo": "\(configuration.dialect == .lmtp ? "LHLO" : "EHLO") client.test\r\n",
        "mail": "MAIL FROM:<a@c.test>\r\n",
        "rcpt": "RCPT TO:<b@s.test>\r\n", "data": "DATA\r\n",
      ]
      let order = ["ehlo", "mail", "rcpt", "data"]
      guard let last = order.firstIndex(of: values[0]) else {
        throw Malformed(line: 0, why: "start where? \(values[0])")
      }
      prologue = order[...last].flatMap { [UInt8](steps[$0]!.utf8) }
    default: throw Malformed(line: 0, why: "no such setting: \(name)")
    }
  }

  private func text(_ words: ArraySlice<String>) throws -> String {
    String(decoding: try octets(Substring(words.joined(separator: " "))), as: UTF8.self)
  }

  /// `3000 a`: an octet, so many times.
  private func repeated(_ text: Substring) throws -> [UInt8] {
    let words = text.split(separator: " ")
    guard words.count == 2, let count = Int(words[0]) else {
      throw Malformed(line: 0, why: "a count and what to repeat: \(text)")
    }
    let unit = try octets(words[1])
    return (0..<count).flatMap { _ in unit }
  }

  /// Takes the escapes `\r \n \t \\ \xNN` off.
  private func octets(_ text: Substring) throws -> [UInt8] {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == .ascii("\\") else {
        octets.append(octet)
        continue
      }
      switch rest.popFirst() {
      case .ascii("r"): octets.append(.carriageReturn)
      case .ascii("n"): octets.append(.lineFeed)
      case .ascii("t"): octets.append(.tab)
      case .ascii("\\"): octets.append(.ascii("\\"))
      case .ascii("x"):
        guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
          throw Malformed(line: 0, why: "\\x needs two digits: \(text)")
        }
        octets.append(high << 4 | low)
      default: throw Malformed(line: 0, why: "unknown escape: \(text)")
      }
    }
    return octets
  }

  // MARK: - The folder

  static let folder: String = {
    let file = #filePath
    let tests = file.prefix(upTo: file.range(of: "/SMTP/SMTPTranscript.swift"))
    return tests + "/Fixtures/smtp"
  }()

  /// The names of all transcripts, in order.
  static let names: [String] = {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".transcript") { names.append(String(name.dropLast(11))) }
    }
    return names.sorted()
  }()

  static func load(_ name: String) throws -> SMTPTranscript {
    guard let file = fopen("\(folder)/\(name).transcript", "r") else {
      throw Malformed(line: 0, why: "cannot open \(name)")
    }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      octets += buffer[..<count]
    }
    return try SMTPTranscript(String(decoding: octets, as: UTF8.self))
  }
}

extension String {
  /// Where `needle` starts; the end when it is not there.
  fileprivate func range(of needle: String) -> Index {
    var index = startIndex
    while index < endIndex, !self[index...].hasPrefix(needle) { index = self.index(after: index) }
    return index
  }
}
