// Patterns over mechanism names, as --mechanism takes them: `*` is any text, `?` any one character,
// letters have no case.

enum NamePattern {
  /// Whether a whole name fits a pattern.
  static func matches(_ pattern: String, _ name: String) -> Bool {
    let pattern = pattern.utf8.map(\.uppercased)
    let name = name.utf8.map(\.uppercased)
    var patternIndex = 0
    var nameIndex = 0
    // Where the last star stands and how much it has taken: enough to go back to, since stars are
    // greedy by turns.
    var star: (pattern: Int, name: Int)?
    while nameIndex < name.count {
      if patternIndex < pattern.count, pattern[patternIndex] == .ascii("*") {
        star = (patternIndex, nameIndex)
        patternIndex += 1
      } else if patternIndex < pattern.count,
        pattern[patternIndex] == .ascii("?") || pattern[patternIndex] == name[nameIndex]
      {
        patternIndex += 1
        nameIndex += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        patternIndex = last.pattern + 1
        nameIndex = last.name + 1
      } else {
        return false
      }
    }
    return pattern[patternIndex...].allSatisfy { $0 == .ascii("*") }
  }
}
