// What a server finds wrong with a script, and where: the line numbers in its texts, in Dovecot's
// form (`name: line 3: error: ...`) and in Cyrus's (`line 3: ...`). Other texts are kept whole.

/// An error or a warning about a script.
package struct SieveScriptProblem: Equatable, Sendable {
  /// The line of the script, from 1; nil when the text names none.
  package let line: Int?
  /// The text behind the line number, or all of it; untrusted.
  package let text: [UInt8]

  /// The problems in a response's text, one a line; empty lines are left out.
  package static func all(in text: [UInt8]) -> [SieveScriptProblem] {
    text.split(whereSeparator: { $0 == .lineFeed || $0 == .carriageReturn }).map(Self.init)
  }

  private init(_ text: ArraySlice<UInt8>) {
    // A script's name may look like it, too: what stands before a severity counts first.
    let places = Self.places(in: text)
    let isJudged: (Place) -> Bool = { place in
      ["error:", "warning:"].contains { place.rest.starts(with: Array($0.utf8)) }
    }
    let place = places.first(where: isJudged) ?? places.first
    line = place?.line
    self.text = Array(place?.rest ?? text)
  }

  private struct Place {
    let line: Int
    let rest: ArraySlice<UInt8>
  }

  /// Each `line N:` at the start or behind a colon.
  private static func places(in text: ArraySlice<UInt8>) -> [Place] {
    let word = Array("line ".utf8)
    var places: [Place] = []
    for start in text.indices where text[start...].starts(with: word) {
      if start > text.startIndex {
        guard start - text.startIndex >= 2, text[start - 1] == .space,
          text[start - 2] == .ascii(":")
        else { continue }
      }
      let digits = text[(start + word.count)...].prefix { $0.isDigit }
      guard text[digits.endIndex...].first == .ascii(":"),
        let line = Int(String(decoding: digits, as: UTF8.self)), line > 0
      else { continue }
      places.append(
        Place(line: line, rest: text[digits.endIndex...].dropFirst().drop(while: \.isBlank)))
    }
    return places
  }
}
