// A server's lines as responses: data lines, then the line with the status. Whether a data line may
// come, and what it says, depends on the command, which the session knows.

/// Tells the line that ends a response from those before it.
package struct SieveResponseParser: Sendable {
  /// What came.
  package enum Event: Equatable, Sendable {
    /// A line of data; it may have a fault.
    case line(SieveLine)
    /// The end of a response, and the line that it was.
    case response(SieveResponse, SieveLine)
  }

  private var tokens: SieveTokenParser
  private let maxLineCount: Int
  private var lineCount = 0

  /// A parser at the start of a response.
  package init(limits: SieveLimits = SieveLimits()) {
    tokens = SieveTokenParser(limits: limits)
    maxLineCount = limits.maxLineCount
  }

  /// Steps forward, for who watches over time (`SieveTokenParser.stepCount`).
  package var stepCount: Int { tokens.stepCount }
  /// Whether a response has begun and not ended.
  package var isInsideResponse: Bool { lineCount > 0 || tokens.isInsideLine }

  /// The next event, or nil when all input is consumed. After an error the stream is lost.
  package mutating func next(
    _ input: Span<UInt8>, at position: inout Int
  ) throws(SieveProtocolError) -> Event? {
    guard let line = try tokens.nextLine(input, at: &position) else { return nil }
    guard case .atom? = line.tokens.first else {
      guard lineCount < maxLineCount else { throw SieveProtocolError(.tooManyLines, line.text) }
      lineCount += 1
      return .line(line)
    }
    let response = try SieveResponse(line)
    lineCount = 0
    tokens.startResponse()
    return .response(response, line)
  }
}
