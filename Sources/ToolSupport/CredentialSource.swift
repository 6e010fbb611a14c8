// Where the secret of a login comes from: one order for all tools, the first place that has
// something to say counts, and one that fails ends the search. Nothing is kept: to ask again (a
// token that has expired) is to look again.

internal import Glibc
internal import MailIO
package import MailProtocols

/// The search for the credentials of one login.
///
/// The order: `--password-fd`, `--password-file`, `--password-command`, `--token-command`; the files
/// `HOST.password` (the host in lower case) and `password` in `$CREDENTIALS_DIRECTORY`; the accounts
/// file's `password-command`; `~/.netrc`; the terminal, unless `--batch`. A file of the last four
/// that is not there is passed over.
package struct CredentialSource: Sendable {
  private let options: CredentialOptions
  private let host: String
  private let user: String?
  private let accountPasswordCommand: String?
  private let surroundings: CredentialSurroundings

  /// - Parameters:
  ///   - host: who is logged in to, as the user named it.
  ///   - user: the one in a URL or an account; `--user` goes before.
  ///   - accountPasswordCommand: the accounts file's `password-command`.
  package init(
    _ options: CredentialOptions, host: String, user: String? = nil,
    accountPasswordCommand: String? = nil, surroundings: CredentialSurroundings = .ofProcess
  ) {
    self.options = options
    self.host = host
    self.user = options.user ?? user
    self.accountPasswordCommand = accountPasswordCommand
    self.surroundings = surroundings
  }

  /// Looks for the secret. Throws status usage (64) for options that cannot be, and when nobody
  /// says who the user is; configuration (78) when there is no secret to be had.
  package func credentials() throws(ToolFailure) -> SASLCredentials {
    try options.check()
    if options.mechanism?.isExternalAlone ?? false {
      return SASLCredentials(
        authcid: user ?? "", authzid: options.authzid, proof: .external)
    }
    if let proof = try chosenProof() { return try credentials(of: requireUser(), proof) }
    if let proof = try serviceProof() { return try credentials(of: requireUser(), proof) }
    if let (login, password) = try netrcEntry() {
      if let user = user ?? login { return credentials(of: user, .password(password)) }
    }
    let user = try requireUser()
    guard !options.batch, let terminal = surroundings.terminal else {
      let source = "--password-command, --password-file or --password-fd"
      throw ToolFailure(.configuration, "\(host): no password for \(user): give \(source)")
    }
    let question = "Password for \(user) at \(host): "
    return try credentials(
      of: user,
      .password(terminal.secret(EscapedText.text(question, for: .terminal))))
  }

  private func credentials(
    of user: String, _ proof: SASLCredentials.Proof
  ) -> SASLCredentials {
    SASLCredentials(authcid: user, authzid: options.authzid, proof: proof)
  }

  private func requireUser() throws(ToolFailure) -> String {
    guard let user else { throw ToolFailure(.usage, "\(host): no user: give --user") }
    return user
  }

  // MARK: - The places

  /// What the command line names.
  private func chosenProof() throws(ToolFailure) -> SASLCredentials.Proof? {
    if let descriptor = options.passwordFd {
      _ = try requireUser()
      return .password(try secret(descriptor: descriptor))
    }
    if let path = options.passwordFile {
      _ = try requireUser()
      let source = "--password-file \(path)"
      guard let secret = try SecretInput.secret(file: path, from: source, until: deadline) else {
        throw ToolFailure(.configuration, "\(source): \(String(cString: strerror(ENOENT)))")
      }
      return .password(secret)
    }
    if let command = options.passwordCommand {
      _ = try requireUser()
      return .password(try SecretCommand(command, from: "--password-command").run())
    }
    if let command = options.tokenCommand {
      _ = try requireUser()
      return .token(try SecretCommand(command, from: "--token-command").run())
    }
    return nil
  }

  /// What the service manager or the accounts file has.
  private func serviceProof() throws(ToolFailure) -> SASLCredentials.Proof? {
    if let directory = surroundings.credentialsDirectory {
      var names = ["password"]
      // A host as an option may spell it; as a file name it must stay one.
      if !host.contains("/") { names.insert("\(host.lowercased()).password", at: 0) }
      for name in names {
        let path = "\(directory)/\(name)"
        if let secret = try SecretInput.secret(file: path, from: path, until: deadline) {
          return .password(secret)
        }
      }
    }
    if let command = accountPasswordCommand {
      _ = try requireUser()
      let command = try SecretCommand(
        command, from: "password-command", invalid: .configuration)
      return .password(try command.run())
    }
    return nil
  }

  private func netrcEntry() throws(ToolFailure) -> (login: String?, password: SASLSecret)? {
    guard let home = surroundings.homeDirectory else { return nil }
    let path = "\(home)/.netrc"
    guard
      var text = try SecretInput.octets(
        file: path, from: path, maxByteCount: Netrc.maxByteCount, until: deadline)
    else { return nil }
    defer { SASLSecret.wipe(&text) }
    do throws(NetrcError) {
      let entry = try Netrc(text.span).entry(host: host, user: user)
      guard let entry, let password = entry.password else { return nil }
      return (entry.login, password)
    } catch {
      throw ToolFailure(.configuration, "\(path): \(error)")
    }
  }

  private func secret(descriptor: Int32) throws(ToolFailure) -> SASLSecret {
    let source = "--password-fd \(descriptor)"
    guard isatty(descriptor) == 0 else {
      throw ToolFailure(
        .configuration, "\(source): a terminal would show it; without the option it is asked for")
    }
    defer {
      // Not for the children of ours; standard input stays, so that its number stays taken.
      if descriptor != STDIN_FILENO { close(descriptor) }
    }
    return try SecretInput.secret(descriptor: descriptor, from: source, until: deadline)
  }

  private var deadline: Deadline { .after(SecretInput.patience) }
}
