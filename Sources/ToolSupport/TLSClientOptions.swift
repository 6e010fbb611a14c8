// The options of every TLS client among the tools. Of --revocation, what needs ocspcheck (soft and
// hard, which ask the network) is not here.

package import ArgumentParser
package import MailIO

/// Whom a client trusts over TLS, and who it is.
package struct TLSClientOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Trust these authorities, PEM, and no others.", valueName: "file"))
  package var caFile: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Trust the authorities in this directory (openssl rehash), and no others.",
      valueName: "directory"))
  package var caPath: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Certificate chain to show the server, PEM.", valueName: "file"))
  package var cert: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The key of the certificate, PEM; left out, it stands in the same file.", valueName: "file"))
  package var key: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The name that the server's certificate must have, if not the host's.", valueName: "name"))
  package var tlsName: String?

  @Option(name: .long, help: ArgumentHelp("The oldest version of TLS.", valueName: "version"))
  package var tlsMin = TLSVersion.tls12

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "The server's key must be this one, or another that is named so.",
      valueName: "sha256//BASE64"))
  package var pin: [TLSPin] = []

  @Flag(name: .long, help: "Believe any certificate; --pin is still looked at.")
  package var noVerify = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Whether to judge the OCSP response that the server staples.", valueName: "off|staple"))
  package var revocation = TLSRevocation.staple

  package init() {}

  /// Checks the options that need or forbid each other. Throws status usage (64).
  package func check() throws(ToolFailure) {
    guard key == nil || cert != nil else { throw ToolFailure(.usage, "--key needs --cert") }
    guard !noVerify || (caFile == nil && caPath == nil) else {
      throw ToolFailure(
        .usage, "--no-verify trusts anybody: it goes with neither --ca-file nor --ca-path")
    }
    if let tlsName, TLSHost(tlsName) == nil {
      throw ToolFailure(.usage, "--tls-name: neither a host name nor an address: \(tlsName)")
    }
  }

  /// Reads the files. Throws status usage (64), and configuration (78) for a file that cannot be
  /// used.
  /// - Parameter applicationProtocols: offered by ALPN, each 1 to 255 octets.
  package func context(
    applicationProtocols: [String] = []
  ) throws(ToolFailure) -> TLSClientContext {
    try check()
    var settings = TLSClientContext.Settings(
      trust: trust, versions: tlsMin ... .tls13, pins: Set(pin),
      applicationProtocols: applicationProtocols, revocation: revocation)
    settings.identity = cert.map { TLSIdentity.Files(certificates: $0, key: key ?? $0) }
    do throws(TLSConfigurationError) {
      return try TLSClientContext(settings)
    } catch {
      throw ToolFailure(.configuration, "TLS: \(error)")
    }
  }

  /// Whom the certificate must be for, when `host` is connected to. Throws status usage (64) when
  /// that is neither a name nor an address.
  package func expectedHost(of host: String) throws(ToolFailure) -> TLSHost {
    let name = tlsName ?? host
    guard let expected = TLSHost(name) else {
      throw ToolFailure(.usage, "neither a host name nor an address: \(name)")
    }
    return expected
  }

  private var trust: TLSClientContext.Trust {
    if noVerify { return .anyone }
    if caFile != nil || caPath != nil { return .authorities(file: caFile, directory: caPath) }
    return .system
  }
}

extension TLSRevocation: ExpressibleByArgument {}

extension TLSPin: ExpressibleByArgument {
  package init?(argument text: String) {
    self.init(text)
  }
}
