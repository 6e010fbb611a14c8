import Glibc
import MailProtocols
import TestSupport
import Testing

/// Against GNU diffutils, which prints the same octets when asked for the shortest diff.
@Suite("diff(1)", .serialized)
struct UnifiedDiffInteropTests {
  @Test("random texts: the same octets as diff -d -U", arguments: [0, 1, 3])
  func random(context: Int) throws {
    let scratch = ScratchDirectory()
    var random = Sequence(state: UInt64(context))
    for _ in 0..<60 {
      let letters = Array("abcdefghijklmnop".prefix(Int.random(in: 2...16, using: &random)))
      let old = text(letters, &random)
      let new = Bool.random(using: &random) ? edited(old, letters, &random) : text(letters, &random)
      let (oldPath, newPath) = (scratch["old"], scratch["new"])
      try write(old, to: oldPath)
      try write(new, to: newPath)
      let wanted = try output(
        "diff -d -U \(context) --label old --label new '\(oldPath)' '\(newPath)'")
      let got = UnifiedDiff(contextLineCount: context).text(
        from: Array(old.utf8), named: Array("old".utf8), to: Array(new.utf8),
        named: Array("new".utf8))
      #expect(
        String(decoding: got, as: UTF8.self) == wanted, "old: \(old.debugDescription)")
    }
  }

  private func text(_ letters: [Character], _ random: inout some RandomNumberGenerator) -> String {
    let lines = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      String(letters.randomElement(using: &random) ?? "a")
    }
    return lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : "")
  }

  /// The text with a few lines taken out, put in and changed.
  private func edited(
    _ text: String, _ letters: [Character], _ random: inout some RandomNumberGenerator
  ) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...lines.count, using: &random)
      if Bool.random(using: &random) || lines.isEmpty {
        lines.insert(String(letters.randomElement(using: &random) ?? "a"), at: place)
      } else {
        lines.remove(at: min(place, lines.count - 1))
      }
    }
    return lines.joined(separator: "\n")
  }

  private struct Failed: Error {}

  /// Knuth's linear congruential generator: the same texts each time.
  private struct Sequence: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 31)
    }
  }

  private func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw Failed() }
    fputs(text, file)
    fclose(file)
  }

  private func output(_ command: String) throws -> String {
    guard let pipe = popen(command, "r") else { throw Failed() }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
      octets += buffer[..<count]
    }
    // 0 alike, 1 different; anything else is diff's own trouble.
    guard pclose(pipe) >> 8 <= 1 else { throw Failed() }
    return String(decoding: octets, as: UTF8.self)
  }
}
