// The server side of a mechanism (RFC 4422 3): responses in, a step out. How a step is worded (334
// and 235, + and OK) is the business of the protocol around it; SASLServerExchange helps with what
// they have in common.

/// The server side of one exchange.
package protocol SASLServerMechanism: Sendable {
  var name: SASLMechanismName { get }

  /// What comes next after a response; nil is the beginning without an initial response, which is
  /// not an empty one.
  mutating func next(_ response: [UInt8]?) -> SASLServerStep
}
