// smtp-sink: catches mail over SMTP and stores it. smtp-sink(1) is its manual.

internal import ArgumentParser
internal import Glibc
internal import ToolSupport

@main
struct SMTPSink: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smtp-sink",
    abstract: "Catch mail over SMTP: store it, show it, wait for it.",
    usage: """
      smtp-sink [OPTION]... [ADDRESS]... [BACKLOG]
      smtp-sink [OPTION]... [ADDRESS]... -- COMMAND [ARG]...
      """,
    discussion: """
      ADDRESS is [inet:][HOST]:PORT, unix:PATH or fd:N; 127.0.0.1:2525 when none is given.
      With COMMAND, SMTP_HOST, SMTP_PORT and SMTP_URL tell it where to send.
      """,
    version: "smtp-sink \(postroomVersion)",
    // -h names the host, as in Postfix smtp-sink.
    helpNames: .long)

  @OptionGroup(title: "Stores") var stores: StoreOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "The end") var end: EndOptions
  @OptionGroup(title: "Listening") var listening: ListenOptions
  @OptionGroup(title: "The dialogue") var dialogue: DialogueOptions
  @OptionGroup(title: "Scripted answers") var rules: RuleOptions
  @OptionGroup(title: "TLS") var tls: TLSServerOptions
  @OptionGroup(title: "Logins") var logins: LoginOptions
  @OptionGroup(title: "Proxies") var proxies: ProxyOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup(title: "Of Postfix") var postfix: PostfixOptions

  @Argument(help: ArgumentHelp("Where to listen.", valueName: "address"))
  var addresses: [String] = []

  static func main() {
    ToolMain.run(SMTPSink.self, name: "smtp-sink") {
      line, command, diagnostics throws(ToolFailure) in
      try SinkRun(settings: SinkSettings(line, command: command), diagnostics: diagnostics).run()
    }
  }
}

extension SMTPSink: ToolCommand {
  var diagnosticsLevel: Diagnostics.Level {
    Diagnostics.Level(verboseCount: output.verbose, quietCount: output.quiet)
  }
}
