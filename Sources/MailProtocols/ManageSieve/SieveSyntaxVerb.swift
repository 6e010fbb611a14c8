// What a command or a test looks like: the rules that SieveSyntaxVerb+... fill in, one a line.

/// The rule for one command or test.
struct SieveSyntaxVerb {
  enum Role {
    case command, test
  }

  /// The tests a verb takes.
  enum Tests {
    case none, one, list
  }

  let role: Role
  let name: String
  /// Any of these capabilities brings it; none when it is part of RFC 5228.
  let capabilities: [String]
  /// The positional arguments.
  let arguments: [SieveSyntaxValue]
  /// How many of them may be left out, from the end.
  var optionalCount = 0
  /// A positional argument that may stand before the others.
  var leading: SieveSyntaxValue?
  var tags: [SieveSyntaxTag] = []
  /// The group of which one tag must be there.
  var neededGroup: String?
  var tests = Tests.none
  var takesBlock = false

  init(
    _ role: Role, _ name: String, _ capabilities: [String] = [],
    _ arguments: [SieveSyntaxValue] = [], tags: [SieveSyntaxTag] = []
  ) {
    self.role = role
    self.name = name
    self.capabilities = capabilities
    self.arguments = arguments
    self.tags = tags
  }

  /// The same with other arguments, tests or a block.
  func with(_ change: (inout SieveSyntaxVerb) -> Void) -> SieveSyntaxVerb {
    var copy = self
    change(&copy)
    return copy
  }

  /// All rules by name; several where extensions use one name for different things.
  static let byName = Dictionary(grouping: core + storing + values + answers + vendors, by: \.name)
}
