// A connection in use by a command: asks and changes, goes where the server refers to, knows whether
// anything was changed, and can be had anew or for another user.

internal import MailIO
internal import MailProtocols
internal import ToolSupport

/// What a command talks to a server through; for one thread.
final class SieveSession {
  let settings: SieveSettings
  let diagnostics: Diagnostics
  /// Where data goes; batch, each and shell put another in place.
  var output: SieveOutput
  /// The interrupt of SIGINT and SIGTERM.
  let signals: SignalWatch
  private let login: SieveLogin
  private var current: ManageSieveClient?
  /// Where the next connection goes.
  private var url: SieveURL

  /// Whether something was changed on the server, or may have been: trying again could do harm.
  private(set) var hasChanged = false

  init(_ login: SieveLogin, signals: SignalWatch, output: SieveOutput, _ diagnostics: Diagnostics) {
    self.login = login
    self.signals = signals
    self.output = output
    self.diagnostics = diagnostics
    settings = login.settings
    url = login.url
  }

  /// Whose scripts these are, by the options and `su`; nil for the user who logs in.
  var owner: SieveURL.Owner? { url.owner }

  /// The server that was named, or referred to.
  var host: String { url.host }

  // MARK: - The connection

  /// The client, connected and logged in if it was not.
  func client() throws(SieveFailure) -> ManageSieveClient {
    if let current, !current.isOver { return current }
    let client = try following { (url) throws(SieveFailure) in
      let client = try login.connect(url, unless: signals.interrupt)
      do throws(SieveFailure) {
        try login.logIn(client, url)
      } catch {
        client.disconnect()
        throw error
      }
      return client
    }
    current = client
    return client
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

  /// Acts for another owner from now on: on the same connection where the server has
  /// UNAUTHENTICATE, else on a new one, made when it is needed.
  func become(_ owner: SieveURL.Owner?) throws(SieveFailure) {
    url.owner = owner
    guard let client = current, !client.isOver else { return }
    guard client.capabilities.unauthenticate else { return disconnect() }
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
    do throws(SieveFailure) {
      let answer = try perform(body)
      hasChanged = true
      return answer
    } catch {
      // A NO to the one command that was sent is not a change; all else is not known.
      if error.cause == nil { hasChanged = true }
      throw error
    }
  }

  private func perform<Answer>(
    _ body: (ManageSieveClient) throws(ManageSieveError) -> Answer
  ) throws(SieveFailure) -> Answer {
    let client = try client()
    do throws(ManageSieveError) {
      return try body(client)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: ManageSieveError) -> SieveFailure {
    SieveFailure(error, host: url.host)
  }

  private func following<Answer>(
    _ body: (SieveURL) throws(SieveFailure) -> Answer
  ) throws(SieveFailure) -> Answer {
    try body(url)
  }
}
