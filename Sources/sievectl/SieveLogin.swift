// From options to a client that is logged in: connect, TLS, mechanism. One for a run, and for all
// connections that it makes; the secret is asked for once.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// Makes connections.
final class SieveLogin {
  let settings: SieveSettings
  /// Where it goes unless a referral or a command says otherwise.
  let url: SieveURL
  private let connector: ClientConnector
  private let source: CredentialSource
  private let trace: DialogueTrace?
  private let diagnostics: Diagnostics
  private var known: SASLCredentials?
  /// Of connections, for the trace.
  private let numbers: Guarded<Int>

  /// Reads the files that the options name. Throws 64, 74, 78.
  init(
    _ settings: SieveSettings, _ target: SieveTarget, _ diagnostics: Diagnostics
  ) throws(ToolFailure) {
    let shared = settings.shared
    self.settings = settings
    self.diagnostics = diagnostics
    var url = target.url
    if let authzid = shared.credentials.authzid { url.owner = .user(authzid) }
    url.user = shared.credentials.user ?? url.user
    url.script = nil
    self.url = url
    numbers = Guarded(0)
    trace = try Self.trace(shared.output)
    connector = try ClientConnector(
      tls: shared.tls, route: shared.route, patience: shared.timing.connectTimeout.duration)
    var options = shared.credentials
    // `;AUTH=EXTERNAL` in the URL asks for no secret either.
    if options.mechanism == nil, let patterns = settings.login.mechanisms {
      options.mechanism = MechanismList(argument: patterns.joined(separator: ","))
    }
    source = CredentialSource(
      options, host: url.host, user: url.user, accountPasswordCommand: target.passwordCommand)
  }

  /// A copy for another thread.
  private init(of other: SieveLogin) {
    (settings, url, connector) = (other.settings, other.url, other.connector)
    (source, trace, diagnostics) = (other.source, other.trace, other.diagnostics)
    (known, numbers) = (other.known, other.numbers)
  }

  /// The same, with the secret if it is known, for another thread.
  func another() -> SieveLogin { SieveLogin(of: self) }

  private static func trace(_ options: SieveOutputOptions) throws(ToolFailure) -> DialogueTrace? {
    var outputs: [RecordOutput] = []
    if let target = options.trace {
      do throws(SystemError) {
        outputs.append(try .open(target))
      } catch {
        throw ToolFailure(.cannotCreate, error)
      }
    }
    if options.level >= .dialogue { outputs.append(.standardError) }
    return outputs.isEmpty ? nil : DialogueTrace(outputs: outputs)
  }

  /// What proves who we are; asked for once. Throws 64, 78.
  func credentials() throws(ToolFailure) -> SASLCredentials {
    if let known { return known }
    let found = try source.credentials()
    known = found
    return found
  }

  /// What proves who we are, as far as that is known before a login: referrals depend on it.
  var proof: SASLCredentials.Proof {
    known?.proof ?? (mayUseCertificate ? .external : .password(SASLSecret([])))
  }

  /// Whether the server's certificate is looked at: no referral counts otherwise.
  var isVerifying: Bool { !settings.shared.tls.noVerify }

  /// Whether a client's certificate may do where nothing else was asked for.
  var mayUseCertificate: Bool {
    settings.shared.tls.cert != nil && settings.login.mechanisms == nil
  }

  /// A client of `url`, greeted, with TLS where the scheme has it, not logged in.
  func connect(
    _ url: SieveURL, unless interrupt: Interrupt?
  ) throws(SieveFailure) -> ManageSieveClient {
    let number = numbers.withLock { count in
      count += 1
      return count
    }
    let opened: ClientConnection
    do throws(ToolFailure) {
      opened = try connector.connect(to: Endpoint(url), unless: interrupt)
    } catch {
      throw SieveFailure(error)
    }
    let note: ((SieveClientSession.TraceLine) -> Void)? = trace.map { trace in
      { trace.line($0.octets.span, from: $0.side == .client ? .client : .server, session: number) }
    }
    let client = ManageSieveClient(
      opened.connection, url: url, options: settings.client, interrupt: interrupt, trace: note)
    do throws(ManageSieveError) {
      try client.readGreeting()
      if url.scheme == .sieve, case .client(let context, let host)? = opened.tlsRole {
        try client.startTLS(
          context, host: host, timeout: settings.shared.timing.connectTimeout.duration)
      }
    } catch {
      client.disconnect()
      throw SieveFailure(error, host: url.host)
    }
    diagnostics.info(
      "connected to \(opened.peer.text)\(client.connection.tls.map { ", \($0.version)" } ?? "")")
    return client
  }

  /// Logs in, to act for the owner that the URL names.
  func logIn(_ client: ManageSieveClient, _ url: SieveURL) throws(SieveFailure) {
    do throws(ManageSieveError) {
      if mayUseCertificate, try logInByCertificate(client, url) { return said(client) }
    } catch {
      throw SieveFailure(error, host: url.host)
    }
    var credentials: SASLCredentials
    do throws(ToolFailure) {
      credentials = try self.credentials()
    } catch {
      throw SieveFailure(error)
    }
    credentials.authzid = url.authzid
    do throws(ManageSieveError) {
      try client.authenticate(credentials, settings.login)
    } catch {
      throw SieveFailure(error, host: url.host)
    }
    said(client)
  }

  private func logInByCertificate(
    _ client: ManageSieveClient, _ url: SieveURL
  ) throws(ManageSieveError) -> Bool {
    guard client.capabilities.mechanisms.contains(.external) else { return false }
    let credentials = SASLCredentials(
      authcid: url.user ?? "", authzid: url.authzid, proof: .external)
    do throws(ManageSieveError) {
      try client.authenticate(credentials, settings.login)
      return true
    } catch .authentication {
      return false
    }
  }

  private func said(_ client: ManageSieveClient) {
    guard let login = client.login else { return }
    let owner = client.url.authzid.map { " for \(SieveOutput.safe($0))" } ?? ""
    diagnostics.info(
      "logged in as \(SieveOutput.safe(client.url.user ?? ""))\(owner) by \(login.entry.name)")
  }
}

extension SieveURL {
  /// Whom to act as; nil for the user who logs in. The server's own scripts have the owner "".
  var authzid: String? {
    switch owner {
    case .user(let name): name
    case .global: ""
    case nil: nil
    }
  }
}

extension Endpoint {
  fileprivate init(_ url: SieveURL) {
    let security: EndpointSecurity =
      switch url.scheme {
      case .sieve: .startTLS
      case .sieves: .tls
      case .insecure: .plain
      }
    self.init(EndpointScheme(.sieve, security), .host(url.host, port: url.port))
  }
}
