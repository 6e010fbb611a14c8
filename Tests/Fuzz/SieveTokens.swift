// Fuzz entry: lines of a ManageSieve server, whole and octet by octet; the limits hold, and what a
// command writes is read back.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let octets = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let limits = SieveLimits(maxLineByteCount: 60, maxLiteralByteCount: 40)
  let (lines, error) = read([octets], limits)
  let (again, sameError) = read(octets.map { [$0] }, limits)
  precondition(lines == again && error?.reason == sameError?.reason, "a cut makes a difference")
  for line in lines {
    precondition(line.text.count <= limits.maxLineByteCount)
    precondition(!line.text.contains(.lineFeed), "a line holds a line feed")
    for token in line.tokens { check(token, depth: 0, limits) }
    if let entry = SieveScriptEntry(line) { check(entry.name) }
  }

  var writer = SieveCommandWriter()
  writer.write(.getScript(SieveScriptName(wire: octets)))
  let (written, _) = read([writer.wire], SieveLimits())
  precondition(written.count == 1 && written[0].fault == nil)
  precondition(written[0].tokens == [.atom(Array("GETSCRIPT".utf8)), .string(octets)])
  return 0
}

private func read(
  _ pieces: [[UInt8]], _ limits: SieveLimits
) -> ([SieveLine], SieveProtocolError?) {
  var parser = SieveTokenParser(limits: limits)
  var lines: [SieveLine] = []
  for piece in pieces {
    var position = 0
    do throws(SieveProtocolError) {
      while let line = try parser.nextLine(piece.span, at: &position) { lines.append(line) }
      precondition(position == piece.count, "input is left")
    } catch {
      return (lines, error)
    }
  }
  return (lines, nil)
}

private func check(_ token: SieveToken, depth: Int, _ limits: SieveLimits) {
  precondition(depth <= SieveLimits.maxListDepth)
  switch token {
  case .atom(let octets): precondition(!octets.isEmpty && !octets.contains(where: \.isControl))
  case .string(let octets):
    precondition(octets.count <= max(limits.maxLiteralByteCount, limits.maxLineByteCount))
  case .list(let tokens): for token in tokens { check(token, depth: depth + 1, limits) }
  }
}

private func check(_ name: SieveScriptName) {
  precondition(!name.description.utf8.contains(where: \.isControl))
  if let file = name.fileName() {
    precondition(!file.isEmpty && file[0] != .ascii(".") && !file.contains(.ascii("/")))
    precondition(!file.contains(where: \.isControl) && file.count <= 255)
  }
}
