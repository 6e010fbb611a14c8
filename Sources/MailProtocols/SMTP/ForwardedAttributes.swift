// `attribute=value` words, and the replies to bad ones, as XCLIENT and XFORWARD share them (Postfix's
// XCLIENT_README, XFORWARD_README; the replies are those of Postfix's smtpd).

/// One attribute of a command, its name not judged yet.
struct ForwardedAttribute {
  /// In upper case.
  let name: [UInt8]
  /// xtext undone; what is no xtext stays as it is, as in Postfix: old clients send it so.
  let value: [UInt8]

  /// Reads the words of an argument. Throws the refusing reply.
  static func parse(
    _ line: Span<UInt8>, in argument: Range<Int>, of verb: SMTPVerb
  ) throws(SMTPReply) -> [ForwardedAttribute] {
    var attributes: [ForwardedAttribute] = []
    let octets = line.copy(argument)
    for word in octets.split(whereSeparator: \.isBlank) {
      guard let equals = word.firstIndex(of: .ascii("=")), equals + 1 < word.endIndex else {
        throw .attributeExpected
      }
      let raw = Array(word[(equals + 1)...])
      guard raw.count <= ForwardedText.maxByteCount else { throw .attributeTooLong }
      attributes.append(
        ForwardedAttribute(
          name: word[..<equals].map(\.uppercased), value: Xtext.decode(raw.span) ?? raw))
    }
    guard !attributes.isEmpty else { throw .syntax(verb) }
    return attributes
  }

  private var isUnavailable: Bool { ForwardedWord.unavailable.matches(value) }

  /// The value as `read` understands it, or `[UNAVAILABLE]`.
  func known<Value>(
    _ read: ([UInt8]) -> Value?
  ) throws(SMTPReply) -> Forwarded<Value> {
    if isUnavailable { return .unavailable }
    guard let value = read(value) else { throw malformed }
    return .known(value)
  }

  /// The reply to a value that is none.
  var malformed: SMTPReply { .badAttribute(String(decoding: name, as: UTF8.self)) }

  func name(mayBeTemporary: Bool) throws(SMTPReply) -> ForwardedName {
    if isUnavailable { return .unavailable }
    if mayBeTemporary && ForwardedWord.temporarilyUnavailable.matches(value) {
      return .temporarilyUnavailable
    }
    guard Self.isHostname(value) else { throw malformed }
    return .known(value)
  }

  /// An IPv4 address, or an IPv6 one behind `IPV6:`.
  static func address(_ text: [UInt8]) -> IPAddress? {
    let prefix = ForwardedWord.ipv6Prefix
    guard prefix.matches(text.prefix(prefix.rawValue.utf8.count)) else {
      return IPAddress(ipv4: text.span)
    }
    return IPAddress(ipv6: Array(text.dropFirst(prefix.rawValue.utf8.count)).span)
  }

  static func port(_ text: [UInt8]) -> UInt16? {
    guard (1...5).contains(text.count), text.allSatisfy(\.isDigit) else { return nil }
    return UInt16(exactly: text.reduce(0) { $0 * 10 + Int($1 - .ascii("0")) })
  }

  static func text(_ value: [UInt8]) -> ForwardedText? { ForwardedText(read: value) }

  /// Labels of 63 letters, digits, hyphens and underscores, not at an end a hyphen, 255 octets in
  /// all; not all numbers. A dot may stand at the end.
  static func isHostname(_ text: [UInt8]) -> Bool {
    guard text.count <= 255 else { return false }
    let name = text.last == .ascii(".") ? text.dropLast() : text[...]
    let labels = name.split(separator: .ascii("."), omittingEmptySubsequences: false)
    guard
      labels.allSatisfy({ label in
        (1...63).contains(label.count) && label.first != .ascii("-") && label.last != .ascii("-")
          && label.allSatisfy {
            $0.isAlpha || $0.isDigit || $0 == .ascii("-") || $0 == .ascii("_")
          }
      })
    else { return false }
    return !name.allSatisfy { $0.isDigit || $0 == .ascii(".") }
  }
}

/// Values as they go on the wire.
enum ForwardedValueWriter {
  static func text(_ octets: [UInt8]) -> [UInt8] { Xtext.encode(octets.span) }

  static func name(_ name: ForwardedName) -> [UInt8] {
    switch name {
    case .known(let octets): text(octets)
    case .unavailable: word(.unavailable)
    case .temporarilyUnavailable: word(.temporarilyUnavailable)
    }
  }

  static func address(_ address: IPAddress) -> [UInt8] {
    switch address {
    case .v4: [UInt8](address.text.utf8)
    case .v6: word(.ipv6Prefix) + address.text.utf8
    }
  }

  static func port(_ port: UInt16) -> [UInt8] { [UInt8]("\(port)".utf8) }

  static func known<Value>(
    _ forwarded: Forwarded<Value>, _ write: (Value) -> [UInt8]
  ) -> [UInt8] {
    switch forwarded {
    case .known(let value): write(value)
    case .unavailable: word(.unavailable)
    }
  }

  private static func word(_ word: ForwardedWord) -> [UInt8] { [UInt8](word.rawValue.utf8) }
}
