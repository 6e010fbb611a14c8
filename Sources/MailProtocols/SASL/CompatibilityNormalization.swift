// Normalization form KC of Unicode 3.2 (UAX 15), the form that SASLprep asks for (RFC 4013 2.2).
// Not for other use: the standard library follows the newest Unicode, RFC 3454 pins stringprep to
// 3.2.

/// Normalization form KC as Unicode 3.2 defines it.
enum CompatibilityNormalization {
  /// The code points in normalization form KC; unassigned ones stay as they are.
  static func normalize(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(text.count)
    for code in text { appendDecomposition(of: code, to: &result) }
    reorder(&result)
    compose(&result)
    return result
  }

  // MARK: Decomposition

  private static func appendDecomposition(of code: UInt32, to result: inout [UInt32]) {
    if code < 0xA0 {
      result.append(code)
    } else if Hangul.syllables.contains(code) {
      let index = code - Hangul.syllables.lowerBound
      result.append(Hangul.leadBase + index / (Hangul.vowelCount * Hangul.tailCount))
      result.append(
        Hangul.vowelBase + index % (Hangul.vowelCount * Hangul.tailCount) / Hangul.tailCount)
      let tail = index % Hangul.tailCount
      if tail != 0 { result.append(Hangul.tailBase + tail) }
    } else if let row = NormalizationTables.decomposedCodePoints.firstIndex(ofSorted: code) {
      let ends = NormalizationTables.decompositionEnds
      let start = row == 0 ? 0 : Int(ends[row - 1])
      result.append(contentsOf: NormalizationTables.decompositions[start..<Int(ends[row])])
    } else {
      result.append(code)
    }
  }

  // MARK: Canonical order

  /// Sorts each run of combining marks by class, equal classes keeping their order.
  private static func reorder(_ text: inout [UInt32]) {
    var runStart = 0
    while runStart < text.count {
      guard combiningClass(of: text[runStart]) != 0 else {
        runStart += 1
        continue
      }
      var runEnd = runStart + 1
      while runEnd < text.count, combiningClass(of: text[runEnd]) != 0 { runEnd += 1 }
      // The offset makes the order of equal classes part of the key: sorting is not promised to be
      // stable.
      let marks = text[runStart..<runEnd].enumerated().sorted {
        (combiningClass(of: $0.element), $0.offset) < (combiningClass(of: $1.element), $1.offset)
      }
      for (place, mark) in marks.enumerated() { text[runStart + place] = mark.element }
      runStart = runEnd
    }
  }

  private static func combiningClass(of code: UInt32) -> UInt32 {
    if code < 0x300 { return 0 }
    let table = NormalizationTables.combiningClasses
    var low = 0
    var high = table.count / 3
    while low < high {
      let middle = (low + high) / 2
      if code < table[middle * 3] {
        high = middle
      } else if code > table[middle * 3 + 1] {
        low = middle + 1
      } else {
        return table[middle * 3 + 2]
      }
    }
    return 0
  }

  // MARK: Composition

  /// Joins each mark with the last starter unless a mark between them blocks it (UAX 15,
  /// corrigendum 5).
  private static func compose(_ text: inout [UInt32]) {
    var starter: Int?
    var blockingClass: UInt32?
    var written = 0
    for code in text {
      let mark = combiningClass(of: code)
      let isBlocked = blockingClass.map { $0 == 0 || $0 >= mark } ?? false
      if let starter, !isBlocked, let composite = composite(text[starter], code) {
        text[starter] = composite
        continue
      }
      if mark == 0 {
        starter = written
        blockingClass = nil
      } else {
        blockingClass = mark
      }
      text[written] = code
      written += 1
    }
    text.removeLast(text.count - written)
  }

  private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if Hangul.leads.contains(first), Hangul.vowels.contains(second) {
      let lead = first - Hangul.leadBase
      let vowel = second - Hangul.vowelBase
      return Hangul.syllables.lowerBound + (lead * Hangul.vowelCount + vowel) * Hangul.tailCount
    }
    if Hangul.syllables.contains(first), Hangul.tails.contains(second),
      (first - Hangul.syllables.lowerBound).isMultiple(of: Hangul.tailCount)
    {
      return first + (second - Hangul.tailBase)
    }
    let table = NormalizationTables.composites
    var low = 0
    var high = table.count / 3
    while low < high {
      let middle = (low + high) / 2
      let row = (table[middle * 3], table[middle * 3 + 1])
      if row == (first, second) { return table[middle * 3 + 2] }
      if row < (first, second) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// The arithmetic of Hangul syllables (Unicode 3.2, 3.12).
  private enum Hangul {
    static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3
    static let leads: ClosedRange<UInt32> = 0x1100...0x1112
    static let vowels: ClosedRange<UInt32> = 0x1161...0x1175
    static let tails: ClosedRange<UInt32> = 0x11A8...0x11C2
    static let leadBase: UInt32 = 0x1100
    static let vowelBase: UInt32 = 0x1161
    static let tailBase: UInt32 = 0x11A7
    static let vowelCount: UInt32 = 21
    static let tailCount: UInt32 = 28
  }
}

extension [UInt32] {
  /// The index of `code` in an ascending array, or nil.
  fileprivate func firstIndex(ofSorted code: UInt32) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < code { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == code ? low : nil
  }
}
