// Which networks are believed when they say whose mail they bring: by PROXY headers, XCLIENT and
// XFORWARD.

internal import ArgumentParser
internal import MailIO
internal import MailProtocols
internal import ToolSupport

struct ProxyOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Expect a PROXY header, from these networks.", valueName: "nets"))
  var proxyProtocol: String?

  @Option(
    name: .long, help: ArgumentHelp("The longest wait for the header.", valueName: "dur"))
  var proxyTimeout = TimeSpan(.seconds(10))

  @Option(
    name: .long,
    help: ArgumentHelp("Believe XCLIENT from these networks.", valueName: "nets"))
  var xclient: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Take XFORWARD from these networks.", valueName: "nets"))
  var xforward: String?
}

/// Whom the sink believes.
struct SinkTrust: Sendable {
  /// Nil when no PROXY header is expected.
  private let proxies: IPNetworkSet?
  private let proxyTimeout: Duration
  private let xclient: IPNetworkSet?
  private let xforward: IPNetworkSet?

  /// Throws a `ToolFailure` of status usage (64).
  init(_ options: ProxyOptions) throws(ToolFailure) {
    proxies = try Self.networks(options.proxyProtocol, "--proxy-protocol")
    proxyTimeout = options.proxyTimeout.duration
    guard proxyTimeout > .zero else {
      throw ToolFailure(.usage, "--proxy-timeout takes a time above 0")
    }
    xclient = try Self.networks(options.xclient, "--xclient")
    xforward = try Self.networks(options.xforward, "--xforward")
  }

  private static func networks(
    _ text: String?, _ option: String
  ) throws(ToolFailure) -> IPNetworkSet? {
    guard let text else { return nil }
    do throws(IPNetworkError) {
      return try IPNetworkSet(text)
    } catch {
      throw ToolFailure(.usage, "\(option): \(error.reason)")
    }
  }

  /// What is expected of a connection from there.
  func proxyUse(_ peer: SinkClient) -> SMTPProxyUse {
    guard let proxies else { return .none }
    return Self.holds(proxies, peer) ? .header(within: proxyTimeout) : .refused
  }

  /// The commands that anybody may use.
  var knownForwarding: SMTPForwarding {
    var known: SMTPForwarding = []
    if xclient != nil { known.insert(.xclient) }
    if xforward != nil { known.insert(.xforward) }
    return known
  }

  /// The commands that a client from there may use.
  func forwarding(_ client: SinkClient) -> SMTPForwarding {
    var allowed: SMTPForwarding = []
    if let xclient, Self.holds(xclient, client) { allowed.insert(.xclient) }
    if let xforward, Self.holds(xforward, client) { allowed.insert(.xforward) }
    return allowed
  }

  /// A client at a unix socket is in no network but `any`.
  private static func holds(_ networks: IPNetworkSet, _ client: SinkClient) -> Bool {
    guard let address = client.address else { return networks.networks.contains(where: \.isAny) }
    return networks.contains(address)
  }
}
