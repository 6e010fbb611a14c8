// One parameter of MAIL or RCPT (esmtp-param, RFC 5321 4.1.2). What it means is the session's.

/// A parameter behind the path of MAIL or RCPT: `SIZE=1000`, `SMTPUTF8`.
package struct SMTPParameter: Equatable, Hashable, Sendable {
  /// The keyword in upper case.
  package let name: String
  /// What stands behind `=`, octets and case as sent and never empty; nil without `=`.
  package let value: [UInt8]?

  /// A parameter to send, or nil when `name` and `value` are not an esmtp-param: it could not be
  /// told from others, or from the end of the command.
  package init?(name: String, value: [UInt8]? = nil) {
    let text = [.space] + name.utf8 + (value.map { [.ascii("=")] + $0 } ?? [])
    guard let read = try? SMTPParameterParser.parse(text.span, from: 0), read.count == 1,
      read[0].name.utf8.count == name.utf8.count, read[0].value == value
    else { return nil }
    self = read[0]
  }

  /// A parameter that was read: `name` in upper case, both judged.
  init(readName name: String, value: [UInt8]?) {
    self.name = name
    self.value = value
  }
}

/// What is wrong with the parameters of a command.
package enum SMTPParameterError: Error, Equatable, Sendable {
  /// Not `KEY` or `KEY=VALUE`: an octet out of place, an empty value, ill-formed UTF-8, or no
  /// space where the parameters start.
  case malformed
  /// The keyword, in upper case, was there before.
  case duplicate(String)
  /// More parameters than `SMTPParameterParser.maxCount`.
  case tooMany
}
