// Fuzz entry: PROXY headers of both versions. The first octet says where the input is cut.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 1 else { return 0 }
  let input = [UInt8](UnsafeBufferPointer(start: start + 1, count: count - 1))
  let whole = parse(input, pieceByteCount: input.count + 1)
  let pieces = parse(input, pieceByteCount: 1 + Int(start[0] & 31))
  precondition(whole.header == pieces.header, "the header depends on where the input was cut")
  precondition(whole.error == pieces.error, "the error depends on where the input was cut")
  guard let header = whole.header else { return 0 }
  precondition(pieces.count == whole.count, "the end depends on where the input was cut")
  precondition(whole.count <= ProxyHeaderParser.maxByteCount)
  if header.version == .one {
    precondition(whole.count <= ProxyHeaderParser.maxLineByteCount && header.tlvs.isEmpty)
    precondition(input[whole.count - 1] == .lineFeed)
  }
  // The header without what follows is the same header.
  precondition(parse(Array(input[..<whole.count]), pieceByteCount: .max).header == header)
  precondition(parse(Array(input[..<(whole.count - 1)]), pieceByteCount: .max).header == nil)

  guard let octets = ProxyHeaderWriter.octets(of: header) else {
    preconditionFailure("what was read cannot be written")
  }
  let again = parse(octets, pieceByteCount: .max)
  precondition(again.header == header && again.count == octets.count, "written, it reads otherwise")
  return 0
}

private func parse(
  _ input: [UInt8], pieceByteCount: Int
) -> (header: ProxyHeader?, error: ProxyHeaderError?, count: Int) {
  var parser = ProxyHeaderParser()
  var count = 0
  while count < input.count {
    let end = min(input.count, count + min(pieceByteCount, input.count))
    let piece = Array(input[count..<end])
    var position = 0
    do throws(ProxyHeaderError) {
      let header = try parser.parse(piece.span, at: &position)
      precondition(header != nil || position == piece.count, "octets were left without a header")
      count += position
      if let header { return (header, nil, count) }
    } catch {
      return (nil, error, count)
    }
  }
  return (nil, nil, count)
}
