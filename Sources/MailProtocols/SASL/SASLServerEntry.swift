// A mechanism of the server side, and how to make one. Whoever brings a mechanism from outside
// writes such an entry.

/// A mechanism as a server offers it, and how to make one.
package struct SASLServerEntry: Sendable {
  /// The name it is listed by.
  package let name: SASLMechanismName
  /// Whether it hands the secret itself to whoever reads along: for TLS alone unless asked for.
  package let exposesSecret: Bool
  /// Makes one for an exchange.
  package let make: @Sendable (SASLServerContext) -> any SASLServerMechanism

  /// An entry for a registry.
  package init(
    name: SASLMechanismName, exposesSecret: Bool,
    make: @escaping @Sendable (SASLServerContext) -> any SASLServerMechanism
  ) {
    self.name = name
    self.exposesSecret = exposesSecret
    self.make = make
  }
}
