// A connection in use by a command: asks and changes, goes where the server refers to, knows whether
// anything was changed, and can be had anew or for another user.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// What a command talks to a server through; for one thread.
final class SieveSession {
  let settings: SieveSettings
  /// Batch, each and shell put one in place that says which line or user it is about.
  var diagnostics: Diagnostics
  /// Where data goes; batch, each and shell put another in place.
  var output: SieveOutput
  /// The interrupt of SIGINT and SIGTERM.
  let signals: SignalWatch
  private let login: SieveLogin
  private var current: ManageSieveClient?
  /// Where the next connection goes.
  private var url: SieveURL
  private var referrals: SieveReferralPolicy

  /// Whether something was changed on the server, or may have been: trying again could do harm.
  private(set) var hasChanged = false

  init(_ login: SieveLogin, signals: SignalWatch, output: SieveOutput, _ diagnostics: Diagnostics) {
    self.login = login
    self.signals = signals
    self.output = output
    self.diagnostics = diagnostics
    settings = login.settings
    url = login.url
    referrals = SieveReferralPolicy(settings.shared.login.referral, origin: url)
  }

  /// Whose scripts these are, by the options and `su`; nil for the user who logs in.
  var owner: SieveURL.Owner? { url.owner }

  /// The server that was named, or referred to.
  var host: String { url.host }

  /// Who logs in, as far as that is known.
  var loginName: String? { current?.url.user ?? url.user }

  /// Whether the connection is one with TLS.
  var isSecure: Bool { current?.connection.tls != nil }

  /// How often a failure that may be better later can still be tried again.
  var triesLeft = 0

  /// Whether a failure that may be better later will be tried again.
  var mayTryAgain: Bool { triesLeft > 0 && !hasChanged && !output.hasWritten }

  // MARK: - The connection

  /// The client, connected and logged in if it was not.
  func client() throws(SieveFailure) -> ManageSieveClient {
    if let current, !current.isOver, current.login != nil { return current }
    let client = try connected { (client) throws(SieveFailure) in try login.logIn(client, url) }
    current = client
    return client
  }

  /// The client, connected; logged in or not.
  func greeted() throws(SieveFailure) -> ManageSieveClient {
    if let current, !current.isOver { return current }
    let client = try connected { (_) throws(SieveFailure) in }
    current = client
    return client
  }

  /// A new connection, here or where the server refers to.
  private func connected(
    _ body: (ManageSieveClient) throws(SieveFailure) -> Void
  ) throws(SieveFailure) -> ManageSieveClient {
    disconnect()
    while true {
      var line = SieveReferralPolicy.Line.other
      do throws(SieveFailure) {
        let client = try login.connect(url, unless: signals.interrupt)
        line = self.line(of: client)
        do throws(SieveFailure) {
          try body(client)
          return client
        } catch {
          client.disconnect()
          throw error
        }
      } catch {
        try follow(error, on: line)
      }
    }
  }

  /// Lets the connection go; the next thing asked opens another.
  func disconnect() {
    guard let client = current else { return }
    // An interrupt is what brought us here: the server may still have its time to answer.
    if signals.received != nil { signals.interrupt.clear() }
    client.disconnect()
    current = nil
  }

  /// A new connection, as it was when this one had been made.
  func reconnect() throws(SieveFailure) {
    disconnect()
    _ = try client()
  }

  /// Lets a connection go that the server has ended, or has something to say on that nobody asked
  /// for: BYE, to those who are silent for too long.
  func dropIfEnded() {
    guard let client = current, !client.isOver else { return }
    if client.hasInput { disconnect() }
  }

  /// Another session of the same settings, without a connection, for another thread.
  func another() -> SieveSession {
    SieveSession(
      login.another(), signals: signals, output: SieveOutput(keepingFor: output), diagnostics)
  }

  /// Acts for another owner from now on: on the same connection where the server has
  /// UNAUTHENTICATE, else on a new one, made when it is needed.
  func become(_ owner: SieveURL.Owner?) throws(SieveFailure) {
    url = login.url
    url.owner = owner
    referrals = SieveReferralPolicy(settings.shared.login.referral, origin: url)
    guard let client = current, !client.isOver else { return }
    guard client.capabilities.unauthenticate, client.url.host == url.host,
      client.url.port == url.port
    else { return disconnect() }
    do throws(ManageSieveError) {
      try client.unauthenticate()
    } catch {
      throw failure(error)
    }
    do throws(SieveFailure) {
      try login.logIn(client, url)
    } catch {
      disconnect()
      throw error
    }
  }

  // MARK: - Asking and changing

  /// Asks for something that changes nothing. Where the server refers to another, asks there.
  func ask<Answer>(
    _ body: (ManageSieveClient) throws(ManageSieveError) -> Answer
  ) throws(SieveFailure) -> Answer {
    try perform(body)
  }

  /// Changes something.
  func change<Answer>(
    _ body: (ManageSieveClient) throws(ManageSieveError) -> Answer
  ) throws(SieveFailure) -> Answer {
    _ = try client()
    do throws(SieveFailure) {
      let answer = try perform(body)
      hasChanged = true
      return answer
    } catch {
      // A NO to the one command that was sent is not a change; all else is not known.
      if error.cause == nil || settings.client.backupCount > 0 { hasChanged = true }
      throw error
    }
  }

  /// Sends the first command of something that is done soon; false when that cannot be now.
  func sendAhead(_ command: SieveCommand) throws(SieveFailure) -> Bool {
    guard try client().sendAhead(command) else { return false }
    switch command.verb {
    case .putScript, .setActive, .deleteScript, .renameScript, .raw: hasChanged = true
    case .authenticate, .startTLS, .logout, .capability, .haveSpace, .listScripts, .getScript,
      .checkScript, .noOperation, .unauthenticate:
      break
    }
    return true
  }

  /// Whether a command was sent ahead whose reply nobody has taken.
  func wasSentAhead(_ command: SieveCommand) -> Bool {
    current?.wasSentAhead(command) ?? false
  }

  private func perform<Answer>(
    _ body: (ManageSieveClient) throws(ManageSieveError) -> Answer
  ) throws(SieveFailure) -> Answer {
    while true {
      let client = try client()
      do throws(ManageSieveError) {
        return try body(client)
      } catch {
        let line = line(of: client)
        try follow(failure(error), on: line)
        disconnect()
      }
    }
  }

  private func failure(_ error: ManageSieveError) -> SieveFailure {
    SieveFailure(error, host: url.host)
  }

  // MARK: - Referrals

  private func line(of client: ManageSieveClient) -> SieveReferralPolicy.Line {
    client.connection.tls != nil && login.isVerifying ? .verifiedTLS : .other
  }

  /// Points at the server that a BYE refers to; throws all other failures again, and the reason why
  /// it is not gone there.
  private func follow(
    _ failure: SieveFailure, on line: SieveReferralPolicy.Line
  ) throws(SieveFailure) {
    guard let referral = failure.referral else { throw failure }
    do throws(SieveReferralPolicy.Refusal) {
      let target = try referrals.follow(referral.wire, on: line, with: login.proof)
      diagnostics.info("\(url.host): referred to \(target.host)")
      (url.scheme, url.host, url.port, url.owner) = (
        target.scheme, target.host, target.port, target.owner
      )
    } catch {
      var refused = SieveFailure(.refused, "\(failure.text): not followed: \(error)")
      (refused.subject, refused.isFatal) = (failure.subject, true)
      throw refused
    }
  }
}
