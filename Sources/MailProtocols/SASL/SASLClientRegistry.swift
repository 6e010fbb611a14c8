// The mechanisms a client knows, strongest first, and the way to add one from outside: an entry
// with a name, what it needs and a function that makes it.

/// The mechanisms a client knows.
package struct SASLClientRegistry: Sendable {
  /// Strongest first.
  package private(set) var entries: [SASLClientEntry] = []

  /// None.
  package init() {}

  /// Adds a mechanism, in place of one of the same name.
  package mutating func add(_ entry: SASLClientEntry) {
    entries.removeAll { $0.name == entry.name }
    let place = entries.firstIndex { $0.strength < entry.strength } ?? entries.endIndex
    entries.insert(entry, at: place)
  }

  /// The entry of that name, if it is known.
  package subscript(name: SASLMechanismName) -> SASLClientEntry? {
    entries.first { $0.name == name }
  }

  /// All mechanisms of this library: EXTERNAL, the two with tokens, SCRAM bound and unbound by
  /// hash, PLAIN, LOGIN; CRAM-MD5 by name alone.
  package static let standard: SASLClientRegistry = {
    var registry = SASLClientRegistry()
    registry.add(
      SASLClientEntry(
        name: .external, strength: 700, proof: .external, exposesSecret: false,
        carriesAuthzid: true, make: { ExternalClient(context: $0) }))
    registry.add(
      SASLClientEntry(
        name: .oauthBearer, strength: 610, proof: .token, exposesSecret: true,
        carriesAuthzid: true, make: { OAuthBearerClient(context: $0) }))
    registry.add(
      SASLClientEntry(
        name: .xoauth2, strength: 600, proof: .token, exposesSecret: true,
        carriesAuthzid: false,
        make: { context throws(SASLError) in try XOAuth2Client(context: context) }))
    for use in SCRAMBindingUse.allCases {
      for hash in SCRAMHash.allCases {
        registry.add(
          SASLClientEntry(
            name: .scram(hash, use), strength: (use == .bound ? 500 : 400) + hash.rawValue,
            proof: .password, exposesSecret: false, carriesAuthzid: true,
            make: { context throws(SASLError) in
              try SCRAMClient(hash, use, context: context)
            }))
      }
    }
    registry.add(
      SASLClientEntry(
        name: .plain, strength: 300, proof: .password, exposesSecret: true,
        carriesAuthzid: true, make: { PlainClient(context: $0) }))
    registry.add(
      SASLClientEntry(
        name: .login, strength: 200, proof: .password, exposesSecret: true,
        carriesAuthzid: false,
        make: { context throws(SASLError) in try LoginClient(context: context) }))
    registry.add(
      SASLClientEntry(
        name: .cramMD5, strength: 100, proof: .password, exposesSecret: false,
        carriesAuthzid: false, isObsolete: true,
        make: { context throws(SASLError) in try CRAMMD5Client(context: context) }))
    return registry
  }()
}
