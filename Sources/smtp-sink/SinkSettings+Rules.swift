// The options that script answers, as rules and as what the configuration of a session knows.

internal import MailProtocols
internal import ToolSupport

extension SinkSettings {
  /// Throws a `ToolFailure` of status usage (64) or dataError (65).
  static func rules(_ options: RuleOptions) throws(ToolFailure) -> SinkRules.Settings {
    var rules: [ReplyRule] = []
    for text in options.reply {
      do throws(ReplyRuleError) {
        rules.append(try SinkRules.parser.parse(text, origin: ReplyRuleOrigin("--reply")))
      } catch {
        throw ToolFailure(.dataError, "--reply '\(text)', column \(error.column): \(error.reason)")
      }
    }
    return SinkRules.Settings(
      first: rules, file: options.rules, last: try PostfixFaults(options).rules,
      seed: options.seed)
  }

  /// What -r, -f, -A and -H change besides.
  static func apply(_ options: RuleOptions, to configuration: inout SMTPServerConfiguration) {
    if !options.soft.isEmpty || !options.hard.isEmpty {
      configuration.keywords.remove(.pipelining)
    }
    if let delay = options.abortDelay {
      configuration.contentStart = .never(
        delay.duration, SMTPReply(550, nil, "This violates SMTP"))
    } else if let delay = options.contentDelay {
      configuration.contentStart = .after(delay.duration)
    }
  }
}
