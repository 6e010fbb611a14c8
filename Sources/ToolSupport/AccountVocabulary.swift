// What may stand in an account: the long names of options. One file serves all clients, so that a
// tool has to know the others' names, too: those it passes over, and only what is nobody's is a
// mistake.

/// The names that a tool takes from accounts, and those that it leaves to others.
package struct AccountVocabulary: Sendable {
  /// What a name needs.
  enum Kind: Sendable {
    /// A value.
    case option
    /// None.
    case flag
  }

  private let own: [String: Kind]
  private let foreign: Set<String>

  private init(_ own: [String: Kind], others: [String: Kind]) {
    self.own = own.merging(Self.shared) { own, _ in own }
    foreign = Set(others.keys).subtracting(self.own.keys)
  }

  /// What sievectl takes.
  package static let sievectl = Self(ofSievectl, others: ofImapfetch)
  /// What imapfetch takes.
  package static let imapfetch = Self(ofImapfetch, others: ofSievectl)

  /// How the tool takes a name: nil when it is another tool's. Throws when it is nobody's.
  func kind(of name: String) throws(UnknownName) -> Kind? {
    if let kind = own[name] { return kind }
    guard foreign.contains(name) else { throw UnknownName() }
    return nil
  }

  /// No tool has such an option.
  struct UnknownName: Error {}

  private static func table(_ options: String, flags: String) -> [String: Kind] {
    var table: [String: Kind] = [:]
    for name in options.split(whereSeparator: \.isWhitespace) { table[String(name)] = .option }
    for name in flags.split(whereSeparator: \.isWhitespace) { table[String(name)] = .flag }
    return table
  }

  /// Not --password-fd, whose number means something to one command line alone.
  private static let shared = table(
    """
    url user authzid mechanism channel-binding password-file password-command token-command
    ca-file ca-path cert key tls-name tls-min pin revocation timeout connect-timeout retries trace
    """, flags: "batch no-verify")

  private static let ofSievectl = table(
    """
    srv source referral saslprep scram-min-iterations scram-max-iterations backup check-space
    max-script limit-line limit-literal limit-lines pipeline
    """, flags: "cleartext-auth require-channel-binding")

  private static let ofImapfetch = table(
    """
    tunnel grace proxyauth jobs rate exclude special search newest max-size maildir layout flags
    mbox exec eol sync print then delete-after prune state on-uidvalidity lock-wait idle-renew poll
    limit-line limit-literal limit-depth limit-untagged batch-size in-flight
    """, flags: "compress update-flags skip-failed fail-empty")
}
