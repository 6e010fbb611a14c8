import MailProtocols
import Testing

@Suite("Unified diff")
struct UnifiedDiffTests {
  private func diff(_ old: String, _ new: String, context: Int = 3) -> String {
    String(
      decoding: UnifiedDiff(contextLineCount: context).text(
        from: Array(old.utf8), named: Array("old".utf8), to: Array(new.utf8),
        named: Array("new".utf8)), as: UTF8.self)
  }

  private func numbers(_ range: ClosedRange<Int>, _ changed: [Int: String] = [:]) -> String {
    range.map { changed[$0] ?? "\($0)\n" }.joined()
  }

  @Test("the same texts have no difference", arguments: ["", "a", "a\n", "\n\n"])
  func same(text: String) {
    #expect(diff(text, text) == "")
  }

  @Test(
    "known answers of diff -u",
    arguments: [
      ("a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"),
      ("", "a\n", "@@ -0,0 +1 @@\n+a\n"), ("a\n", "", "@@ -1 +0,0 @@\n-a\n"),
      ("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
      (
        "a\nb", "a\nc",
        "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
      ),
      ("x\na", "y\na", "@@ -1,2 +1,2 @@\n-x\n+y\n a\n\\ No newline at end of file\n"),
      ("a\r\n", "a\n", "@@ -1 +1 @@\n-a\r\n+a\n"),
      // An addition that could stand in two places stands in the last.
      ("a\na\nb\n", "a\na\na\nb\n", "@@ -1,3 +1,4 @@\n a\n a\n+a\n b\n"),
    ])
  func known(old: String, new: String, hunks: String) {
    #expect(diff(old, new) == "--- old\n+++ new\n" + hunks)
  }

  @Test("context decides whether changes share a hunk", arguments: 0...4)
  func hunks(context: Int) {
    let old = numbers(1...30)
    func hunkCount(_ distance: Int) -> Int {
      let new = numbers(1...30, [10: "x\n", 10 + distance: "y\n"])
      return diff(old, new, context: context).split(separator: "\n").count { $0.hasPrefix("@@") }
    }
    // Up to twice the context of unchanged lines between two changes are shown as one piece.
    #expect(hunkCount(2 * context + 1) == 1)
    #expect(hunkCount(2 * context + 2) == 2)
  }

  @Test("with no context, a hunk without lines names the line before")
  func noContext() {
    #expect(diff("a\nb\n", "a\nx\nb\n", context: 0) == "--- old\n+++ new\n@@ -1,0 +2 @@\n+x\n")
    #expect(diff("a\nb\n", "b\n", context: 0) == "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n")
  }

  @Test("a name cannot break the header")
  func names() {
    let text = UnifiedDiff().text(
      from: [], named: Array("a\nb\u{1B}".utf8), to: Array("x".utf8), named: Array("é".utf8))
    #expect(String(decoding: text, as: UTF8.self).hasPrefix("--- a?b?\n+++ é\n@@"))
  }

  @Test(
    "random texts: the diff makes one of the other, with no line too many",
    arguments: UInt64(1)...40)
  func random(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<20 {
      let old = randomText(&random)
      let new = randomText(&random)
      let context = Int.random(in: 0...3, using: &random)
      let text = UnifiedDiff(contextLineCount: context).text(
        from: old, named: [0x61], to: new, named: [0x62])
      #expect(applied(text, to: old) == new)
      let changed = lines(of: text).dropFirst(2).count { $0.first == 0x2B || $0.first == 0x2D }
      #expect(changed == lines(of: old).count + lines(of: new).count - 2 * common(old, new))
    }
  }

  @Test("with no steps left the diff is longer, and right", arguments: UInt64(1)...10)
  func coarse(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<20 {
      let (old, new) = (randomText(&random), randomText(&random))
      let text = UnifiedDiff(maxStepCount: Int.random(in: 0...60, using: &random)).text(
        from: old, named: [0x61], to: new, named: [0x62])
      #expect(applied(text, to: old) == new)
    }
  }

  @Test("the limit of steps is where the diff grows coarse")
  func stepLimit() {
    // One search finds the line in common, and gives up when its steps are spent.
    let (old, new) = (Array("a\nb\nc\n".utf8), Array("x\nb\ny\n".utf8))
    func lineCount(_ steps: Int) -> Int {
      lines(
        of: UnifiedDiff(maxStepCount: steps).text(from: old, named: [0x61], to: new, named: [0x62])
      ).dropFirst(3).count { $0.first != 0x20 }
    }
    #expect(lineCount(1000) == 4)
    #expect(lineCount(0) == 6)
    let least = (0...1000).first { lineCount($0) == 4 }
    #expect(least.map { lineCount($0 - 1) } == 6)
  }

  @Test("large texts that have nothing in common are compared in bounded time")
  func large() {
    let old = (0..<60_000).flatMap { Array("old \($0 % 7919)\n".utf8) }
    let new = (0..<60_000).flatMap { Array("new \($0 % 7907)\nold \($0 % 13)\n".utf8) }
    let text = UnifiedDiff(maxStepCount: 1_000_000).text(
      from: old, named: [0x61], to: new, named: [0x62])
    #expect(text.count >= old.count)
  }

  // MARK: What the tests know of diffs

  private func randomText(_ random: inout SplitMix64) -> [UInt8] {
    let alphabet = Array(UInt8(0x61)...(0x61 + UInt8.random(in: 1...12, using: &random)))
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 0...30, using: &random) {
      text += [alphabet.randomElement(using: &random) ?? 0x61, 0x0A]
    }
    if Bool.random(using: &random) { _ = text.popLast() }
    return text
  }

