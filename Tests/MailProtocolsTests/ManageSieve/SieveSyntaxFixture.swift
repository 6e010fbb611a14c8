import MailProtocols
import Testing

/// A script of Fixtures/sieve; the README there says how they are written.
struct SieveSyntaxFixture: Sendable, CustomTestStringConvertible {
  let name: String
  let script: [UInt8]

  var testDescription: String { name }

  /// The line that the first comment names, `# line 3: why`.
  var line: Int? {
    // Behind a byte order mark in one of them.
    let comment = script.drop { $0 != .ascii("#") }
    guard comment.starts(with: "# line ".utf8) else { return nil }
    return Int(String(decoding: comment.dropFirst(7).prefix(while: \.isDigit), as: UTF8.self))
  }

  /// The scripts of a folder, in order.
  static func all(in folder: String) -> [SieveSyntaxFixture] {
    let files = FixtureFolder("sieve/\(folder)")
    return files.names(endingIn: ".sieve").map {
      SieveSyntaxFixture(name: "\(folder)/\($0).sieve", script: files.read("\($0).sieve"))
    }
  }
}
