// The mechanisms a server knows, and the way to add one from outside.

/// The mechanisms a server knows, in the order they are listed.
package struct SASLServerRegistry: Sendable {
  /// In the order they are listed.
  package private(set) var entries: [SASLServerEntry] = []

  /// None.
  package init() {}

  /// Adds a mechanism at the end, or in place of one of the same name.
  package mutating func add(_ entry: SASLServerEntry) {
    if let index = entries.firstIndex(where: { $0.name == entry.name }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }

  /// The entry of that name, if it is known.
  package subscript(name: SASLMechanismName) -> SASLServerEntry? {
    entries.first { $0.name == name }
  }

  /// All mechanisms of this library.
  package static let standard: SASLServerRegistry = {
    var registry = SASLServerRegistry()
    for use in [SCRAMBindingUse.bound, .unbound] {
      for hash in SCRAMHash.allCases.reversed() {
        registry.add(
          SASLServerEntry(name: .scram(hash, use), exposesSecret: false) {
            SCRAMServer(hash, use, context: $0)
          })
      }
    }
    registry.add(
      SASLServerEntry(name: .external, exposesSecret: false) { ExternalServer(context: $0) })
    registry.add(
      SASLServerEntry(name: .oauthBearer, exposesSecret: true) { OAuthBearerServer(context: $0) })
    registry.add(
      SASLServerEntry(name: .xoauth2, exposesSecret: true) { XOAuth2Server(context: $0) })
    registry.add(SASLServerEntry(name: .plain, exposesSecret: true) { PlainServer(context: $0) })
    registry.add(SASLServerEntry(name: .login, exposesSecret: true) { LoginServer(context: $0) })
    registry.add(
      SASLServerEntry(name: .cramMD5, exposesSecret: false) { CRAMMD5Server(context: $0) })
    return registry
  }()
}
