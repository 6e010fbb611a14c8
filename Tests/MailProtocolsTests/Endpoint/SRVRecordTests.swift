import MailProtocols
import Testing

private func record(_ priority: UInt16, _ weight: UInt16, _ target: String) -> SRVRecord {
  SRVRecord(priority: priority, weight: weight, port: 1, target: target)
}

@Suite("SRV record")
struct SRVRecordTests {
  @Test("a lower priority always goes first, whatever the weights and the chance")
  func priorities() {
    let records = [record(2, 9, "c"), record(0, 1, "a"), record(1, 65_535, "b")]
    for number: UInt32 in [0, 1, 9, .max] {
      let order = SRVRecord.ordered(records) { min(number, $0) }.map(\.target)
      #expect(order == ["a", "b", "c"])
    }
    #expect(SRVRecord.ordered([]) { $0 } == [])
  }

  @Test(
    "within a priority the running sum that reaches the number drawn decides",
    arguments: [
      // Weights: z 0, a 1, b 3; the sum is 4, then what is left of it.
      ([0, 0, 0], "zab"), ([1, 0, 0], "azb"), ([2, 0, 0], "bza"), ([4, 0, 0], "bza"),
      ([0, 2, 0], "zba"), ([0, 4, 1], "zba"), ([2, 1, 0], "baz"),
    ] as [([UInt32], String)])
  func weights(numbers: [UInt32], order: String) {
    var rest = numbers[...]
    let records = [record(0, 1, "a"), record(0, 3, "b"), record(0, 0, "z")]
    let found = SRVRecord.ordered(records) { min(rest.popFirst() ?? 0, $0) }
    #expect(found.map(\.target).joined() == order)
  }

  @Test("each record is first as often as its weight says")
  func shares() {
    var random = SplitMix64(seed: 2782)
    let records = [record(0, 1, "a"), record(0, 3, "b"), record(0, 6, "c")]
    var counts: [String: Int] = [:]
    for _ in 0..<10_000 {
      let first = SRVRecord.ordered(records) { UInt32.random(in: 0...$0, using: &random) }[0]
      counts[first.target, default: 0] += 1
    }
    // Of the eleven numbers 0 to 10: two, three and six, as RFC 2782's own way of drawing has it.
    for (target, share) in [("a", 2), ("b", 3), ("c", 6)] {
      let expected = 10_000 * share / 11
      #expect(abs(counts[target, default: 0] - expected) < 300, "\(target)")
    }
  }

  @Test("nothing is lost or doubled, for any records and any chance")
  func permutations() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<1000 {
      let records = (0..<Int.random(in: 0...9, using: &random)).map {
        record(.random(in: 0...2, using: &random), .random(in: 0...3, using: &random), "\($0)")
      }
      let order = SRVRecord.ordered(records) { UInt32.random(in: 0...$0, using: &random) }
      #expect(order.map(\.target).sorted() == records.map(\.target).sorted())
      #expect(order.map(\.priority) == order.map(\.priority).sorted())
    }
  }
}
