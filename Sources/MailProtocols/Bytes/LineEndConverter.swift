// Network line ends (CRLF) to Unix ones (LF), as a message streams by in pieces.
// A CR that no LF follows, and an LF that stands alone, are content and stay as they are.

/// Turns each CRLF into LF and changes nothing else, wherever the input is cut.
package struct LineEndConverter: Sendable {
  /// The last octet of the last piece was a CR, which the next piece decides about.
  private var isHoldingCarriageReturn = false

  /// A converter at the start of a message.
  package init() {}

  /// Appends the converted piece to `output`; a CR at its end waits for what follows.
  package mutating func convert(_ input: Span<UInt8>, into output: inout [UInt8]) {
    if input.isEmpty { return }
    if isHoldingCarriageReturn {
      isHoldingCarriageReturn = false
      if input[0] != .lineFeed { output.append(.carriageReturn) }
    }
    var runStart = 0
    input.withUnsafeBufferPointer { bytes in
      var searchStart = 0
      while let index = bytes.firstIndex(of: .carriageReturn, from: searchStart) {
        searchStart = index + 1
        if searchStart < bytes.count && bytes[searchStart] != .lineFeed { continue }
        output.append(contentsOf: bytes[runStart..<index])
        runStart = searchStart
        isHoldingCarriageReturn = searchStart == bytes.count
      }
      output.append(contentsOf: bytes[runStart...])
    }
  }

  /// Appends what was held back; the converter is then at the start of a message again.
  package mutating func finish(into output: inout [UInt8]) {
    if isHoldingCarriageReturn { output.append(.carriageReturn) }
    isHoldingCarriageReturn = false
  }
}
