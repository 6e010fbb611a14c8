// Fuzz entry: unified diffs. The first octet says how much context and how many steps there are;
// the next 0xFF parts the two texts.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first, let parting = input.firstIndex(of: 0xFF) else { return 0 }
  let old = Array(input[1..<max(parting, 1)])
  let new = Array(input[(parting + 1)...])
  let diff = UnifiedDiff(
    contextLineCount: Int(choice & 3), maxStepCount: choice & 4 == 0 ? 100_000 : Int(choice >> 3))
  let text = diff.text(from: old, named: [0x61], to: new, named: [0x62])
  precondition(text.isEmpty == (old == new))
  guard !text.isEmpty else { return 0 }
  // Taken together, what goes and comes is the difference in length.
  var balance = 0
  for line in text.split(separator: .lineFeed, omittingEmptySubsequences: false).dropFirst(2) {
    switch line.first {
    case .ascii("+"): balance += line.count
    case .ascii("-"): balance -= line.count
    // It takes a line end back, on whichever side it stands.
    case .ascii("\\"): return 0
    default: break
    }
  }
  precondition(balance == new.count - old.count)
  return 0
}
