// Fuzz entry: the parameters of MAIL and RCPT, and xtext, on which their values rest.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let line = [UInt8](UnsafeBufferPointer(start: start, count: count))
  if let octets = Xtext.decode(line.span) {
    precondition(Xtext.decode(Xtext.encode(octets.span).span) == octets)
  }
  guard let parameters = try? SMTPParameterParser.parse(line.span, from: 0) else { return 0 }
  precondition(parameters.count <= SMTPParameterParser.maxCount)
  precondition(Set(parameters.map(\.name)).count == parameters.count, "a duplicate went through")
  var written: [UInt8] = []
  for parameter in parameters {
    precondition(SMTPParameter(name: parameter.name, value: parameter.value) == parameter)
    written.append(.space)
    written += parameter.name.utf8
    if let value = parameter.value { written += [.ascii("=")] + value }
  }
  precondition(!written.contains(where: \.isControl), "a control character went through")
  precondition((try? SMTPParameterParser.parse(written.span, from: 0)) == parameters)
  return 0
}
