// The words that a shell knows besides the commands: its own, and sievemgr's short names.

internal import ToolSupport

/// The first word of a line.
enum ShellWord {
  /// What is done here, without the server.
  enum Own: String, CaseIterable {
    case su, cd, sh, more, xargs, help, exit
  }

  /// Other names of those.
  private static let ownAliases: [String: Own] = ["?": .help, "quit": .exit]

  /// Other names of commands, and the words that they stand for.
  static let aliases: [String: [String]] = [
    "cat": ["get"], "cp": ["copy"], "mv": ["rename"], "rm": ["delete"], "ls": ["list"],
    "ed": ["edit"], "vi": ["edit"], "cmp": ["diff", "-q"],
  ]

  /// The word as one of the shell's own.
  static func own(_ word: String) -> Own? { Own(rawValue: word) ?? ownAliases[word] }

  /// The words with a short name spelled out.
  static func spelledOut(_ words: [String]) -> [String] {
    guard let first = words.first, let command = aliases[first] else { return words }
    return command + words.dropFirst()
  }

  /// All that a line can begin with.
  static var all: [String] {
    let commands = CommandTable.actions.filter { $0.isLineCommand }.map { $0.name }
    return (commands + Own.allCases.map(\.rawValue) + aliases.keys).sorted()
  }

  /// What help prints, a line each.
  static var help: [String] {
    let commands = CommandTable.actions.filter { $0.isLineCommand }.map { action in
      "\(action.name) \(action.operandUsage)".padded(to: 32) + action.abstract
    }
    let others = [
      ("su [USER]", "Act for another user, or for nobody else."),
      ("cd [FOLDER]", "Change the folder that files are in."),
      ("sh [COMMAND]...  !COMMAND", "Run a program."),
      ("more NAME...", "Show scripts by $PAGER."),
      ("xargs COMMAND [ARG]...", "Run a command with the lines that follow, up to the end."),
      ("help  ?", "Print this."), ("exit  quit", "End."),
    ]
    let names = aliases.sorted { $0.key < $1.key }.map { name, words in
      name.padded(to: 32) + words.joined(separator: " ")
    }
    return commands + others.map { $0.0.padded(to: 32) + $0.1 } + names
  }
}

extension String {
  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(2, count - self.count))
  }
}
