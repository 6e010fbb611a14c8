// What a server can do (RFC 5804 1.7). The list changes with TLS and with who is logged in.

/// A server's capabilities.
package struct SieveCapabilities: Equatable, Sendable {
  /// A capability that nothing is known of here.
  package struct Other: Equatable, Sendable {
    /// Its name as it came.
    package let name: String
    /// Its value; nil when there is none.
    package let value: String?
  }

  /// The server's name and version, untrusted.
  package private(set) var implementation: String?
  /// The extensions of Sieve.
  package private(set) var sieve: [String] = []
  /// The language of texts (RFC 5646).
  package private(set) var language: String?
  /// The most redirect actions of a script run.
  package private(set) var maxRedirects: Int?
  /// Ways to notify: URI schemes.
  package private(set) var notify: [String] = []
  /// Who is logged in, as the server knows them.
  package private(set) var owner: String?
  /// Mechanisms of SASL as they are listed, none twice; empty before TLS, often.
  package private(set) var sasl: [String] = []
  /// Whether STARTTLS is offered.
  package private(set) var startTLS = false
  /// Whether UNAUTHENTICATE is there.
  package private(set) var unauthenticate = false
  /// `1.0` for RFC 5804; without it there is no RENAMESCRIPT, CHECKSCRIPT and NOOP.
  package private(set) var version: String?
  /// What is not understood here, in order.
  package private(set) var other: [Other] = []

  /// None.
  package init() {}

  /// Reads the lines of a reply to CAPABILITY. A name that comes twice counts as it came last, but
  /// an unknown one is kept twice. Throws for a line that does not begin with a string.
  package init(lines: [SieveLine]) throws(SieveProtocolError) {
    for line in lines {
      guard line.fault == nil, let name = line.tokens.first?.string else {
        throw SieveProtocolError(.malformedCapability, line.text)
      }
      let value = line.tokens.dropFirst().first?.octets
      take(
        String(decoding: name, as: UTF8.self), value.map { String(decoding: $0, as: UTF8.self) })
    }
  }

  /// The mechanisms whose names are names.
  package var mechanisms: [SASLMechanismName] { sasl.compactMap { SASLMechanismName($0) } }

  /// Whether the peer calls itself Cyrus.
  package var isCyrus: Bool { implementation?.lowercased().contains("cyrus") ?? false }

  /// Whether the command is there, as far as capabilities tell.
  package func offers(_ verb: SieveVerb) -> Bool {
    switch verb {
    case .startTLS: startTLS
    case .unauthenticate: unauthenticate
    case .renameScript, .checkScript, .noOperation: version != nil
    case .authenticate, .logout, .capability, .haveSpace, .putScript, .listScripts, .setActive,
      .getScript, .deleteScript, .raw:
      true
    }
  }

  private mutating func take(_ name: String, _ value: String?) {
    switch String(decoding: name.utf8.map(\.uppercased), as: UTF8.self) {
    case "IMPLEMENTATION": implementation = value ?? ""
    case "SIEVE": sieve = Self.words(value)
    case "LANGUAGE": language = value
    case "MAXREDIRECTS": maxRedirects = value.flatMap { Int($0) }
    case "NOTIFY": notify = Self.words(value)
    case "OWNER": owner = value
    case "SASL":
      sasl = []
      for word in Self.words(value) where !sasl.contains(word) { sasl.append(word) }
    case "STARTTLS": startTLS = true
    case "UNAUTHENTICATE": unauthenticate = true
    case "VERSION": version = value ?? ""
    default: other.append(Other(name: name, value: value))
    }
  }

  private static func words(_ value: String?) -> [String] {
    (value ?? "").split(separator: " ").map(String.init)
  }
}
