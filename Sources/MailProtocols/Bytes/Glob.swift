// Shell-like patterns over octets: `*` and `?`, without regard to ASCII case. Not bracket lists, and
// no character is special but these two.

/// A pattern that an address, a subject or a host is held against.
package struct Glob: Equatable, Sendable {
  private let pattern: [UInt8]

  package init(_ pattern: [UInt8]) {
    self.pattern = pattern.map(\.lowercased)
  }

  /// Whether the whole of the text matches. Takes at most pattern times text steps.
  package func matches(_ text: [UInt8]) -> Bool {
    var patternIndex = 0
    var textIndex = 0
    // Where to go on when the text after the last star does not fit: one octet more for the star.
    var star: (pattern: Int, text: Int)?
    while textIndex < text.count {
      if patternIndex < pattern.count && pattern[patternIndex] == UInt8.ascii("*") {
        patternIndex += 1
        star = (patternIndex, textIndex)
      } else if patternIndex < pattern.count
        && (pattern[patternIndex] == UInt8.ascii("?")
          || pattern[patternIndex] == text[textIndex].lowercased)
      {
        patternIndex += 1
        textIndex += 1
      } else if let last = star {
        patternIndex = last.pattern
        textIndex = last.text + 1
        star = (last.pattern, textIndex)
      } else {
        return false
      }
    }
    return pattern[patternIndex...].allSatisfy { $0 == UInt8.ascii("*") }
  }
}
