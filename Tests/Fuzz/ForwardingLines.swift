// Fuzz entry: the arguments of XCLIENT and XFORWARD.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let line = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard !line.contains(.nul), !line.contains(.carriageReturn), !line.contains(.lineFeed) else {
    return 0
  }
  if let attributes = try? XclientParser.parse(line.span, in: 0..<line.count),
    let command = XclientWriter.command(attributes)
  {
    let again = Array(command.dropLast(2))
    precondition(!again.contains(where: { $0.isControl || $0 >= 0x80 }), "not a line of xtext")
    let read = try? XclientParser.parse(again.span, in: 7..<again.count)
    precondition(read == attributes, "written, it reads otherwise")
  }
  if let attributes = try? XforwardParser.parse(line.span, in: 0..<line.count) {
    var read = XforwardAttributes()
    for command in XforwardWriter.commands(attributes) {
      let again = Array(command.dropLast(2))
      guard let more = try? XforwardParser.parse(again.span, in: 8..<again.count) else {
        preconditionFailure("written, it is refused")
      }
      read = more.over(read)
    }
    precondition(read == attributes, "written, it reads otherwise")
  }
  return 0
}
