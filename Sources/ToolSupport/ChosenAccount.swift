// One account as a tool takes it: whom to connect to, and arguments to parse.

package import ArgumentParser
internal import MailIO
internal import MailProtocols

/// What an account says to one tool.
package struct ChosenAccount: Equatable, Sendable {
  /// Whom to connect to; nil when the account does not say.
  package let url: String?
  /// Looked at late: `CredentialSource` takes it, and the command line's own go before it.
  package let passwordCommand: String?
  private let arguments: [Argument]
  /// File and account, for messages.
  private let place: String

  private struct Argument: Equatable, Sendable {
    let name: String
    let text: String
  }

  /// Throws status configuration (78), with file and line.
  init(
    _ account: AccountsFile.Account, in path: String, _ vocabulary: AccountVocabulary
  ) throws(ToolFailure) {
    var url: String?
    var passwordCommand: String?
    var arguments: [Argument] = []
    for setting in account.settings {
      func failure(_ reason: String) -> ToolFailure {
        ToolFailure(.configuration, "\(path):\(setting.line): \(setting.name): \(reason)")
      }
      let kind: AccountVocabulary.Kind?
      do throws(AccountVocabulary.UnknownName) {
        kind = try vocabulary.kind(of: setting.name)
      } catch {
        throw failure("no such option")
      }
      switch (kind, setting.value) {
      case (nil, _): continue
      case (.flag?, nil): arguments.append(Argument(name: setting.name, text: "--\(setting.name)"))
      case (.flag?, _?): throw failure("takes no value")
      case (.option?, nil): throw failure("needs a value")
      case (.option?, let value?):
        switch setting.name {
        case "url":
          guard url == nil else { throw failure("given twice") }
          url = value
        case "password-command":
          guard passwordCommand == nil else { throw failure("given twice") }
          passwordCommand = value
        default:
          arguments.append(Argument(name: setting.name, text: "--\(setting.name)=\(value)"))
        }
      }
    }
    self.url = url
    self.passwordCommand = passwordCommand
    self.arguments = arguments
    place = "\(path): account \(EscapedText.text(account.name, for: .terminal))"
  }

  /// Parses the account's arguments and those of the command line as one. Throws status
  /// configuration (78): the command line alone was parsed before, so it is the account that does
  /// not fit.
  package func parse<Arguments: ParsableArguments>(
    _ type: Arguments.Type, before commandLine: [String]
  ) throws(ToolFailure) -> Arguments {
    do {
      return try Arguments.parse(arguments(before: commandLine))
    } catch {
      let message = Arguments.message(for: error).split(whereSeparator: \.isNewline)
        .map { $0.drop { $0 == " " } }.joined(separator: " ")
      throw ToolFailure(.configuration, "\(place): \(message)")
    }
  }

  /// The account's arguments, then those of the command line: where an option is given twice the last
  /// one counts, and those that may be repeated (`--pin`) add up.
  ///
  /// Where the command line says where the secret comes from, the account does not: a file goes
  /// before a command, whoever names them.
  /// - Parameter commandLine: without the tool's name, and without words that choose a command.
  package func arguments(before commandLine: [String]) -> [String] {
    let hasOwnSecret = commandLine.contains { argument in
      Self.secretOptions.contains { argument == "--\($0)" || argument.hasPrefix("--\($0)=") }
    }
    let kept = arguments.filter { !hasOwnSecret || !Self.secretOptions.contains($0.name) }
    return kept.map(\.text) + commandLine
  }

  private static let secretOptions = [
    "password-fd", "password-file", "password-command", "token-command",
  ]
}
