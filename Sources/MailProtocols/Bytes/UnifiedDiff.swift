// The unified form of the difference of two texts, as `diff -u` of POSIX.1-2017 and GNU diffutils
// print it. Octets are neither decoded nor escaped; lines end at LF alone.

/// Writes unified diffs.
package struct UnifiedDiff: Sendable {
  /// How many unchanged lines stand around a change.
  package let contextLineCount: Int
  /// How many steps the search for the shortest diff may take; with more to do, stretches of the
  /// texts count as changed altogether.
  package let maxStepCount: Int

  package init(contextLineCount: Int = 3, maxStepCount: Int = 50_000_000) {
    precondition(contextLineCount >= 0 && maxStepCount >= 0)
    self.contextLineCount = contextLineCount
    self.maxStepCount = maxStepCount
  }

  /// What turns `old` into `new`; empty when they are the same.
  ///
  /// Of the names, control characters become `?`.
  package func text(
    from old: [UInt8], named oldName: [UInt8], to new: [UInt8], named newName: [UInt8]
  ) -> [UInt8] {
    if old == new { return [] }
    let comparison = LineComparison(
      old, new, reach: contextLineCount, maxStepCount: maxStepCount)
    var text = Array("--- ".utf8) + printable(oldName) + Array("\n+++ ".utf8) + printable(newName)
    text.append(.lineFeed)
    var changes = Self.changes(in: comparison)[...]
    while let first = changes.popFirst() {
      var group = [first]
      while let next = changes.first, let last = group.last,
        next.old.lowerBound - last.old.upperBound - contextLineCount <= contextLineCount
      {
        group.append(next)
        changes.removeFirst()
      }
      append(group, of: comparison, to: &text)
    }
    return text
  }

  /// Lines that go, and the lines that come in their place.
  private struct Change {
    var old: Range<Int>
    var new: Range<Int>
  }

  private static func changes(in comparison: LineComparison) -> [Change] {
    var changes: [Change] = []
    var (old, new) = (0, 0)
    while old < comparison.oldLines.count || new < comparison.newLines.count {
      let (oldStart, newStart) = (old, new)
      while old < comparison.oldLines.count, comparison.isOldChanged[old] { old += 1 }
      while new < comparison.newLines.count, comparison.isNewChanged[new] { new += 1 }
      if old > oldStart || new > newStart {
        changes.append(Change(old: oldStart..<old, new: newStart..<new))
      }
      old += 1
      new += 1
    }
    return changes
  }

  private func append(_ group: [Change], of comparison: LineComparison, to text: inout [UInt8]) {
    guard let first = group.first, let last = group.last else { return }
    let before = min(contextLineCount, first.old.lowerBound)
    let after = min(contextLineCount, comparison.oldLines.count - last.old.upperBound)
    let old = first.old.lowerBound - before..<last.old.upperBound + after
    let new = first.new.lowerBound - before..<last.new.upperBound + after
    text += Array("@@ -\(place(old)) +\(place(new)) @@\n".utf8)
    var position = old.lowerBound
    for change in group {
      append(comparison.oldLines[position..<change.old.lowerBound], " ", to: &text)
      append(comparison.oldLines[change.old], "-", to: &text)
      append(comparison.newLines[change.new], "+", to: &text)
      position = change.old.upperBound
    }
    append(comparison.oldLines[position..<old.upperBound], " ", to: &text)
  }

  /// `start,count`, the count left out when it is 1; of no lines the line before is named.
  private func place(_ range: Range<Int>) -> String {
    switch range.count {
    case 0: "\(range.lowerBound),0"
    case 1: "\(range.lowerBound + 1)"
    default: "\(range.lowerBound + 1),\(range.count)"
    }
  }

  private func append(
    _ lines: ArraySlice<ArraySlice<UInt8>>, _ mark: Unicode.Scalar, to text: inout [UInt8]
  ) {
    for line in lines {
      text.append(.ascii(mark))
      text += line
      if line.last != .lineFeed { text += Array("\n\\ No newline at end of file\n".utf8) }
    }
  }

  private func printable(_ name: [UInt8]) -> [UInt8] {
    name.map { $0.isControl ? .ascii("?") : $0 }
  }
}
