// The two mechanisms that SCRAM has for each hash (RFC 5802 4).

/// Whether a SCRAM mechanism is the one with channel binding.
package enum SCRAMBindingUse: CaseIterable, Sendable {
  /// The plain mechanism.
  case unbound
  /// The `-PLUS` mechanism.
  case bound
}
