// The line that ends a response: OK, NO or BYE, a code, a text for people (RFC 5804 1.2, 1.3).

/// How a server answered.
package struct SieveResponse: Equatable, Sendable {
  /// The first word.
  package enum Status: String, Sendable {
    case ok = "OK"
    case no = "NO"
    case bye = "BYE"
  }

  /// What it says.
  package let status: Status
  /// The machine's part; servers may leave it out, and do.
  package let code: SieveResponseCode?
  /// The people's part, untrusted; may be of several lines.
  package let text: [UInt8]?

  /// A response as it is known from elsewhere.
  package init(status: Status, code: SieveResponseCode? = nil, text: [UInt8]? = nil) {
    self.status = status
    self.code = code
    self.text = text
  }

  /// Whether the code is in one of these categories, without case.
  package func matches(_ categories: String...) -> Bool {
    categories.contains { code?.matches($0) ?? false }
  }

  /// The text for a terminal: one line for each of the server's, safe to print.
  package var shownText: String {
    let lines = (text ?? []).split(whereSeparator: { $0 == .lineFeed || $0 == .carriageReturn })
    return lines.map { EscapedText.text(Array($0).span, for: .terminal) }.joined(separator: "\n")
  }

  /// What the code `TAG` carries back (RFC 5804 2.13).
  package var tag: [UInt8]? { datum(of: "TAG") }

  /// Where `BYE (REFERRAL ...)` sends us, as it came, quoted or not.
  package var referral: [UInt8]? { datum(of: "REFERRAL") }

  /// The data of `OK (SASL "...")`, still in base64.
  var saslText: [UInt8]? { datum(of: "SASL") }

  private func datum(of name: String) -> [UInt8]? {
    guard let code, code.matches(name), let datum = code.data.first else { return nil }
    return datum.octets
  }

  /// Reads a line whose first word is an atom. Throws `unknownStatus`, or `malformedLine`.
  package init(_ line: SieveLine) throws(SieveProtocolError) {
    if let fault = line.fault { throw fault }
    guard case .atom(let word)? = line.tokens.first,
      let status = Status(rawValue: String(decoding: word.map(\.uppercased), as: UTF8.self))
    else { throw SieveProtocolError(.unknownStatus, line.text) }
    var rest = line.tokens.dropFirst()
    var code: SieveResponseCode?
    if case .list(let tokens)? = rest.first {
      // Nothing in parentheses is no code.
      code = SieveResponseCode(tokens)
      guard code != nil || tokens.isEmpty else {
        throw SieveProtocolError(.malformedLine, line.text)
      }
      rest = rest.dropFirst()
    }
    var text: [UInt8]?
    if case .string(let string)? = rest.first {
      text = string
      rest = rest.dropFirst()
    }
    guard rest.isEmpty else { throw SieveProtocolError(.malformedLine, line.text) }
    self.init(status: status, code: code, text: text)
  }
}
