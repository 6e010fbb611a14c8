// Response codes: the machine's part of a response (RFC 5804 1.3). They are optional, grow by
// slashes, and unknown ones are to be ignored.

/// A response code, such as `QUOTA/MAXSIZE` or `TAG "x"`.
package struct SieveResponseCode: Equatable, Sendable {
  /// The code's name as it came: `QUOTA/MAXSIZE`.
  package let name: String
  /// What stands behind the name.
  package let data: [SieveToken]

  /// The name's parts, the widest category first.
  package var path: [Substring] { name.split(separator: "/", omittingEmptySubsequences: false) }

  /// Whether the code is in this category or below it, without case: `QUOTA/MAXSIZE` is in `QUOTA`.
  package func matches(_ category: String) -> Bool {
    let category = category.split(separator: "/", omittingEmptySubsequences: false)
    let path = path
    return category.count <= path.count
      && zip(category, path).allSatisfy { Self.equal($0, $1) }
  }

  private static func equal(_ one: Substring, _ other: Substring) -> Bool {
    one.utf8.map(\.uppercased) == other.utf8.map(\.uppercased)
  }

  /// The code inside the parentheses; nil when it has no name.
  init?(_ tokens: [SieveToken]) {
    guard let name = tokens.first?.octets, !name.isEmpty else { return nil }
    self.name = String(decoding: name, as: UTF8.self)
    data = Array(tokens.dropFirst())
  }
}
