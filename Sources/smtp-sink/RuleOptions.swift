// The options that script answers: rules, and Postfix's letters, which stand for rules.

internal import ArgumentParser
internal import MailProtocols
internal import ToolSupport

struct RuleOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("Answer by this rule; smtp-sink(1), RULES.", valueName: "rule"))
  var reply: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("Answer by the rules in this file, one a line.", valueName: "file"))
  var rules: String?

  @Option(
    name: .long, help: ArgumentHelp("What the odds of rules are drawn from.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    name: .customShort("r"), parsing: .singleValue,
    help: ArgumentHelp("Refuse these commands for now, and do as -p.", valueName: "cmd[,cmd]"))
  var soft: [String] = []

  @Option(
    name: .customShort("f"), parsing: .singleValue,
    help: ArgumentHelp("Refuse these commands for good, and do as -p.", valueName: "cmd[,cmd]"))
  var hard: [String] = []

  @Option(
    name: .customShort("Q"), parsing: .singleValue,
    help: ArgumentHelp("Answer 421 to these commands and close.", valueName: "cmd[,cmd]"))
  var disconnect: [String] = []

  @Option(name: .customShort("b"), help: ArgumentHelp("What -r answers.", valueName: "reply"))
  var softReply = "450 4.3.0 Error: command failed"

  @Option(name: .customShort("B"), help: ArgumentHelp("What -f answers.", valueName: "reply"))
  var hardReply = "500 5.3.0 Error: command failed"

  @Option(
    name: .customShort("w"),
    help: ArgumentHelp("Wait before the reply to DATA.", valueName: "dur"))
  var dataDelay: TimeSpan?

  @Option(
    name: .customShort("W"), parsing: .singleValue,
    help: ArgumentHelp(
      "Wait before the reply to a command; some times, by chance.", valueName: "cmd:dur[:odds]"))
  var delays: [String] = []

  @Option(
    name: .customShort("A"),
    help: ArgumentHelp("Wait behind 354, then answer 550 and close.", valueName: "dur"))
  var abortDelay: TimeSpan?

  @Option(
    name: .customShort("H"),
    help: ArgumentHelp("Wait behind 354 before the data is read.", valueName: "dur"))
  var contentDelay: TimeSpan?
}

/// Postfix's letters that have nothing to do here, or are something else.
struct PostfixOptions: ParsableArguments {
  @Flag(name: .customShort("a"), help: "Nothing: AUTH is offered to those who can use it.")
  var noAuthentication = false

  @Flag(name: .customShort("c"), help: "Nothing: --events counts.")
  var counters = false

  @Flag(name: .customShort("C"), help: "Nothing: there is no XCLIENT unless asked for.")
  var noXclient = false

  @Flag(name: .customShort("F"), help: "Nothing: there is no XFORWARD unless asked for.")
  var noXforward = false

  @Option(name: .customShort("s"), help: .private)
  var syslog: String?

  @Option(name: .customShort("T"), help: .private)
  var window: String?

  /// Throws a `ToolFailure` of status usage (64) for the letters that are something else.
  func check() throws(ToolFailure) {
    if let syslog {
      throw ToolFailure(
        .usage, "-s \(syslog): nothing is logged by syslog; --events FILE tells all")
    }
    if let window {
      throw ToolFailure(
        .usage, "-T \(window): the window is the system's; --events FILE tells what went on")
    }
  }
}
