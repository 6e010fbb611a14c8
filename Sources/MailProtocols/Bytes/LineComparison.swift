// Which lines of two texts differ: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
// in its linear-space form. Each search for the middle of a shortest path is divided in two, and
// the steps are counted: where too many would be needed, a stretch counts as changed from end to
// end. The result is right either way, only longer.

/// Two texts, their lines marked where they changed.
struct LineComparison {
  /// The lines with their line ends; the last may have none.
  let oldLines: [ArraySlice<UInt8>]
  let newLines: [ArraySlice<UInt8>]
  private(set) var isOldChanged: [Bool]
  private(set) var isNewChanged: [Bool]
  /// A number for each line, the same for the same octets.
  private let old: [Int32]
  private let new: [Int32]
  private var stepsLeft: Int
  /// How far each diagonal was followed from the start and from the end.
  private var forward: [Int]
  private var backward: [Int]

  /// Runs of changes are moved no further than `reach` lines into what both texts start and end
  /// with, as diff(1) does, which reads no more of it than it prints.
  init(_ oldText: [UInt8], _ newText: [UInt8], reach: Int, maxStepCount: Int) {
    oldLines = Self.lines(of: oldText)
    newLines = Self.lines(of: newText)
    var numbers: [ArraySlice<UInt8>: Int32] = [:]
    func number(_ line: ArraySlice<UInt8>) -> Int32 {
      if let number = numbers[line] { return number }
      let number = Int32(truncatingIfNeeded: numbers.count)
      numbers[line] = number
      return number
    }
    old = oldLines.map(number)
    new = newLines.map(number)
    isOldChanged = [Bool](repeating: false, count: old.count)
    isNewChanged = [Bool](repeating: false, count: new.count)
    stepsLeft = maxStepCount
    // Diagonals run from -new.count to old.count, with one more on either side.
    forward = [Int](repeating: 0, count: old.count + new.count + 3)
    backward = forward
    compare(0..<old.count, 0..<new.count)
    forward = []
    backward = []
    let shortest = min(old.count, new.count)
    let prefix = (0..<shortest).first { old[$0] != new[$0] } ?? shortest
    let suffix =
      (0..<shortest - prefix).first { old[old.count - 1 - $0] != new[new.count - 1 - $0] }
      ?? shortest - prefix
    let (kept, left) = (max(prefix - reach, 0), max(suffix - reach, 0))
    slide(&isOldChanged, old, in: kept..<old.count - left, against: isNewChanged)
    slide(&isNewChanged, new, in: kept..<new.count - left, against: isOldChanged)
  }

