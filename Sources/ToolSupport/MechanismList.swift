// The value of --mechanism: names of SASL mechanisms, or patterns over them, in the order in which
// they are to be tried.

internal import ArgumentParser
internal import MailProtocols

/// `SCRAM-SHA-256,PLAIN`, `SCRAM-*`: patterns (`*`, `?`), parted by commas.
package struct MechanismList: ExpressibleByArgument, Equatable, Sendable {
  /// More than there are mechanisms.
  package static let maxCount = 64

  /// As `SASLPolicy.mechanisms` takes them, in upper case; at least one.
  package let patterns: [String]

  package init?(argument text: String) {
    let parts = text.uppercased().split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= Self.maxCount else { return nil }
    for part in parts {
      // A star stands for nothing, too.
      let name = String(part.filter { $0 != "*" }.map { $0 == "?" ? "X" : $0 })
      guard !part.isEmpty, part.utf8.count <= 2 * SASLMechanismName.maxByteCount,
        name.isEmpty || SASLMechanismName(name) != nil
      else { return nil }
    }
    patterns = parts.map(String.init)
  }

  /// Whether nothing but EXTERNAL is wanted, which needs no secret.
  package var isExternalAlone: Bool {
    patterns.allSatisfy { $0 == SASLMechanismName.external.text }
  }
}
