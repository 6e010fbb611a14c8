// smtp-sink: catches mail over SMTP and stores it. smtp-sink(1) is its manual.

internal import ArgumentParser
internal import ToolSupport

@main
struct SMTPSink: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smtp-sink", abstract: "Catch mail over SMTP.", version: "smtp-sink 0.1.0")
}
