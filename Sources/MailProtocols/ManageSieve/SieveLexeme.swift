// The words of a Sieve script (RFC 5228 8.1).

/// One token and where it stands.
struct SieveLexeme: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// A command's or test's name, in lower case.
    case identifier(String)
    /// A tag without its colon, in lower case.
    case tag(String)
    /// A number, its K, M or G multiplied out.
    case number(UInt64)
    /// A quoted or multi-line string without quotes, escapes and doubled dots.
    case string([UInt8])
    case leftBracket, rightBracket, leftBrace, rightBrace, leftParenthesis, rightParenthesis
    case comma, semicolon
    /// The end of the script, or a place behind which nothing can be made out.
    case end
  }

  let kind: Kind
  /// The offset of its first octet in the script.
  let offset: Int

  /// What it is called in an error.
  var text: String {
    switch kind {
    case .identifier(let name): "\"\(name)\""
    case .tag(let name): ":\(name)"
    case .number(let number): "the number \(number)"
    case .string: "a string"
    case .leftBracket: "\"[\""
    case .rightBracket: "\"]\""
    case .leftBrace: "\"{\""
    case .rightBrace: "\"}\""
    case .leftParenthesis: "\"(\""
    case .rightParenthesis: "\")\""
    case .comma: "\",\""
    case .semicolon: "\";\""
    case .end: "the end of the script"
    }
  }
}
