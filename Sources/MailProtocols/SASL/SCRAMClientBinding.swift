// What a SCRAM client knows about channel binding, and says in its first message (RFC 5802 6).

/// What a client says about channel binding.
package enum SCRAMClientBinding: Equatable, Sendable {
  /// `n`: this side does not bind: no TLS, or it is switched off.
  case unavailable
  /// `y`: this side could bind, but the server lists no -PLUS mechanism. If that list was tampered
  /// with, the server sees it.
  case unadvertised
  /// `p=`: bound, by a -PLUS mechanism.
  case bound(SASLChannelBinding)
}
