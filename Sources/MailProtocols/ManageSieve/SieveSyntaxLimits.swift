// How much of a Sieve script is taken, and how much is said about it.

/// The limits of the syntax check; the defaults are those of Pigeonhole 0.5.19, where it has one.
package struct SieveSyntaxLimits: Equatable, Sendable {
  /// The longest script, in octets.
  package var maxScriptOctetCount: Int
  /// How deep blocks may stand in one another, and tests in tests (RFC 5228 2.10.5 wants 15).
  package var maxNestingCount: Int
  /// The longest name of a command, test or tag, in octets.
  package var maxNameOctetCount: Int
  /// The most arguments of one command or test, tags among them.
  package var maxArgumentCount: Int
  /// The most errors reported, and the most warnings.
  package var maxFindingCount: Int

  package init(
    maxScriptOctetCount: Int = 16 << 20, maxNestingCount: Int = 31, maxNameOctetCount: Int = 32,
    maxArgumentCount: Int = 32, maxFindingCount: Int = 20
  ) {
    self.maxScriptOctetCount = maxScriptOctetCount
    self.maxNestingCount = maxNestingCount
    self.maxNameOctetCount = maxNameOctetCount
    self.maxArgumentCount = maxArgumentCount
    self.maxFindingCount = maxFindingCount
  }
}