  private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < text.count {
      let end = text.span.firstIndex(of: .lineFeed, from: start).map { $0 + 1 } ?? text.count
      lines.append(text[start..<end])
      start = end
    }
    return lines
  }

  private mutating func compare(_ oldRange: Range<Int>, _ newRange: Range<Int>) {
    var (oldStart, oldEnd) = (oldRange.lowerBound, oldRange.upperBound)
    var (newStart, newEnd) = (newRange.lowerBound, newRange.upperBound)
    while oldStart < oldEnd, newStart < newEnd, old[oldStart] == new[newStart] {
      oldStart += 1
      newStart += 1
    }
    while oldStart < oldEnd, newStart < newEnd, old[oldEnd - 1] == new[newEnd - 1] {
      oldEnd -= 1
      newEnd -= 1
    }
    if oldStart < oldEnd, newStart < newEnd,
      let (oldMiddle, newMiddle) = middle(oldStart..<oldEnd, newStart..<newEnd)
    {
      // A shortest path through the middle: each half needs half of the edits.
      compare(oldStart..<oldMiddle, newStart..<newMiddle)
      compare(oldMiddle..<oldEnd, newMiddle..<newEnd)
      return
    }
    for index in oldStart..<oldEnd { isOldChanged[index] = true }
    for index in newStart..<newEnd { isNewChanged[index] = true }
  }

  /// A point on a shortest edit path, found from both ends at once; nil when the steps ran out.
  ///
  /// A diagonal is old index minus new index; each round takes one more edit from either end.
  private mutating func middle(
    _ oldRange: Range<Int>, _ newRange: Range<Int>
  ) -> (old: Int, new: Int)? {
    let (oldStart, oldEnd) = (oldRange.lowerBound, oldRange.upperBound)
    let (newStart, newEnd) = (newRange.lowerBound, newRange.upperBound)
    let shift = new.count + 1
    let lowest = oldStart - newEnd
    let highest = oldEnd - newStart
    let first = oldStart - newStart
    let last = oldEnd - newEnd
    var (forwardLow, forwardHigh) = (first, first)
    var (backwardLow, backwardHigh) = (last, last)
    // Whether the two searches meet while the forward one is on its way.
    let isOdd = (first - last) & 1 != 0
    forward[first + shift] = oldStart
    backward[last + shift] = oldEnd
    while true {
      if forwardLow > lowest {
        forwardLow -= 1
        forward[forwardLow - 1 + shift] = -1
      } else {
        forwardLow += 1
      }
      if forwardHigh < highest {
        forwardHigh += 1
        forward[forwardHigh + 1 + shift] = -1
      } else {
        forwardHigh -= 1
      }
      for diagonal in stride(from: forwardHigh, through: forwardLow, by: -2) {
        let below = forward[diagonal - 1 + shift]
        let above = forward[diagonal + 1 + shift]
        let start = below < above ? above : below + 1
        var x = start
        while x < oldEnd, x - diagonal < newEnd, old[x] == new[x - diagonal] { x += 1 }
        forward[diagonal + shift] = x
        if isOdd, backwardLow <= diagonal, diagonal <= backwardHigh,
          backward[diagonal + shift] <= x
        {
          return (x, x - diagonal)
        }
        stepsLeft -= 1 + x - start
      }
      if backwardLow > lowest {
        backwardLow -= 1
        backward[backwardLow - 1 + shift] = .max
      } else {
        backwardLow += 1
      }
      if backwardHigh < highest {
        backwardHigh += 1
        backward[backwardHigh + 1 + shift] = .max
      } else {
        backwardHigh -= 1
      }
      for diagonal in stride(from: backwardHigh, through: backwardLow, by: -2) {
        let below = backward[diagonal - 1 + shift]
        let above = backward[diagonal + 1 + shift]
        let start = below < above ? below : above - 1
        var x = start
        while x > oldStart, x - diagonal > newStart, old[x - 1] == new[x - diagonal - 1] { x -= 1 }
        backward[diagonal + shift] = x
        if !isOdd, forwardLow <= diagonal, diagonal <= forwardHigh, x <= forward[diagonal + shift] {
          return (x, x - diagonal)
        }
        stepsLeft -= 1 + start - x
      }
      if stepsLeft < 0 { return nil }
    }
  }

  /// Moves each run of changed lines as far down as its lines repeat, or beside a run of the other
  /// text, and joins runs that meet: where diff(1) puts them, and where people look for them.
  private func slide(
    _ isChanged: inout [Bool], _ lines: [Int32], in range: Range<Int>, against isOther: [Bool]
  ) {
    func other(_ index: Int) -> Bool { index >= 0 && index < isOther.count && isOther[index] }
    // The line of the other text that goes with `end`, behind the changed ones there.
    var partner = range.lowerBound
    var start = range.lowerBound
    while true {
      while start < range.upperBound, !isChanged[start] {
        while other(partner) { partner += 1 }
        partner += 1
        start += 1
      }
      guard start < range.upperBound else { return }
      var end = start
      while end < range.upperBound, isChanged[end] { end += 1 }
      while other(partner) { partner += 1 }
      var length: Int
      var beside = lines.count + 1
      repeat {
        length = end - start
        while start > range.lowerBound, lines[start - 1] == lines[end - 1] {
          start -= 1
          end -= 1
          isChanged[start] = true
          isChanged[end] = false
          while start > range.lowerBound, isChanged[start - 1] { start -= 1 }
          partner -= 1
          while other(partner) { partner -= 1 }
        }
        beside = other(partner - 1) ? end : lines.count + 1
        while end < range.upperBound, lines[start] == lines[end] {
          isChanged[start] = false
          isChanged[end] = true
          start += 1
          end += 1
          while end < range.upperBound, isChanged[end] { end += 1 }
          partner += 1
          while other(partner) {
            beside = end
            partner += 1
          }
        }
      } while length != end - start
      while beside < end {
        start -= 1
        end -= 1
        isChanged[start] = true
        isChanged[end] = false
        partner -= 1
        while other(partner) { partner -= 1 }
      }
      start = end
    }
  }
}