  private func lines(of text: [UInt8]) -> [[UInt8]] {
    text.split(separator: 0x0A, omittingEmptySubsequences: false).map { $0 + [0x0A] }
      .dropLast(text.isEmpty || text.last == 0x0A ? 1 : 0).enumerated().map { index, line in
        index == text.count(of: 0x0A) ? line.dropLast() : line
      }
  }

  /// The length of the longest common subsequence of lines, the plain way.
  private func common(_ old: [UInt8], _ new: [UInt8]) -> Int {
    let (old, new) = (lines(of: old), lines(of: new))
    var row = [Int](repeating: 0, count: new.count + 1)
    for line in old {
      var diagonal = 0
      for (index, other) in new.enumerated() {
        (diagonal, row[index + 1]) = (
          row[index + 1], line == other ? diagonal + 1 : max(row[index], row[index + 1])
        )
      }
    }
    return row[new.count]
  }

  /// The text that a diff makes of `old`, or nil when it does not fit: a small patch(1).
  private func applied(_ diff: [UInt8], to old: [UInt8]) -> [UInt8]? {
    if diff.isEmpty { return old }
    let lines = lines(of: diff)
    guard lines.count > 2, lines[0].starts(with: "--- ".utf8), lines[1].starts(with: "+++ ".utf8)
    else { return nil }
    let oldLines = self.lines(of: old)
    var new: [UInt8] = []
    var position = 0
    for (index, line) in lines.enumerated().dropFirst(2) {
      // A line end that the next line takes back.
      let isLast = index + 1 < lines.count && lines[index + 1].first == 0x5C
      let content = isLast ? Array(line.dropFirst().dropLast()) : Array(line.dropFirst())
      switch line.first {
      case 0x40:
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        let place = words[1].dropFirst().split(separator: ",").compactMap { Int($0) }
        let start = place.count == 2 && place[1] == 0 ? place[0] : place[0] - 1
        guard start >= position, start <= oldLines.count else { return nil }
        new += oldLines[position..<start].flatMap { $0 }
        position = start
      case 0x20, 0x2D:
        guard position < oldLines.count, oldLines[position] == content else { return nil }
        if line.first == 0x20 { new += content }
        position += 1
      case 0x2B: new += content
      case 0x5C: break
      default: return nil
      }
    }
    return new + oldLines[position...].flatMap { $0 }
  }
}

extension [UInt8] {
  fileprivate func count(of octet: UInt8) -> Int { count { $0 == octet } }
}
