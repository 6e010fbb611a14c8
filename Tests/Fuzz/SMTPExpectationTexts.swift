// Fuzz entry: the text of an expectation.

private struct Facts: SMTPMessageFacts {
  let text: [UInt8]
  var sender: [UInt8] { text }
  var recipients: [[UInt8]] { [[], text] }
  var user: [UInt8]? { text.isEmpty ? nil : text }
  var client: [UInt8] { text }
  var byteCount: Int { text.count }
  var usesTLS: Bool { text.count.isMultiple(of: 2) }
  func header(_ name: String) -> [[UInt8]] {
    precondition(!name.isEmpty)
    return [text]
  }
  var body: [UInt8] { text }
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let octets = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: octets, as: UTF8.self)
  let parser = SMTPExpectationParser { pattern in
    pattern.hasPrefix("!") ? .failure(.init(reason: "no")) : .success { !$0.isEmpty }
  }
  do {
    var expectation = try parser.parse(text)
    precondition(expectation.text == text)
    _ = expectation.needsBody
    _ = expectation.matches(Facts(text: octets))
    _ = expectation.matches(Facts(text: []))
    for number in 0..<4 {
      precondition(expectation.matchCount == number)
      let heldForGood = expectation.holdsForGood
      precondition(expectation.holds || !heldForGood)
      expectation.countMatch()
      precondition(expectation.holds || !heldForGood, "it held for good, and no longer does")
    }
  } catch {
    precondition((1...max(1, text.count)).contains(error.column))
    precondition(!error.reason.isEmpty)
  }
  return 0
}
