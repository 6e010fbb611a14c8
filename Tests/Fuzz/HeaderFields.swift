// Fuzz entry: the header collector. The first octet is the limit, the second where to cut.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 2 else { return 0 }
  let maxCount = Int(start[0])
  let message = [UInt8](UnsafeBufferPointer(start: start + 2, count: count - 2))
  let cut = Int(start[1]) % (message.count + 1)

  var whole = HeaderCollector(maxCount: maxCount)
  whole.append(message.span)
  var pieces = HeaderCollector(maxCount: maxCount)
  pieces.append(message.span.extracting(0..<cut))
  let early = fields(pieces)
  pieces.append(message.span.extracting(cut..<message.count))
  precondition(fields(pieces) == fields(whole), "the header depends on where it was cut")
  precondition(pieces.octets == whole.octets && pieces.isTruncated == whole.isTruncated)
  precondition(pieces.octets.count <= maxCount)
  precondition(
    fields(whole).starts(with: early), "a field was reported and then was another")
  precondition(message.starts(with: whole.octets), "what is kept is not the message's beginning")

  whole.finish()
  for field in fields(whole) {
    precondition(!field.name.isEmpty && field.name.allSatisfy { (0x21...0x7E).contains($0) })
    precondition(!field.value.contains(.lineFeed))
    let name = String(decoding: field.name, as: UTF8.self)
    precondition(whole.fields(named: name).contains(field.value))
    precondition(whole.firstField(name) == whole.fields(named: name).first)
  }
  return 0
}

private func fields(_ collector: HeaderCollector) -> [HeaderField] {
  var fields: [HeaderField] = []
  collector.forEachField { fields.append($0) }
  return fields
}
