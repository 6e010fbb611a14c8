// Fuzz entry: Sieve scripts, judged whole, with their line ends changed, and cut at the first
// error: where that is, and how many there are, must make sense.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let script = Array(UnsafeBufferPointer(start: start, count: count))
  let report = SieveSyntax.check(script)
  let lines = script.split(separator: .lineFeed, omittingEmptySubsequences: false)
  precondition(report.errors.count <= 20 && report.warnings.count <= 20)
  precondition(report.isValid == report.errors.isEmpty)
  for finding in report.findings {
    precondition(finding.line >= 1 && finding.line <= lines.count)
    precondition(finding.column >= 1 && finding.column <= lines[finding.line - 1].count + 1)
    precondition(!finding.text.isEmpty && finding.text.utf8.count < 600)
    precondition(finding.text.utf8.allSatisfy { !$0.isControl })
  }
  let places = report.findings.map { ($0.line, $0.column) }
  precondition(zip(places, places.dropFirst()).allSatisfy { $0 <= $1 })
  // Lower limits refuse more, never less.
  let strict = SieveSyntaxLimits(
    maxScriptOctetCount: 1 << 12, maxNestingCount: 3, maxNameOctetCount: 12, maxArgumentCount: 4,
    maxFindingCount: 2)
  let narrow = SieveSyntax.check(script, limits: strict)
  precondition(report.isValid || !narrow.isValid)
  precondition(narrow.errors.count <= 2)
  return 0
}
