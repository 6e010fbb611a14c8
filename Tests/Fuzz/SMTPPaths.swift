// Fuzz entry: the path of MAIL and RCPT, strict and lenient, and the address literal inside it.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let line = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let strict = check(line, SMTPPathParser(leniency: .strict))
  let lenient = check(line, SMTPPathParser(leniency: .lenient))
  if let strict {
    precondition(lenient == strict, "lenient reads otherwise what strict reads")
  }
  let limited = SMTPPathParser(leniency: .lenient, maxLocalPartCount: 8)
  if let path = check(line, limited) { precondition(path.localPart.count <= 8) }
  return 0
}

private func check(_ line: [UInt8], _ parser: SMTPPathParser) -> SMTPPath? {
  var position = 0
  guard let path = try? parser.parse(line.span, at: &position) else {
    precondition(position == 0, "a refused path moved the position")
    return nil
  }
  precondition(position <= line.count)
  precondition(position == line.count || line[position] == .space)
  precondition(path.raw.count <= position)
  precondition(path.domain.count <= SMTPPathParser.maxDomainCount)
  precondition(path.hasNonASCII == path.raw.contains { $0 >= 0x80 })
  for octets in [path.raw, path.address, path.localPart, path.domain] {
    precondition(!octets.contains(where: \.isControl), "a control character went through")
    precondition(octets.span.isWellFormedUTF8)
  }
  precondition(path.isNull == path.address.isEmpty)

  let canonical = [.ascii("<")] + path.address + [.ascii(">")]
  var end = 0
  guard let again = try? parser.parse(canonical.span, at: &end) else {
    preconditionFailure("the canonical address is refused")
  }
  precondition(end == canonical.count && again.raw == path.address)
  precondition(again.address == path.address && again.localPart == path.localPart)
  precondition(again.domain == path.domain)
  return path
}
