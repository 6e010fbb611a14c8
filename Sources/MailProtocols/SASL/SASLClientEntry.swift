// A mechanism of the client side: its traits, and how to make one. Whoever brings a mechanism from
// outside writes such an entry.

/// A mechanism as the negotiation sees it, and how to make one.
package struct SASLClientEntry: Sendable {
  /// The kind of credentials it takes.
  package enum ProofKind: Sendable { case password, token, external }

  /// The name in the list of a server.
  package let name: SASLMechanismName
  /// Its place in the order: higher is tried first. The own ones have 100 to 799.
  package let strength: Int
  /// The kind of credentials it takes.
  package let proof: ProofKind
  /// Whether it hands the secret itself to whoever reads along.
  package let exposesSecret: Bool
  /// Whether it can say whom to act as.
  package let carriesAuthzid: Bool
  /// Used only when it is asked for by name.
  package let isObsolete: Bool
  /// Makes one for an exchange; throws when the credentials are not for it.
  package let make: @Sendable (SASLClientContext) throws(SASLError) -> any SASLClientMechanism

  /// An entry for a registry.
  package init(
    name: SASLMechanismName, strength: Int, proof: ProofKind, exposesSecret: Bool,
    carriesAuthzid: Bool, isObsolete: Bool = false,
    make: @escaping @Sendable (SASLClientContext) throws(SASLError) -> any SASLClientMechanism
  ) {
    self.name = name
    self.strength = strength
    self.proof = proof
    self.exposesSecret = exposesSecret
    self.carriesAuthzid = carriesAuthzid
    self.isObsolete = isObsolete
    self.make = make
  }
}
