// The options of clients that let the user say over which way they connect.

package import ArgumentParser
package import MailIO

/// How a server is found, and from where.
package struct RouteOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Take host and port from the domain's SRV records, where no port is given.",
      valueName: "auto|off|only"))
  package var srv = ServiceLookup.auto

  @Option(
    name: .long,
    help: ArgumentHelp("Connect from this address of this machine.", valueName: "addr[:port]"))
  package var source: SourceAddress?

  @Flag(name: .customShort("4"), help: "Connect over IPv4 alone.")
  package var ipv4 = false

  @Flag(name: .customShort("6"), help: "Connect over IPv6 alone.")
  package var ipv6 = false

  package init() {}

  /// Checks the options that forbid each other. Throws status usage (64).
  package func check() throws(ToolFailure) {
    guard !ipv4 || !ipv6 else { throw ToolFailure(.usage, "-4 and -6 exclude each other") }
    if let source, !family.includes(source) {
      throw ToolFailure(.usage, "--source \(source) is not of the family that -4 or -6 asks for")
    }
  }

  /// What opens connections so.
  package var opener: ConnectionOpener {
    ConnectionOpener(family: family, source: source)
  }

  private var family: AddressFamily { ipv4 ? .ipv4 : ipv6 ? .ipv6 : .any }
}

extension SourceAddress: ExpressibleByArgument {
  package init?(argument text: String) {
    self.init(text)
  }
}

extension ServiceLookup: ExpressibleByArgument {}
