import MailProtocols
import Testing

/// The scripts of Fixtures/sieve. Tests/Interop/sievec holds the same ones against Pigeonhole.
@Suite("Sieve corpus")
struct SieveSyntaxCorpusTests {
  static let good =
    SieveSyntaxFixture.all(in: "good") + SieveSyntaxFixture.all(in: "beyond-pigeonhole/good")
  static let bad =
    SieveSyntaxFixture.all(in: "bad") + SieveSyntaxFixture.all(in: "beyond-pigeonhole/bad")

  @Test("there are scripts of both kinds")
  func present() {
    #expect(Self.good.count >= 80)
    #expect(Self.bad.count >= 180)
  }

  @Test("a good script has no error", arguments: good)
  func accepted(fixture: SieveSyntaxFixture) {
    #expect(SieveSyntax.check(fixture.script).errors == [])
  }

  @Test("a bad script's first error is on the line that its comment names", arguments: bad)
  func refused(fixture: SieveSyntaxFixture) throws {
    let error = try #require(SieveSyntax.check(fixture.script).errors.first)
    #expect(error.line == fixture.line, "\(error)")
  }

  @Test("wherever a script is cut, the check ends and finds its way", arguments: good)
  func cut(fixture: SieveSyntaxFixture) {
    // All cuts of the short ones, some of the long ones.
    for end in stride(
      from: 0, to: fixture.script.count, by: max(1, fixture.script.count / 400))
    {
      let report = SieveSyntax.check(Array(fixture.script[..<end]))
      let lineCount = fixture.script[..<end].count { $0 == .lineFeed } + 1
      #expect(report.findings.allSatisfy { $0.line >= 1 && $0.line <= lineCount })
      #expect(report.errors.count <= SieveSyntaxLimits().maxFindingCount)
    }
  }

  @Test("LF or CRLF, the verdict is the same", arguments: good + bad)
  func lineEnds(fixture: SieveSyntaxFixture) {
    var script: [UInt8] = []
    for octet in fixture.script {
      if octet == .lineFeed, script.last != .carriageReturn { script.append(.carriageReturn) }
      script.append(octet)
    }
    let (wanted, got) = (SieveSyntax.check(fixture.script), SieveSyntax.check(script))
    #expect(got.findings == wanted.findings)
  }
}
