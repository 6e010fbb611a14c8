// What the options of a run come to, checked.

internal import Glibc
internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// The settings of a run; the same for all its connections.
struct SieveSettings {
  let shared: SharedOptions
  /// Nil for a run without a server.
  let target: SieveTarget?
  /// Of the client.
  let client: ManageSieveOptions
  /// Of the login.
  let login: SASLLoginOptions
  let form: SieveOutput.Form

  /// Whether nothing is to be changed.
  var isDryRun: Bool { shared.changes.dryRun }
  /// Octets of a script at most.
  var maxScriptByteCount: Int { client.maxScriptByteCount }

  /// Throws status usage (64).
  init(_ shared: SharedOptions, _ target: SieveTarget?) throws(ToolFailure) {
    try shared.credentials.check()
    try shared.tls.check()
    try shared.route.check()
    try shared.timing.check()
    self.shared = shared
    self.target = target
    client = try Self.client(shared)
    login = try Self.login(shared, target)
    guard !shared.output.json || !shared.output.nul else {
      throw ToolFailure(.usage, "--json and -0 exclude each other")
    }
    form = shared.output.json ? .json : shared.output.nul ? .nul : .lines
  }

  private static func client(_ shared: SharedOptions) throws(ToolFailure) -> ManageSieveOptions {
    let limits = shared.limits
    for (name, value, least) in [
      ("--backup", shared.changes.backup, 0), ("--limit-lines", limits.limitLines, 1),
      ("--pipeline", limits.pipeline, 1), ("--limit-line", limits.limitLine.byteCount, 64),
    ] where value < least || value > 1 << 30 {
      throw ToolFailure(.usage, "\(name): not from \(least) to \(1 << 30): \(value)")
    }
    return ManageSieveOptions(
      limits: SieveLimits(
        maxLineByteCount: limits.limitLine.byteCount,
        maxLiteralByteCount: limits.limitLiteral.byteCount, maxLineCount: limits.limitLines),
      timeout: shared.timing.timeout.duration, pipelineDepth: limits.pipeline,
      maxScriptByteCount: limits.maxScript.byteCount,
      spaceCheckByteCount: shared.changes.checkSpace?.byteCount,
      backupCount: shared.changes.backup)
  }

  private static func login(
    _ shared: SharedOptions, _ target: SieveTarget?
  ) throws(ToolFailure) -> SASLLoginOptions {
    let options = shared.login
    let (least, most) = (options.scramMinIterations, options.scramMaxIterations)
    guard least >= 1, least <= most else {
      throw ToolFailure(.usage, "SCRAM iterations: not a range: \(least) to \(most)")
    }
    var mechanisms = shared.credentials.mechanism?.patterns
    if mechanisms == nil, let mechanism = target?.url.mechanism, mechanism != "*" {
      mechanisms = [mechanism.uppercased()]
    }
    let binding: SASLLoginOptions.Binding
    switch (shared.credentials.channelBinding, options.requireChannelBinding) {
    case (.automatic, false): binding = .automatic
    case (.automatic, true): binding = .required
    case (.required(let kind), _): binding = .kind(kind)
    case (.off, false): binding = .off
    case (.off, true):
      throw ToolFailure(.usage, "--require-channel-binding with --channel-binding off")
    }
    return SASLLoginOptions(
      mechanisms: mechanisms, binding: binding, preparation: options.saslprep.preparation,
      limits: SCRAMLimits(iterations: least...most),
      cleartext: options.cleartextAuth ? .allowed : .refused)
  }
}
