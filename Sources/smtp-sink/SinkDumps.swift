// The dump files of smtp-sink, which Postfix's program of that name has too: --dump, --dump-all and
// --dump-start.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// What is dumped, and where.
struct SinkDumps: Sendable {
  /// A file for each message.
  let single: DumpTemplate?
  /// A file for all of them.
  let all: DumpTemplate?
  private let startText: [UInt8]

  /// Throws a `ToolFailure` of status usage (64).
  init(_ options: StoreOptions) throws(ToolFailure) {
    if let text = options.dumpAll, text.isEmpty || text.hasSuffix("/") {
      throw ToolFailure(.usage, "--dump-all '\(text)' is no name of a file")
    }
    single = try Self.template(options.dump, "--dump")
    all = try Self.template(options.dumpAll, "--dump-all")
    startText = CEscapes.decode([UInt8]((options.dumpStart ?? "").utf8).span)
  }

  /// Whether anything is dumped at all.
  var isWanted: Bool { single != nil || all != nil }

  private static func template(
    _ text: String?, _ option: String
  ) throws(ToolFailure) -> DumpTemplate? {
    guard let text else { return nil }
    let template = DumpTemplate(text)
    do throws(SystemError) {
      _ = try template.path(seconds: Int64(WallClock.now.seconds))
      return template
    } catch {
      let limit = DumpTemplate.maxByteCount
      throw ToolFailure(.usage, "\(option) makes a name of more than \(limit) octets")
    }
  }

  /// How dumps of this run look.
  func style(hostname: SMTPReplyText) -> DumpFraming.Style {
    DumpFraming.Style(startText: startText, hostname: hostname.text)
  }
}
