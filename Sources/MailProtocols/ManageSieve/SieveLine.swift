// One line of a server: its words, and itself for what has to be shown or read in another way.

/// A line, up to the line end behind its last literal.
package struct SieveLine: Equatable, Sendable {
  /// Its words; those before the fault when there is one.
  package let tokens: [SieveToken]
  /// The line as it came, without its line end and without what is in its literals.
  package let text: [UInt8]
  /// Why it cannot be parsed; nil when it can.
  package let fault: SieveProtocolError?

  /// The strings it consists of; nil when there is anything else in it.
  package var strings: [[UInt8]]? {
    guard fault == nil else { return nil }
    var strings: [[UInt8]] = []
    for token in tokens {
      guard let string = token.string else { return nil }
      strings.append(string)
    }
    return strings
  }
}
