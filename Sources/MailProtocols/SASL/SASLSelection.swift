// The first half of a negotiation: of what a server lists, what may be tried, in which order, and
// what each says of channel binding. What is left out is kept with the reason, for the user who
// wonders.

/// What may be tried, in order.
struct SASLSelection {
  private(set) var attempts: [SASLAttempt] = []
  private(set) var exclusions: [SASLExclusion] = []

  private let offered: Set<SASLMechanismName>
  private let credentials: SASLCredentials
  private let policy: SASLPolicy

  init(
    offered: [SASLMechanismName], credentials: SASLCredentials, policy: SASLPolicy,
    registry: SASLClientRegistry
  ) {
    self.offered = Set(offered)
    self.credentials = credentials
    self.policy = policy
    var seen: Set<SASLMechanismName> = []
    for name in offered where seen.insert(name).inserted && registry[name] == nil {
      exclusions.append(SASLExclusion(name: name, reason: .unknown))
    }
    for entry in ordered(registry.entries.filter { self.offered.contains($0.name) }) {
      if let reason = obstacle(to: entry) {
        exclusions.append(SASLExclusion(name: entry.name, reason: reason))
      } else {
        attempts.append(SASLAttempt(entry: entry, binding: binding(for: entry)))
      }
    }
  }

  /// By strength, or as the user's patterns say; those that no pattern names come last, to be
  /// excluded.
  private func ordered(_ entries: [SASLClientEntry]) -> [SASLClientEntry] {
    guard let patterns = policy.mechanisms else { return entries }
    var rest = entries
    var result: [SASLClientEntry] = []
    for pattern in patterns {
      result += rest.filter { NamePattern.matches(pattern, $0.name.text) }
      rest.removeAll { NamePattern.matches(pattern, $0.name.text) }
    }
    return result + rest
  }

  private func obstacle(to entry: SASLClientEntry) -> SASLExclusion.Reason? {
    if let patterns = policy.mechanisms {
      if !patterns.contains(where: { NamePattern.matches($0, entry.name.text) }) {
        return .notAsked
      }
    } else if entry.isObsolete {
      return .obsolete
    }
    if entry.proof != credentials.proof.kind { return .otherCredentials }
    if !entry.carriesAuthzid, !(credentials.authzid ?? "").isEmpty { return .carriesNoAuthzid }
    switch policy.channel {
    case .protected, .exposedByRequest: break
    case .exposed: if entry.exposesSecret { return .exposesSecret }
    }
    return bindingObstacle(to: entry)
  }

  private func bindingObstacle(to entry: SASLClientEntry) -> SASLExclusion.Reason? {
    switch policy.binding {
    case .off:
      return entry.name.isBoundSCRAM ? .cannotBind : nil
    case .required:
      return entry.name.isBoundSCRAM ? nil : .bindingPreferred
    case .automatic:
      guard entry.name.isSCRAM, !entry.name.isBoundSCRAM, offersBoundSCRAM else { return nil }
      // Named by the user to the letter, it is what the user wants.
      let isNamed = policy.mechanisms?.contains { SASLMechanismName($0) == entry.name } ?? false
      return isNamed ? nil : .bindingPreferred
    }
  }

  private var offersBoundSCRAM: Bool { offered.contains { $0.isBoundSCRAM } }

  private func binding(for entry: SASLClientEntry) -> SCRAMClientBinding {
    switch policy.binding {
    case .off:
      return .unavailable
    case .automatic(let binding, retry: _), .required(let binding):
      if entry.name.isBoundSCRAM { return .bound(binding) }
      // `y` to a server that does list -PLUS would be refused, rightly (RFC 5802 6).
      return offersBoundSCRAM ? .unavailable : .unadvertised
    }
  }
}

extension SASLCredentials.Proof {
  /// The kind, as registry entries name it.
  var kind: SASLClientEntry.ProofKind {
    switch self {
    case .password: .password
    case .token: .token
    case .external: .external
    }
  }
}
