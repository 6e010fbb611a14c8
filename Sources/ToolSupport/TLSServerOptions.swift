// The options of every TLS server among the tools; postroom(7) describes them.

package import ArgumentParser
package import MailIO

/// Certificates, and how TLS is done.
package struct TLSServerOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Certificate chain, PEM; FILE.ocsp is its staple. Once for each name.", valueName: "file"))
  package var tlsCert: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("The key of the certificate, PEM.", valueName: "file"))
  package var tlsKey: [String] = []

  @Flag(
    name: .long,
    help: ArgumentHelp("Make a certificate at start; =FILE takes what is to be trusted."))
  package var tlsSelfSigned = false

  /// What `--tls-self-signed=FILE` becomes; see `ToolMain.spelledOut`.
  @Option(name: .long, help: .private)
  package var tlsSelfSignedTo: String?

  @Flag(name: .long, help: "TLS from the first octet.")
  package var implicitTls = false

  @Flag(name: .long, help: "Do next to nothing without TLS.")
  package var requireTls = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Ask clients for certificates of these authorities, PEM.", valueName: "file"))
  package var clientCa: String?

  @Option(name: .long, help: ArgumentHelp("The oldest version of TLS.", valueName: "version"))
  package var tlsMin = TLSVersion.tls12

  package init() {}

  /// Whether there is TLS at all.
  package var isOn: Bool { !tlsCert.isEmpty || tlsSelfSigned || tlsSelfSignedTo != nil }

  /// Checks the options that need each other. Throws status usage (64).
  package func check() throws(ToolFailure) {
    guard tlsCert.count == tlsKey.count else {
      throw ToolFailure(.usage, "--tls-cert and --tls-key go together, as often as each other")
    }
    guard isOn || (!implicitTls && !requireTls && clientCa == nil) else {
      throw ToolFailure(
        .usage,
        "--implicit-tls, --require-tls and --client-ca need --tls-cert or --tls-self-signed")
    }
  }

  /// Reads the files, and writes the authority of a certificate of our own. Throws status
  /// configuration (78).
  package func open(host: String) throws(ToolFailure) -> ReloadableTLSServerContext {
    do throws(TLSConfigurationError) {
      var own: TLSIdentity?
      if tlsSelfSigned || tlsSelfSignedTo != nil {
        let identity = try SelfSignedIdentity.make(host: host)
        if let path = tlsSelfSignedTo { try identity.writeAuthority(to: path) }
        own = identity
      }
      var settings = TLSServerContext.Settings(identities: [], ownIdentity: own)
      for (certificates, key) in zip(tlsCert, tlsKey) {
        settings.identities.append(
          TLSIdentity.Files(
            certificates: certificates, key: key, staple: "\(certificates).ocsp")
        )
      }
      settings.versions = tlsMin ... .tls13
      settings.clientCertificates = clientCa.map { .asked(authorities: $0) } ?? .notAsked
      return try ReloadableTLSServerContext(settings)
    } catch {
      throw ToolFailure(.configuration, "TLS: \(error)")
    }
  }
}

extension TLSVersion: ExpressibleByArgument {}
