// A POSIX extended regular expression (regex(7)) over octets, by the C library. In the C locale,
// where tools stay, a character is an octet, and the letters without case are those of ASCII.

internal import Glibc

/// A compiled pattern; used by many threads at once.
package final class PosixPattern: @unchecked Sendable {
  /// How a pattern is read; `@unchecked Sendable` above rests on regexec(3) being safe in threads.
  package struct Options: OptionSet, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    /// `a` matches `A` (REG_ICASE).
    package static let ignoringCase = Options(rawValue: 1)
    /// `^` and `$` match at each line feed, and `.` and `[^a]` match none (REG_NEWLINE).
    package static let byLine = Options(rawValue: 2)
  }

  /// Why a pattern is none.
  package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The pattern as it was given.
    package let pattern: String
    /// What the C library says of it.
    package let reason: String
    /// `/a(/: Unmatched ( or \(`.
    package var description: String { "/\(pattern)/: \(reason)" }
  }

  // regexec(3) is told this address by many threads: it must not move.
  private let compiled: UnsafeMutablePointer<regex_t>

  /// Compiles a pattern; one with a NUL is refused, since C would see only what is before it.
  package init(_ pattern: String, options: Options = []) throws(Failure) {
    guard !pattern.utf8.contains(0) else {
      throw Failure(pattern: pattern, reason: "NUL in a pattern")
    }
    var flags = REG_EXTENDED | REG_NOSUB
    if options.contains(.ignoringCase) { flags |= REG_ICASE }
    if options.contains(.byLine) { flags |= REG_NEWLINE }
    // Stored only once it is whole: deinit runs as soon as all properties are set.
    let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
    expression.initialize(to: regex_t())
    let code = regcomp(expression, pattern, flags)
    guard code == 0 else {
      let reason = Self.reason(code, expression)
      expression.deallocate()
      throw Failure(pattern: pattern, reason: reason)
    }
    compiled = expression
  }

  deinit {
    regfree(compiled)
    compiled.deallocate()
  }

  /// Whether the pattern matches anywhere in the octets, NULs among them or not.
  package func matches(_ subject: Span<UInt8>) -> Bool {
    subject.withUnsafeBytes { bytes in
      // With REG_STARTEND the subject ends where it ends, not at a NUL.
      var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(bytes.count))
      let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      return withExtendedLifetime(self) {
        if let start { return regexec(compiled, start, 0, &range, REG_STARTEND) == 0 }
        return regexec(compiled, "", 0, &range, REG_STARTEND) == 0
      }
    }
  }

  private static func reason(_ code: Int32, _ compiled: UnsafePointer<regex_t>) -> String {
    let count = regerror(code, compiled, nil, 0)
    var text = [CChar](repeating: 0, count: Int(count))
    regerror(code, compiled, &text, count)
    return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
