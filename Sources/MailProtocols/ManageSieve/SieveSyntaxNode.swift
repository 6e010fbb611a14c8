// Sieve's generic grammar as values (RFC 5228 8.2): whatever the names, a command or a test is a
// name, arguments, tests, and a command may have a block.

/// A string and where it stands.
struct SieveSyntaxString: Equatable {
  let octets: [UInt8]
  let offset: Int
}

/// One argument of a command or test.
struct SieveSyntaxArgument: Equatable {
  enum Value: Equatable {
    case tag(String)
    case number(UInt64)
    case string(SieveSyntaxString)
    case list([SieveSyntaxString])
  }

  let value: Value
  let offset: Int

  /// The strings in it: one, those of the list, or none.
  var strings: [SieveSyntaxString] {
    switch value {
    case .tag, .number: []
    case .string(let string): [string]
    case .list(let strings): strings
    }
  }

  /// What it is called in an error.
  var text: String {
    switch value {
    case .tag(let name): ":\(name)"
    case .number: "a number"
    case .string: "a string"
    case .list: "a string list"
    }
  }
}

/// A command or a test.
struct SieveSyntaxNode {
  /// The tests behind the arguments.
  indirect enum Tests {
    case none
    case one(SieveSyntaxNode)
    case list([SieveSyntaxNode])

    var all: [SieveSyntaxNode] {
      switch self {
      case .none: []
      case .one(let test): [test]
      case .list(let tests): tests
      }
    }
  }

  /// In lower case.
  let name: String
  let offset: Int
  var arguments: [SieveSyntaxArgument] = []
  var tests = Tests.none
  /// The commands in braces; nil when a semicolon ends the command, and for tests.
  var block: [SieveSyntaxNode]?
}
