// Fuzz entry: one command line, strict and lenient, after HELO and after EHLO. The first octet
// chooses the verb that the line starts with, so that the arguments get most of the attention.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 1 else { return 0 }
  let rest = [UInt8](UnsafeBufferPointer(start: start + 1, count: count - 1))
  let starts = [
    "", "MAIL FROM:", "RCPT TO:", "BDAT ", "VRFY ", "HELP ", "MAIL FROM:<a@b> ", "RCPT TO:<a> ",
  ]
  let line =
    [UInt8](starts[Int(start[0]) % starts.count].utf8)
    + rest.filter { $0 != .carriageReturn && $0 != .lineFeed && $0 != .nul }
  guard let (verb, argumentStart) = SMTPVerb.parse(line.span) else {
    precondition(SMTPVerb(word: line) == nil)
    return 0
  }
  let word = String(decoding: line[..<argumentStart], as: UTF8.self)
  precondition(word.uppercased() == verb.rawValue)
  for isExtended in [false, true] {
    let strict = parse(verb, line, argumentStart, isExtended, .strict)
    let lenient = parse(verb, line, argumentStart, isExtended, .lenient)
    guard let strict else { continue }
    guard let lenient else {
      // Its path is read leniently in both, and only the lenient line loses the blanks at its end.
      precondition(verb == .vrfy, "lenient refuses what strict takes")
      continue
    }
    switch (strict, lenient) {
    case (.mail, .mail), (.rcpt, .rcpt), (.bdat, .bdat):
      precondition(strict == lenient, "lenient reads otherwise what strict reads")
    default: break
    }
  }
  return 0
}

private func parse(
  _ verb: SMTPVerb, _ line: [UInt8], _ argumentStart: Int, _ isExtended: Bool,
  _ leniency: SMTPServerConfiguration.Leniency
) -> SMTPCommand? {
  var configuration = SMTPServerConfiguration(hostname: "h", greeting: "g")
  configuration.leniency = leniency
  let parser = SMTPCommandParser(configuration: configuration)
  do {
    let command = try parser.parse(verb, line.span, from: argumentStart, isExtended: isExtended)
    switch command {
    case .mail(let path, let options):
      precondition(isExtended || options.parameters.isEmpty)
      precondition(options.usesUTF8 || !path.hasNonASCII)
      check(path)
    case .rcpt(let path, let options):
      precondition(isExtended || options.parameters.isEmpty)
      precondition(!path.isNull)
      check(path)
    case .vrfy(let path): check(path)
    case .bdat(let byteCount, let role):
      precondition(byteCount >= 0)
      // Refused, though its chunk is swallowed.
      if role == .malformed { return nil }
    case .helo(let name), .ehlo(let name): precondition(!name.isEmpty)
    case .data, .rset, .noop, .expn, .help, .quit, .startTLS, .auth, .xclient, .xforward,
      .notImplemented:
      break
    }
    return command
  } catch {
    precondition(error.code >= 500 && error.enhanced != nil)
    return nil
  }
}

private func check(_ path: SMTPPath) {
  precondition(!path.raw.contains(where: \.isControl) && path.raw.span.isWellFormedUTF8)
}
