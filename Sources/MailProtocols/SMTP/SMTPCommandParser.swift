// Reads the arguments of a command line, or says with which reply it is refused (RFC 5321 4.1.1).
// The order of commands is not judged here; SMTPServerSession does that first.

/// A command line to a command, or to the reply that refuses it.
package struct SMTPCommandParser: Sendable {
  private let configuration: SMTPServerConfiguration
  private let paths: SMTPPathParser
  private let options: SMTPOptionsParser

  package init(configuration: SMTPServerConfiguration) {
    self.configuration = configuration
    paths = SMTPPathParser(
      leniency: configuration.leniency, maxLocalPartCount: configuration.maxLocalPartByteCount)
    options = SMTPOptionsParser(
      keywords: configuration.keywords, maxByteCount: configuration.maxMessageByteCount)
  }

  /// Reads the argument that starts at `start` of `line` (without line end, CR and NUL).
  /// `isExtended` is whether the client said EHLO: parameters need that. Throws the refusing reply.
  package func parse(
    _ verb: SMTPVerb, _ line: Span<UInt8>, from start: Int, isExtended: Bool
  ) throws(SMTPReply) -> SMTPCommand {
    let argument = trimmed(line, from: start)
    switch verb {
    case .helo: return .helo(try hostname(line, argument, verb))
    case .ehlo, .lhlo: return .ehlo(try hostname(line, argument, verb))
    case .mail:
      var position = try skip("FROM:", line, argument, verb)
      let path = try self.path(line, argument, at: &position)
      let parameters = try self.parameters(line, argument, from: position, isExtended, verb)
      let options = try options.mail(parameters)
      try checkEightBit(path, usesUTF8: options.usesUTF8)
      return .mail(path, options)
    case .rcpt:
      var position = try skip("TO:", line, argument, verb)
      let path = try self.path(line, argument, at: &position)
      let parameters = try self.parameters(line, argument, from: position, isExtended, verb)
      if path.isNull { throw .nullRecipient }
      return .rcpt(path, try options.rcpt(parameters))
    case .bdat: return try chunk(line, argument)
    case .vrfy: return .vrfy(try verifiable(line, argument))
    case .expn: return .expn(line.copy(argument))
    case .help: return .help(line.copy(argument))
    case .auth: return .auth(line.copy(argument))
    case .noop: return .noop
    case .xclient: return .xclient(try XclientParser.parse(line, in: argument))
    case .xforward: return .xforward(try XforwardParser.parse(line, in: argument))
    case .etrn, .turn: return .notImplemented
    case .data, .quit, .rset, .startTLS:
      guard argument.isEmpty else {
        throw verb == .startTLS ? .badSyntax(of: "STARTTLS") : .syntax(verb)
      }
      return switch verb {
      case .data: .data
      case .quit: .quit
      case .rset: .rset
      default: .startTLS
      }
    }
  }

  /// The argument without the blanks around it; strictly only the one space behind the verb.
  private func trimmed(_ line: Span<UInt8>, from start: Int) -> Range<Int> {
    var lower = start
    var upper = line.count
    if configuration.leniency == .strict {
      if lower < upper && line[lower] == .space { lower += 1 }
    } else {
      while lower < upper && line[lower].isBlank { lower += 1 }
      while upper > lower && line[upper - 1].isBlank { upper -= 1 }
    }
    return lower..<upper
  }

  private func hostname(
    _ line: Span<UInt8>, _ argument: Range<Int>, _ verb: SMTPVerb
  ) throws(SMTPReply) -> [UInt8] {
    guard !argument.isEmpty else { throw .syntax(verb) }
    if configuration.leniency == .strict {
      for index in argument {
        let octet = line[index]
        guard octet > .space, octet != 0x7F else { throw .syntax(verb) }
      }
    }
    return line.copy(argument)
  }

  /// Behind `FROM:` or `TO:`, which have no case.
  private func skip(
    _ word: StaticString, _ line: Span<UInt8>, _ argument: Range<Int>, _ verb: SMTPVerb
  ) throws(SMTPReply) -> Int {
    let count = word.utf8CodeUnitCount
    guard argument.count >= count else { throw .syntax(verb) }
    for offset in 0..<count
    where line[argument.lowerBound + offset].uppercased != word.utf8Start[offset] {
      throw .syntax(verb)
    }
    guard argument.count > count else { throw .syntax(verb) }
    return argument.lowerBound + count
  }

  private func path(
    _ line: Span<UInt8>, _ argument: Range<Int>, at position: inout Int
  ) throws(SMTPReply) -> SMTPPath {
    let path: SMTPPath
    do {
      path = try paths.parse(line.extracting(0..<argument.upperBound), at: &position)
    } catch {
      switch error {
      case .missingLocalPart, .missingDomain, .localPartTooLong, .domainTooLong:
        throw .malformedAddress
      case .syntax, .unbalanced, .commentTooDeep, .malformedLiteral, .forbiddenOctet:
        throw configuration.leniency == .strict ? .addressSyntax : .malformedAddress
      }
    }
    if path.hasNonASCII && !configuration.keywords.contains(.smtpUTF8) { throw .badSyntax }
    return path
  }

  private func parameters(
    _ line: Span<UInt8>, _ argument: Range<Int>, from position: Int, _ isExtended: Bool,
    _ verb: SMTPVerb
  ) throws(SMTPReply) -> [SMTPParameter] {
    guard position < argument.upperBound else { return [] }
    let parameters: [SMTPParameter]
    do {
      parameters = try SMTPParameterParser.parse(
        line.extracting(0..<argument.upperBound), from: position)
    } catch {
      switch error {
      case .duplicate(let name): throw .repeatedParameter(name)
      case .malformed, .tooMany: throw .syntax(verb)
      }
    }
    guard parameters.isEmpty || isExtended else { throw .noParametersAfterHelo }
    return parameters
  }

  /// RFC 6531 3.4: octets over 127 in an address need SMTPUTF8 on the MAIL command.
  package func checkEightBit(_ path: SMTPPath, usesUTF8: Bool) throws(SMTPReply) {
    if path.hasNonASCII && !usesUTF8 { throw .needsUTF8 }
  }

  private func chunk(
    _ line: Span<UInt8>, _ argument: Range<Int>
  ) throws(SMTPReply) -> SMTPCommand {
    var position = argument.lowerBound
    guard let byteCount = line.decimal(at: &position, before: argument.upperBound) else {
      throw .syntax(.bdat)
    }
    if position == argument.upperBound { return .bdat(byteCount: byteCount, .more) }
    guard line[position].isBlank else { throw .syntax(.bdat) }
    while position < argument.upperBound && line[position].isBlank { position += 1 }
    let word: StaticString = "LAST"
    guard argument.upperBound - position == word.utf8CodeUnitCount else {
      return .bdat(byteCount: byteCount, .malformed)
    }
    for offset in 0..<word.utf8CodeUnitCount
    where line[position + offset].uppercased != word.utf8Start[offset] {
      return .bdat(byteCount: byteCount, .malformed)
    }
    return .bdat(byteCount: byteCount, .last)
  }

  /// VRFY takes an address as RCPT does, or a bare local part; SMTPUTF8 may stand behind it.
  private func verifiable(
    _ line: Span<UInt8>, _ argument: Range<Int>
  ) throws(SMTPReply) -> SMTPPath {
    guard !argument.isEmpty else { throw .syntax(.vrfy) }
    var position = argument.lowerBound
    let parser = SMTPPathParser(leniency: .lenient, maxLocalPartCount: 0)
    guard
      let path = try? parser.parse(line.extracting(0..<argument.upperBound), at: &position),
      !path.isNull
    else { throw .notAnAddress }
    if path.hasNonASCII && !configuration.keywords.contains(.smtpUTF8) { throw .badSyntax }
    return path
  }
}

extension Span where Element == UInt8 {
  /// Digits from `position` on as a number; nil when there are none, or too many for an Int.
  package func decimal(at position: inout Int, before end: Int) -> Int? {
    let start = position
    var value = 0
    while position < end && self[position].isDigit {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(self[position] &- 0x30))
      guard !overflow && !carry else { return nil }
      value = sum
      position += 1
    }
    return position > start ? value : nil
  }
}
