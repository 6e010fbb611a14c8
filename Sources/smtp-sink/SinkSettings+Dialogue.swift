// The options of the dialogue and its limits, as the configuration of an SMTP server session.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

extension SinkSettings {
  static func configuration(
    _ dialogue: DialogueOptions, _ limits: LimitOptions, _ tls: TLSServerOptions,
    _ logins: LoginOptions
  ) throws(ToolFailure) -> SMTPServerConfiguration {
    let hostname = dialogue.hostname ?? SystemName.host
    guard !hostname.isEmpty, !hostname.contains(" "), let hostname = SMTPReplyText(hostname) else {
      throw ToolFailure(.usage, "--hostname '\(hostname)' is no host name")
    }
    let greeting = dialogue.ident ?? (dialogue.lmtp ? "LMTP smtp-sink" : "ESMTP smtp-sink")
    guard let ident = SMTPReplyText(greeting),
      hostname.text.utf8.count + ident.text.utf8.count < SMTPReplyText.maxByteCount
    else { throw ToolFailure(.usage, "--ident is no text for one line of a reply") }

    var configuration = SMTPServerConfiguration(
      hostname: hostname, greeting: dialogue.pix ? "********************" : ident)
    let refusesEHLO = dialogue.noESMTP || dialogue.pix
    guard !dialogue.lmtp || !refusesEHLO else {
      throw ToolFailure(.usage, "--lmtp and --no-esmtp or --pix exclude each other")
    }
    configuration.dialect = dialogue.lmtp ? .lmtp : refusesEHLO ? .basic : .extended
    configuration.keywords = try keywords(dialogue)
    for line in dialogue.ehloAdd {
      guard !line.isEmpty, let text = SMTPReplyText(line) else {
        throw ToolFailure(.usage, "--ehlo-add '\(line)' is no line of a reply")
      }
      configuration.extraEhloLines.append(text)
    }
    configuration.leniency = dialogue.strict ? .strict : .lenient
    configuration.bareNewlines = dialogue.bareNewline
    configuration.maxMessageByteCount = dialogue.size.byteCount

    // RFC 5321 4.5.3.1.4: 512 octets is the least that every server takes; tests want less.
    guard limits.limitCommand.byteCount >= 16 else {
      throw ToolFailure(.usage, "--limit-command takes 16 octets or more")
    }
    configuration.maxCommandByteCount = limits.limitCommand.byteCount
    guard limits.limitAuthLine.byteCount >= 16 else {
      throw ToolFailure(.usage, "--limit-auth-line takes 16 octets or more")
    }
    configuration.maxAuthLineByteCount = limits.limitAuthLine.byteCount
    if tls.isOn && !tls.implicitTls {
      configuration.tls = tls.requireTls ? .required : .offered
    }
    configuration.requiresAuthentication = logins.requireAuth
    configuration.maxDataLineByteCount = limits.limitLine.byteCount
    configuration.maxLocalPartByteCount = limits.limitLocalPart.byteCount
    guard limits.limitRecipients > 0, limits.limitUnknown > 0 else {
      throw ToolFailure(.usage, "--limit-recipients and --limit-unknown take a number above 0")
    }
    configuration.maxRecipientCount = limits.limitRecipients
    configuration.maxUnknownCommandCount = limits.limitUnknown
    configuration.maxCallCounts = try callCounts(limits.limitCommands)
    return configuration
  }

  static func authentication(
    _ logins: LoginOptions, host: String
  ) throws(ToolFailure) -> Authentication {
    guard logins.authUsers == nil || !logins.authAny else {
      throw ToolFailure(.usage, "--auth-users and --auth-any exclude each other")
    }
    let hasLogins = logins.authUsers != nil || logins.authAny
    guard hasLogins || (!logins.requireAuth && logins.authMechanisms == nil) else {
      throw ToolFailure(
        .usage, "--require-auth and --auth-mechanisms need --auth-users or --auth-any")
    }
    var mechanisms: [SASLMechanismName]?
    if let list = logins.authMechanisms {
      var names: [SASLMechanismName] = []
      for word in list.split(separator: ",") {
        guard let name = SASLMechanismName(word), SinkAuthentication.served.contains(name) else {
          let known = SinkAuthentication.served.map(\.text).joined(separator: " ")
          throw ToolFailure(.usage, "--auth-mechanisms '\(word)' is none of \(known)")
        }
        names.append(name)
      }
      mechanisms = names
    }
    return Authentication(
      usersTarget: logins.authUsers, takesAnybody: logins.authAny, mechanisms: mechanisms,
      exposesPlainText: logins.authPlaintext, host: host)
  }

  private static func keywords(_ dialogue: DialogueOptions) throws(ToolFailure) -> SMTPKeywords {
    var keywords = SMTPKeywords.all
    if dialogue.disableEightBitMIME { keywords.remove(.eightBitMIME) }
    if dialogue.disableDSN { keywords.remove(.dsn) }
    if dialogue.disablePipelining { keywords.remove(.pipelining) }
    if dialogue.disableEnhancedStatusCodes { keywords.remove(.enhancedStatusCodes) }
    for word in dialogue.disable.flatMap({ $0.split(separator: ",") }) {
      guard
        let entry = SMTPKeywords.names.first(where: { $0.name.text == word.uppercased() })
      else {
        let known = SMTPKeywords.names.map(\.name.text).joined(separator: " ")
        throw ToolFailure(.usage, "--disable '\(word)' is none of \(known)")
      }
      keywords.remove(entry.keyword)
    }
    return keywords
  }

  /// `N` for all commands, or `CMD=N,*=N`; without a `*` the rest may be called 20 times, as in
  /// aiosmtpd.
  private static func callCounts(_ lists: [String]) throws(ToolFailure) -> [SMTPVerb: Int] {
    guard !lists.isEmpty else { return [:] }
    var counts: [SMTPVerb: Int] = [:]
    var rest = 20
    for word in lists.flatMap({ $0.split(separator: ",") }) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let number = Int(parts[parts.count - 1]), number > 0 else {
        throw ToolFailure(.usage, "--limit-commands '\(word)' is neither N nor CMD=N")
      }
      if parts.count == 1 || parts[0] == "*" {
        rest = number
      } else if let verb = SMTPVerb(word: [UInt8](parts[0].utf8)) {
        counts[verb] = number
      } else {
        throw ToolFailure(.usage, "--limit-commands: '\(parts[0])' is no command")
      }
    }
    for verb in SMTPVerb.allCases where counts[verb] == nil { counts[verb] = rest }
    return counts
  }
}
