// The command of each: the same words for all users but for `{user}` in them.

internal import ToolSupport

/// A command for many users.
struct EachCommand: Sendable {
  /// What stands for the user.
  static let placeholder = "{user}"

  let words: [String]

  /// Whether the words differ from user to user.
  var dependsOnUser: Bool { words.dropFirst().contains { $0.contains(Self.placeholder) } }

  /// What is to be done for a user. Throws as `SieveAction.prepare` does.
  func task(
    for user: String, _ settings: SieveSettings, _ diagnostics: Diagnostics
  ) throws(SieveFailure) -> SieveTask {
    let own = words.prefix(1) + words.dropFirst().map { Self.replace($0, by: user) }
    return try CommandTable.task(Array(own), settings: settings, diagnostics: diagnostics)
  }

  private static func replace(_ word: String, by user: String) -> String {
    var result: [UInt8] = []
    var rest = Array(word.utf8)[...]
    let placeholder = Array(Self.placeholder.utf8)
    while let first = rest.first {
      if rest.starts(with: placeholder) {
        result += user.utf8
        rest = rest.dropFirst(placeholder.count)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
