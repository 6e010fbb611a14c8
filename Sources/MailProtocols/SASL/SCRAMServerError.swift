// The errors a server may name in `e=` (RFC 5802 7; errata 5271: in its first message, too).

/// An error that a SCRAM server names.
package enum SCRAMServerError: String, Error, CaseIterable, Sendable {
  case invalidEncoding = "invalid-encoding"
  case extensionsNotSupported = "extensions-not-supported"
  case invalidProof = "invalid-proof"
  case channelBindingsDontMatch = "channel-bindings-dont-match"
  /// The client said `y`, and the server does bind: somebody struck -PLUS from its list.
  case serverDoesSupportChannelBinding = "server-does-support-channel-binding"
  case channelBindingNotSupported = "channel-binding-not-supported"
  case unsupportedChannelBindingType = "unsupported-channel-binding-type"
  case unknownUser = "unknown-user"
  case invalidUsernameEncoding = "invalid-username-encoding"
  case noResources = "no-resources"
  /// Also any value that is not known.
  case otherError = "other-error"

  /// The error of that value; one that is not known is `otherError`.
  package init(value: some Collection<UInt8>) {
    self = Self(rawValue: String(decoding: value, as: UTF8.self)) ?? .otherError
  }
}
