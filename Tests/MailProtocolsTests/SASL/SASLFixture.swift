// Reads recorded data beside the tests.

enum SASLFixture {
  /// The lines of Fixtures/sasl/NAME; empty ones and those that begin with `#` are left out.
  static func lines(_ name: String) -> [String] {
    FixtureFolder("sasl").text(name)
      .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }
}
