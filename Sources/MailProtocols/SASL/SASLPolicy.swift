// What a user allows and asks for in choosing mechanisms: --mechanism, --channel-binding, and
// whether the line is safe.

/// What a client may and shall use.
package struct SASLPolicy: Sendable {
  /// Whether others can read along.
  package enum Channel: Sendable {
    /// TLS, or a local socket.
    case protected
    /// Plain text: mechanisms that expose the secret are out.
    case exposed
    /// Plain text, and the user spelled out that this is meant.
    case exposedByRequest
  }

  /// Use of channel binding.
  package enum Binding: Sendable {
    /// Never: no TLS, or the user said so. SCRAM says `n`.
    case off
    /// When the server lists a -PLUS mechanism. `retry`, when there is one, is tried once after the
    /// first was refused: Cyrus SASL (2.1.28, and later in 2026) knows tls-unique alone, on TLS
    /// 1.3, too.
    case automatic(SASLChannelBinding, retry: SASLChannelBinding?)
    /// The user wants this one, so that nothing but -PLUS mechanisms will do.
    case required(SASLChannelBinding)
  }

  /// Name patterns (`*`, `?`; no case) in the user's order of preference; nil for the standard
  /// order without obsolete ones.
  package var mechanisms: [String]?
  /// Whether others can read along.
  package var channel: Channel
  /// Use of channel binding.
  package var binding: Binding
  /// The most exchanges that are begun with a server, since each may count towards a lockout.
  package var maxAttemptCount: Int

  /// The standard order, without binding, and at most five attempts, unless said otherwise.
  package init(
    mechanisms: [String]? = nil, channel: Channel, binding: Binding = .off,
    maxAttemptCount: Int = 5
  ) {
    self.mechanisms = mechanisms
    self.channel = channel
    self.binding = binding
    self.maxAttemptCount = maxAttemptCount
  }
}
