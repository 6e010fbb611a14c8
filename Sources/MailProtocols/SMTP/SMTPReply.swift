// A reply of an SMTP server: code, enhanced status code, text (RFC 5321 4.2, RFC 2034, RFC 3463).
// The text cannot hold CR, LF or NUL, so no reply can be two.

/// One line of text of a reply, 510 octets at most, without CR, LF and NUL.
package struct SMTPReplyText: Equatable, Sendable, ExpressibleByStringLiteral {
  /// Octets of text on a line; code, separator and CRLF come on top.
  package static let maxByteCount = 510

  /// The text as it goes on the wire.
  package let text: String

  /// A text of ours; a literal that breaks the rules is a bug and traps in debug builds.
  package init(stringLiteral literal: String) {
    assert(Self.isValid(literal), "not the text of a reply: \(literal.debugDescription)")
    text = literal
  }

  /// A text of someone else's; nil when it holds CR, LF or NUL, or is too long.
  package init?(_ text: String) {
    guard Self.isValid(text) else { return nil }
    self.text = text
  }

  private static func isValid(_ text: String) -> Bool {
    text.utf8.count <= maxByteCount
      && text.utf8.allSatisfy { $0 != .carriageReturn && $0 != .lineFeed && $0 != .nul }
  }
}

/// The last two numbers of an enhanced status code; the first is the reply code's (RFC 3463 2).
package struct EnhancedStatus: Equatable, Sendable {
  package let subject: Int
  package let detail: Int

  package init(_ subject: Int, _ detail: Int) {
    self.subject = subject
    self.detail = detail
  }
}

/// One reply, of one line or more.
package struct SMTPReply: Equatable, Sendable {
  /// Three digits, 200 to 599.
  package let code: Int
  /// Sent with 2yz, 4yz and 5yz codes to clients that said EHLO; its class is the code's.
  package let enhanced: EnhancedStatus?
  /// The text of the first line.
  package let text: SMTPReplyText
  /// The texts of the lines behind it.
  package let moreText: [SMTPReplyText]

  /// A reply of ours: `SMTPReply(250, .init(1, 0), "OK")`.
  package init(
    _ code: Int, _ enhanced: EnhancedStatus? = nil, _ text: SMTPReplyText,
    more moreText: [SMTPReplyText] = []
  ) {
    precondition((200...599).contains(code), "not a reply code: \(code)")
    self.code = code
    self.enhanced = enhanced
    self.text = text
    self.moreText = moreText
  }

  /// The reply on one line, as events tell it: `550 5.1.1 No such user`.
  package var eventText: String {
    let enhancedText = enhanced.map { "\(code / 100).\($0.subject).\($0.detail) " } ?? ""
    return "\(code) \(enhancedText)" + ([text] + moreText).map(\.text).joined(separator: "\n")
  }

  /// 2yz: done.
  package var isPositive: Bool { code < 300 }
  /// 4yz or 5yz: refused.
  package var isNegative: Bool { code >= 400 }

  /// Appends the lines with their CRLF; `withEnhanced` is whether the client asked for RFC 2034.
  package func write(to output: inout [UInt8], withEnhanced: Bool) {
    writeLine(text, isLast: moreText.isEmpty, withEnhanced: withEnhanced, to: &output)
    for index in moreText.indices {
      writeLine(
        moreText[index], isLast: index == moreText.endIndex - 1, withEnhanced: withEnhanced,
        to: &output)
    }
  }

  private func writeLine(
    _ line: SMTPReplyText, isLast: Bool, withEnhanced: Bool, to output: inout [UInt8]
  ) {
    output.append(UInt8(0x30 + code / 100))
    output.append(UInt8(0x30 + code / 10 % 10))
    output.append(UInt8(0x30 + code % 10))
    output.append(isLast ? .space : UInt8.ascii("-"))
    if withEnhanced, let enhanced {
      output.append(UInt8(0x30 + code / 100))
      output.append(UInt8.ascii("."))
      Self.append(enhanced.subject, to: &output)
      output.append(UInt8.ascii("."))
      Self.append(enhanced.detail, to: &output)
      output.append(.space)
    }
    output.append(contentsOf: line.text.utf8)
    output.append(.carriageReturn)
    output.append(.lineFeed)
  }

  private static func append(_ number: Int, to output: inout [UInt8]) {
    if number >= 10 { append(number / 10, to: &output) }
    output.append(UInt8(0x30 + number % 10))
  }
}
