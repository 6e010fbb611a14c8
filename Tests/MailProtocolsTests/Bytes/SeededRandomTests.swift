import MailProtocols
import Testing

@Suite("Seeded random numbers")
struct SeededRandomTests {
  @Test("the numbers of the published generator for this seed")
  func known() {
    var random = SeededRandom(seed: 1_234_567)
    let numbers = (0..<5).map { _ in random.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("a fraction is from 0 up to 1, and evenly so")
  func fractions() {
    var random = SeededRandom(seed: 7)
    let drawn = (0..<10_000).map { _ in random.nextFraction() }
    #expect(drawn.allSatisfy { (0..<1).contains($0) })
    #expect((4800...5200).contains(drawn.count { $0 < 0.5 }))
  }
}
