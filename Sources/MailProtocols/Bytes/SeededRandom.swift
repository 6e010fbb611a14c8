// Random numbers that a seed gives again: for answers at random that can be replayed. Not for secrets.

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed, the same numbers, on every machine.
package struct SeededRandom: RandomNumberGenerator, Equatable, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The next number as one from 0 up to 1, which is never drawn.
  package mutating func nextFraction() -> Double {
    Double(next() >> 11) / Double(1 << 53)
  }
}
