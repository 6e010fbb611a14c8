// Judges a Sieve script without a server: the grammar of RFC 5228 section 8, and the commands, tests
// and arguments of the extensions in SieveExtension.swift against what the script requires.
//
// What sievec (Pigeonhole 0.5.19) calls an error is one here, save where only that server's
// configuration is the reason. Not judged: regular expressions, mailbox names, included scripts,
// and code that can never run (behind `false`, or `ihave` with a capability nobody knows).

/// The syntax check of Sieve scripts.
package enum SieveSyntax {
  /// What is wrong with a script.
  ///
  /// When the grammar is broken, that alone is reported: what the pieces mean would be a guess. The
  /// time taken grows with the length of the script, the memory with its number of words.
  package static func check(
    _ script: [UInt8], limits: SieveSyntaxLimits = SieveSyntaxLimits()
  ) -> SieveSyntaxReport {
    var findings = SieveSyntaxFindings(limits: limits)
    guard script.count <= limits.maxScriptOctetCount else {
      findings.error(
        "the script has \(script.count) octets, more than \(limits.maxScriptOctetCount)", at: 0)
      return SieveSyntaxReport(findings, of: [])
    }
    if let offset = firstIllFormedUTF8(script) {
      findings.warning("octet \(hex(script[offset])) is not UTF-8, which scripts are", at: offset)
    }
    var parser = SieveSyntaxParser(script, findings: findings)
    let commands = parser.script()
    findings = parser.findings
    if findings.errorCount == 0 {
      var judge = SieveSyntaxJudge(findings: findings)
      judge.script(commands)
      findings = judge.findings
    }
    return SieveSyntaxReport(findings, of: script)
  }

  /// An octet as `0xFF`.
  static func hex(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16, uppercase: true)
    return digits.utf8.count < 2 ? "0x0" + digits : "0x" + digits
  }

  /// What the script says, fit to be shown: at most 40 octets of it, escaped.
  static func shown(_ octets: [UInt8]) -> String {
    let maxShownOctetCount = 40
    let start = Array(octets.prefix(maxShownOctetCount))
    return EscapedText.text(start.span, for: .terminal)
      + (octets.count > maxShownOctetCount ? "..." : "")
  }

  private static func firstIllFormedUTF8(_ script: [UInt8]) -> Int? {
    let span = script.span
    guard span.hasEightBit else { return nil }
    var position = 0
    while position < span.count {
      guard let (_, count) = span.utf8Scalar(at: position) else { return position }
      position += count
    }
    return nil
  }
}
