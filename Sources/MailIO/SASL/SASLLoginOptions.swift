// What a user chooses about logging in: --mechanism, --channel-binding, --saslprep and their like.

package import MailProtocols

/// How to log in.
package struct SASLLoginOptions: Sendable {
  /// Use of channel binding.
  package enum Binding: Equatable, Sendable {
    /// Where the server offers it, of the kind that fits the connection.
    case automatic
    /// As `automatic`, and not without.
    case required
    /// Of this kind, and not without.
    case kind(TLSChannelBinding)
    /// Never.
    case off
  }

  /// Whether a secret may go over a line that is not encrypted.
  package enum Cleartext: Sendable { case refused, allowed }

  /// Name patterns in order of preference; nil for the standard order.
  package var mechanisms: [String]?
  /// Use of channel binding.
  package var binding: Binding
  /// What SASLprep is applied to.
  package var preparation: SASLPreparation
  /// Bounds on SCRAM.
  package var limits: SCRAMLimits
  /// Whether a secret may go over an open line.
  package var cleartext: Cleartext
  /// The mechanisms that are known.
  package var registry: SASLClientRegistry

  /// The defaults of the tools, unless said otherwise.
  package init(
    mechanisms: [String]? = nil, binding: Binding = .automatic,
    preparation: SASLPreparation = .all, limits: SCRAMLimits = SCRAMLimits(),
    cleartext: Cleartext = .refused, registry: SASLClientRegistry = .standard
  ) {
    self.mechanisms = mechanisms
    self.binding = binding
    self.preparation = preparation
    self.limits = limits
    self.cleartext = cleartext
    self.registry = registry
  }
}
